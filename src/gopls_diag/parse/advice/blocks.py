"""Divides a text into prose and code, and guesses what a piece of code is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"[ >]*(```+|~~~+) *(?:\{?\.?)([A-Za-z0-9_+-]*)")
_PRE = re.compile(r"(?i)<pre\b")
_PRE_END = re.compile(r"(?i)</pre>")
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
_LANGUAGES = {
    **dict.fromkeys(("sh", "bash", "shell", "zsh", "console", "shell-session", "terminal", "fish", "ksh"), "shell"),
    **dict.fromkeys(("powershell", "ps1", "pwsh", "bat", "cmd", "batch", "batchfile", "dos"), "shell"),
    **dict.fromkeys(("json", "jsonc", "json5", "code-workspace", "jsonnet"), "json"),
    **dict.fromkeys(("lua", "vim-lua"), "lua"),
    **dict.fromkeys(("vim", "viml", "vimscript"), "vim"),
    **dict.fromkeys(("go", "golang", "gomod", "go-html-template", "diff", "c", "cpp", "rust", "python", "js"), "other"),
    **dict.fromkeys(("java", "typescript", "ts", "javascript", "html", "css", "proto", "mermaid", "svg"), "other"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("dockerfile", "docker", "makefile", "make", "service", "systemd", "ini", "env"), "shell"),
    **dict.fromkeys(("properties", "conf", "dotenv"), "shell"),
    **dict.fromkeys(("elisp", "emacs-lisp", "lisp", "el"), "elisp"),
    **dict.fromkeys(("toml", "toml5"), "toml"),
    **dict.fromkeys(("plist", "xml"), "text"),
    **dict.fromkeys(("md", "markdown"), "prose"),
}
_ENDINGS = {
    **dict.fromkeys((".json", ".jsonc", ".code-workspace"), "json"),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".zshrc", ".bashrc", ".profile"), "shell"),
    **dict.fromkeys((".service", ".env", ".mk", "makefile", "dockerfile", ".zprofile", ".bash_profile"), "shell"),
    **dict.fromkeys((".yml", ".yaml"), "yaml"),
    ".lua": "lua",
    ".toml": "toml",
    ".el": "elisp",
    ".vim": "vim",
    ".vimrc": "vim",
    ".plist": "text",
    ".go": "other",
    **dict.fromkeys((".md", ".markdown", ".txt", ".html", ".htm", ".rst"), "prose"),
}
_JSON_LINE = re.compile(r' *(?:"[^"]{1,200}" *:|[{}\[\]],? *$|[{}\]]+[,;]? *$|//|/\*|"[^"]*",? *$|\.\.\.,? *$|\{ *")')
_JSON_START = re.compile(r' *(?:\{ *$|\{ *"|"[^"]{1,200}" *: *[\[{"0-9tfn-])')


class Block(NamedTuple):
    """Lines of one kind: prose, shell, json, lua, toml, yaml, elisp, vim, text (code of no said language), other."""

    kind: str
    lines: list[tuple[int, int, str]]
    """Number from 1, the column where its content begins, the whole plain line."""


def blocks(lines: list[str], raw_lines: list[str], name: str) -> Iterator[Block]:
    """The blocks of a text in order."""
    whole = whole_kind(lines, name)
    if whole != "prose":
        yield Block(whole, [(index + 1, 0, line) for index, line in enumerate(lines)])
        return
    kind, fence = "prose", ""
    kept: list[tuple[int, int, str]] = []
    for index, line in enumerate(lines):
        quote = _QUOTE.match(line)
        start = quote.end() if quote else 0
        opened = _FENCE.match(line)
        if fence:
            if _closes(line, start, fence, raw_lines[index]):
                yield Block(kind, kept)
                kind, fence, kept = "prose", "", []
                continue
        elif opened and "`" not in line[opened.end() :]:
            yield from _prose(kept)
            kind = _LANGUAGES.get(
                opened[2].lower(), "text" if opened[2].lower() in {"", "text", "txt", "log"} else "other"
            )
            fence, kept = opened[1], []
            continue
        elif _PRE.search(raw_lines[index]) and not _PRE_END.search(raw_lines[index]):
            yield from _prose(kept)
            kind, fence, kept = "text", "<pre>", []
        kept.append((index + 1, start, line))
    if kind == "prose":
        yield from _prose(kept)
    else:
        yield Block(kind, kept)


def _closes(line: str, start: int, fence: str, raw: str) -> bool:
    if fence == "<pre>":
        return _PRE_END.search(raw) is not None
    text = line[start:].strip()
    return text.startswith(fence) and not text.strip("`~")


def _prose(lines: list[tuple[int, int, str]]) -> Iterator[Block]:
    """Prose, with settings that stand in it without a fence as blocks of their own."""
    at = 0
    kept: list[tuple[int, int, str]] = []
    while at < len(lines):
        if _JSON_START.match(lines[at][2], lines[at][1]):
            end = at + 1
            while end < len(lines) and _JSON_LINE.match(lines[end][2], lines[end][1]):
                end += 1
            yield Block("prose", kept)
            yield Block("json", lines[at:end])
            kept, at = [], end
        else:
            kept.append(lines[at])
            at += 1
    yield Block("prose", kept)


def whole_kind(lines: list[str], name: str) -> str:
    """What a whole text is, by its name, else by how it begins."""
    lower = name.lower()
    for ending, kind in _ENDINGS.items():
        if lower.endswith(ending):
            return kind
    first = next((each.strip() for each in lines if each.strip()), "")
    if first.startswith("#!"):
        return "shell"
    if first.startswith(("{", "// ", "/*")):
        last = next((each.strip() for each in reversed(lines) if each.strip()), "")
        if last.endswith(("}", "},")):
            return "json"
    return "prose"


_LUA = re.compile(r"require *\(?[\"']|\bvim\.|\blocal [A-Za-z_]+ *=|= *\{ *$|\bfunction *\(")
_GO = re.compile(r"(?:package [a-z]+ *$|func [A-Za-z(]|import \(|type [A-Z][A-Za-z]* (?:struct|interface))")
_TOML = re.compile(r"\[\[?[A-Za-z0-9_.-]+\]?\] *$")
_ELISP = re.compile(r"\((?:setq|use-package|lsp-|add-hook|require|with-eval)")


def guess_kind(block: Block) -> str:
    """What code of no said language is; text where nothing tells."""
    votes = {"json": 0, "lua": 0, "other": 0, "toml": 0, "elisp": 0}
    for _, start, line in block.lines[:200]:
        text = line[start : start + 1_000].strip()
        votes["json"] += _JSON_START.match(text) is not None
        votes["lua"] += _LUA.search(text) is not None
        votes["other"] += _GO.match(text) is not None
        votes["toml"] += _TOML.match(text) is not None
        votes["elisp"] += _ELISP.match(text) is not None
    if votes["other"]:
        return "other"
    best = max(votes, key=lambda each: votes[each])
    return best if votes[best] else "text"
