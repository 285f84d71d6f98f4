"""Names that are recognized wherever they stand: environment, dotted settings, gopls commands, paths, the palette."""

from __future__ import annotations

import re

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.claim_list import ClaimList

_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]{2,60}")
_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_PATH_LETTERS = _NAME_LETTERS | frozenset("./-@")
_VALUE = re.compile(r" ?[:?+]?= ?[\"']?([^ \"'`,;()<>、。一-鿿，；]+)")
_GIVING = re.compile(r"(?:ENV|setx|SETX|setenv) +$")
_GIVEN = re.compile(r":? +[\"']?([^ \"']+)")
_ENVIRONMENT_CUE = re.compile(r"(?i)\benviron|\benv\b|variable|\bexport\b|\bsetx?\b|\$env:|环境|变量", re.A)
_DOTTED = re.compile(r"\b(go|gopls|build|ui|formatting)\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)", re.A)
_PATH = re.compile(
    r"(?:~|\$\{?[A-Za-z_:]{2,40}\}?|%[A-Za-z_()0-9]{2,40}%|[A-Z]:|\.{1,2}|/(?:Users|home|root|var|tmp|private|opt|usr|etc|run))?"
    r"[/\\][A-Za-z0-9_.~*<>$%{}/\\+-]*"
    r"|\.[a-z][a-z-]*[a-z](?:[./][A-Za-z0-9_.-]*)*"
)
_OUR_PATH = re.compile(
    r"[/\\]\.?gopls(?:[/\\.-][A-Za-z0-9_.*/\\-]*)?$|[/\\]go-build$|[/\\]go[/\\]env$|[/\\]\.config[/\\]go[/\\]|[/\\]go[/\\]pkg[/\\]mod$"
    r"|[/\\](?:Code|VSCodium|Cursor|\.vscode)(?:[A-Za-z -]*)[/\\](?:.*[/\\])?(?:settings|argv)\.json$"
    r"|^\.gopls(?:\.[a-z]+|rc)?$|^\.golangci\.(?:ya?ml|toml|json)$"
)
_PALETTE = re.compile(
    r"\b(Go|Gopls|gopls|Developer|Preferences|Extensions|Workspaces|Delve): ?"
    r"([A-Z][A-Za-z0-9'/-]*(?: [A-Za-z0-9'/.-]+){0,9})",
    re.A,
)
_PALETTE_CUE = re.compile(
    r"(?i)palette|shift ?\+ ?p|shift-p|⇧⌘|\bF1\b|\brun\b|execut|invoke|command|命令|执行|运行|选择|输入",
    re.A,
)
_SMALL_WORDS = frozenset({"and", "for", "to", "in", "on", "of", "the", "all", "at", "with", "language", "server's"})
_KNOWN_PALETTE = ("Start language server's maintainer interface", "Toggle gc details", "Initialize go.mod")
_QUOTES = frozenset("\"'`*>[")


def _before(line: str, at: int) -> str:
    return line[at - 1] if at else " "


def environment_names(
    line: str, number: int, claims: ClaimList, *, place: str = "prose", is_code: bool = False
) -> None:
    """Names of Go's and gopls's environment, known or of that shape."""
    cue: bool | None = None
    for found in _CAPITALS.finditer(line):
        name = found[0]
        if not name.startswith(("GO", "CGO_", "XDG_", "MALLOC")):
            continue
        before = _before(line, found.start())
        after = line[found.end() : found.end() + 1]
        if before in _NAME_LETTERS or (after and after in _NAME_LETTERS) or before in "./":
            continue
        if after == "(" or (before == "-" and not line[: found.start()].endswith("-e")):
            continue
        given = _VALUE.match(line, found.end())
        if given is None and (place == "environment" or _GIVING.search(line, 0, found.start())):
            given = _GIVEN.match(line, found.end())
        if name not in names.GO_ENVIRONMENT:
            if name in names.OTHER_ENVIRONMENT:
                if "gopls" not in line:
                    continue
            elif name.startswith(("XDG_", "MALLOC")) or name in names.CAPITAL_WORDS:
                continue
            elif not name.startswith(("GOPLS_", "GO_", "CGO_")) and not (given and claims.is_about_go):
                if cue is None:
                    cue = is_code or _ENVIRONMENT_CUE.search(line) is not None
                if not cue or len(name) < 5:
                    continue
        claims.add(
            name,
            ClaimKind.ENVIRONMENT,
            number,
            found.start(),
            program="gopls" if name.startswith("GOPLS") else "go",
            value=given[1] if given else "",
            place=place,
        )


def dotted_names(line: str, number: int, claims: ClaimList, *, place: str = "prose") -> None:
    """`go.languageServerFlags`, `gopls.staticcheck`, `ui.semanticTokens`, `gopls.mem_stats`."""
    for found in _DOTTED.finditer(line):
        before = _before(line, found.start())
        after = line[found.end() : found.end() + 1]
        if before in _PATH_LETTERS or before in "$\\:" or (after and after in "/@(\\[~-") or after == "_":
            continue
        owner, rest = found[1], found[2]
        last = rest.rsplit(".", 1)[-1]
        if rest in names.NOT_SETTINGS or last in names.NOT_SETTINGS or rest.split(".", 1)[0] in names.NOT_SETTINGS:
            continue
        if rest[0].isupper():
            continue
        _add_dotted(found[0], owner, rest, number, found.start(), claims, place)


def _add_dotted(text: str, owner: str, rest: str, number: int, column: int, claims: ClaimList, place: str) -> None:
    is_camel = any(each.isupper() for each in rest)
    last = rest.rsplit(".", 1)[-1]
    if owner == "go":
        if (is_camel and "_" not in rest) or rest.split(".", 1)[0] in names.GO_EXTENSION_WORDS:
            claims.add(text, ClaimKind.SETTING, number, column, program="vscode-go", place=place)
    elif owner == "gopls":
        if rest in names.GOPLS_COMMANDS or ("_" in rest and "." not in rest):
            claims.add(text, ClaimKind.COMMAND, number, column, program="gopls", subcommand=rest, place=place)
        elif is_camel or last in names.GOPLS_SETTINGS or rest.split(".", 1)[0] in names.GOPLS_GROUPS:
            claims.add(text, ClaimKind.SETTING, number, column, program="gopls", place=place)
    elif claims.is_about_go and (is_camel or last in names.GOPLS_SETTINGS) and "_" not in rest:
        claims.add(text, ClaimKind.SETTING, number, column, program="gopls", place=place)


def path_names(line: str, number: int, claims: ClaimList, *, place: str = "prose") -> None:
    """Folders and files of gopls, of the Go command and of an editor's settings, where a place on the disk is named."""
    if "gopls" not in line and "go" not in line and "Code" not in line and ".vscode" not in line:
        return
    for found in _PATH.finditer(line):
        text = found[0].rstrip("./\\*>")
        before = _before(line, found.start())
        if (
            before in _NAME_LETTERS
            or (before in "@:-)]'\"" and text.startswith("."))
            or not _OUR_PATH.search(text[-300:])
        ):
            continue
        if text.startswith("/") and _is_rooted(text) is False:
            continue
        if text.startswith(("./", "../")) or text.endswith((".go", ".git")) or "/bin/gopls" in text:
            continue
        if not claims.is_about_go or (place == "command-line" and text.endswith((".log", ".sock"))):
            continue
        program = "golangci-lint" if "golangci" in text else "editor" if text.endswith(".json") else "gopls"
        if "go-build" in text or "pkg" in text or text.endswith(("go/env", "go\\env")):
            program = "go"
        claims.add(text, ClaimKind.PATH, number, found.start(), program=program, place=place)


def _is_rooted(text: str) -> bool:
    return text.startswith(("/Users", "/home", "/root", "/var", "/tmp", "/private", "/etc", "/run", "/opt", "/Library"))


def palette_commands(line: str, number: int, claims: ClaimList) -> None:
    """Commands of VS Code's palette: `Go: Restart Language Server`, `Developer: Reload Window`."""
    if ": " not in line and ":" not in line:
        return
    cue: bool | None = None
    for found in _PALETTE.finditer(line):
        before = _before(line, found.start())
        if before in _NAME_LETTERS or not claims.is_about_go:
            continue
        title = _title(found[2], is_quoted=before in _QUOTES)
        if title.split(" ")[0] not in names.PALETTE_VERBS:
            continue
        if before not in _QUOTES:
            if cue is None:
                cue = _PALETTE_CUE.search(line) is not None
            if not cue or " " not in title:
                continue
        text = line[found.start() : found.start(2)] + title
        owner = "vscode-go" if found[1] in {"Go", "Gopls", "gopls", "Delve"} else "code"
        claims.add(text, ClaimKind.COMMAND, number, found.start(), program=owner, place="palette")


def _title(words: str, *, is_quoted: bool) -> str:
    for known in _KNOWN_PALETTE:
        if words.lower().startswith(known.lower()):
            return words[: len(known)]
    if is_quoted:
        return words.rstrip(" .'-")
    kept: list[str] = []
    for word in words.split(" "):
        if not (word[:1].isupper() or word in _SMALL_WORDS):
            break
        kept.append(word.rstrip(".'"))
        if word.endswith("."):
            break
    while kept and not kept[-1][:1].isupper():
        kept.pop()
    return " ".join(kept)
