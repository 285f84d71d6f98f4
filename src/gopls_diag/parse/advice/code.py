"""Claims of code: shell lines and transcripts, settings, and formats of editors and services."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.blocks import Block
from gopls_diag.parse.advice.claim_list import ClaimList
from gopls_diag.parse.advice.commands import read_command
from gopls_diag.parse.advice.line_names import dotted_names, environment_names, palette_commands, path_names
from gopls_diag.parse.advice.plain_text import without_addresses
from gopls_diag.parse.advice.prose import add_prompt_command, read_prose_line
from gopls_diag.parse.advice.prose_flags import Nearby
from gopls_diag.parse.advice.shell_words import Word, shell_words
from gopls_diag.parse.advice.tree import read_tree
from gopls_diag.parse.advice.tree_places import read_items

_MARK = re.compile(r" *(?:\$|%|>|#|PS [A-Z]:[^>]{0,200}>|[A-Z]:\\[^>]{0,200}>) +")
_DLV_PROMPT = re.compile(r" *\(dlv\) *")
_HERE = re.compile(r"<<-?[\"']?([A-Za-z_]{1,40})[\"']?")
_FIRST_WORD = re.compile(r" *([A-Za-z][A-Za-z0-9_-]*)")
_MAKE_LINE = re.compile(r" +@-?")
_EXEC_FORM = re.compile(r" *(?:CMD|ENTRYPOINT|RUN) *\[")
_EXEC_MARKS = {ord(each): " " for each in "[],"}
_UNIT_KEY = re.compile(r"(LimitAS|LimitNOFILE|LimitRSS|LimitDATA|MemoryMax|MemoryHigh|MemoryLimit|CPUQuota)=([^ ]*)")
_UNIT_COMMAND = re.compile(r"(?:ExecStart(?:Pre)?|ExecReload)=[-@:+!]*")
_YAML_COMMAND = re.compile(r" *(?:- )?(?:run|command|cmd|script|entrypoint): *[|>]?-? *| +- +")
_YAML_KEY = re.compile(r"( *)(- )?([A-Za-z][A-Za-z0-9_.-]*):(?: +(.*))?$")
_YAML_ITEM = re.compile(r"( *)- +([A-Za-z][A-Za-z0-9_]*) *(?:#.*)?$")
_VIM_SETTING = re.compile(r"\bg:go_(gopls_[a-z_]+|[a-z_]+) *= *(.*)", re.A)
_ELISP_NAME = re.compile(r"\b(lsp-(?:gopls|go)-[a-z-]+)(?: +([^ ()]+))?", re.A)
_ELISP_KEY = re.compile(r"[(: ](?:\(|:)([a-z][A-Za-z0-9.]*) (?:\. )?([^ ()]+)?")
_NOT_PROMPTED = frozenset(
    (
        "ls",
        "cd",
        "cat",
        "echo",
        "kill",
        "ps",
        "export",
        "sudo",
        "curl",
        "git",
        "grep",
        "mkdir",
        "rm",
        "cp",
        "mv",
        "vim",
        "tail",
        "head",
    )
)


def read_code(block: Block, kind: str, claims: ClaimList, nearby: Nearby) -> None:
    """Add the claims of a block of code of that kind."""
    if kind == "other":
        return
    if kind in {"json", "lua", "toml"}:
        read_items(read_tree(block.lines, toml=kind == "toml"), claims, style=kind)
        if kind == "lua":
            _named_anywhere(block, claims)
        elif kind == "toml":
            _names_of_environment(block, claims)
    elif kind == "yaml":
        _Yaml(claims).read(block)
    elif kind == "elisp":
        _read_elisp(block, claims)
    elif kind == "vim":
        _read_vim(block, claims)
    else:
        _Shell(claims, is_said=kind == "shell", nearby=nearby).read(block)


def _named_anywhere(block: Block, claims: ClaimList) -> None:
    for number, start, text in block.lines:
        if "GO" in text:
            environment_names(without_addresses(text), number, claims, place="code")
        if start < len(text) and "gopls" in text:
            path_names(text, number, claims, place="code")


def _names_of_environment(block: Block, claims: ClaimList) -> None:
    for number, _, text in block.lines:
        if "GO" in text:
            environment_names(without_addresses(text), number, claims, place="code", is_code=True)


_LONGEST_MARKER = 120
_LONGEST_LINE = 50_000


class _Shell:
    """Lines of a shell, with prompts, continuations, here-documents and delve's own prompt."""

    def __init__(self, claims: ClaimList, *, is_said: bool, nearby: Nearby) -> None:
        self.claims = claims
        self.is_said = is_said
        self.nearby = nearby
        self.open: list[Word] = []
        self.in_dlv = False
        self.has_dlv_prompts = False

    def read(self, block: Block) -> None:
        lines = block.lines
        at = 0
        self.has_dlv_prompts = any(_DLV_PROMPT.match(text, start) for _, start, text in lines)
        has_prompts = any(_MARK.match(text, start) and text.strip()[0] in "$%P" for _, start, text in lines[:200])
        alike: dict[str, list[int]] = {}
        for index, (_, _, text) in enumerate(lines):
            if len(text) <= _LONGEST_MARKER:
                alike.setdefault(text.strip(), []).append(index)
        while at < len(lines):
            number, start, text = lines[at]
            text = text[:_LONGEST_LINE]
            at += 1
            here = _HERE.search(text, start)
            self._line(number, start, text, is_output=has_prompts and not _MARK.match(text, start))
            if here and (end := _next_line(alike.get(here[1], ()), at)) is not None:
                self._document(lines[at:end])
                at = end + 1
        self._flush()

    def _document(self, lines: list[tuple[int, int, str]]) -> None:
        joined = "".join(text for _, _, text in lines[:50])
        if '":' in joined or '" :' in joined:
            read_items(read_tree(lines), self.claims, style="json")
        else:
            _Shell(self.claims, is_said=False, nearby=self.nearby).read(Block("text", lines))

    def _flush(self) -> None:
        if self.open:
            words, self.open = self.open, []
            read_command(words, self.claims)

    def _line(self, number: int, start: int, text: str, *, is_output: bool) -> None:
        claims = self.claims
        plain = without_addresses(text)
        prompt = _DLV_PROMPT.match(text, start)
        if prompt:
            self._flush()
            self.in_dlv = True
            self._prompted(number, prompt.end(), text)
            return
        mark = _MARK.match(text, start) or _MAKE_LINE.match(text, start)
        is_comment = text[start:].lstrip().startswith(("#", "//", "REM ", "rem ")) and not (
            mark and _known_first(text, mark.end())
        )
        is_typed = self.in_dlv and not self.has_dlv_prompts and self._is_prompted(text, start, had_mark=False)
        if is_comment or (is_output and not self.open and not is_typed):
            self._flush()
            read_prose_line(text, number, claims, self.nearby)
            return
        environment_names(plain, number, claims, place="command-line", is_code=True)
        path_names(plain, number, claims, place="command-line")
        dotted_names(plain, number, claims, place="command-line")
        palette_commands(plain, number, claims)
        begin = mark.end() if mark else start
        if _EXEC_FORM.match(text, start):
            text = text.translate(_EXEC_MARKS)
        if self.in_dlv and self._is_prompted(text, begin, had_mark=mark is not None):
            self._prompted(number, begin, text)
            return
        self._service(number, start, text)
        unit = _UNIT_COMMAND.search(text, start)
        self.open += shell_words(text, number, unit.end() if unit else begin)
        if self.open and text.rstrip().endswith(("\\", "^")) and len(self.open) < 1_000:
            return
        self.in_dlv |= any(
            first.text.endswith("dlv") and second.text in {"attach", "connect", "core", "debug", "exec"}
            for first, second in zip(self.open, self.open[1:], strict=False)
        ) and not any(each.text == "--headless" for each in self.open)
        is_known = self.is_said or mark is not None or _known_first(text, start)
        if is_known or any(each.is_operator for each in self.open) or "=" in text or "bin/" in text:
            self._flush()
        else:
            self.open = []
            read_prose_line(text, number, claims, self.nearby)

    def _service(self, number: int, start: int, text: str) -> None:
        if not self.claims.is_about_go:
            return
        for found in _UNIT_KEY.finditer(text, start):
            self.claims.add(
                found[1],
                ClaimKind.SETTING,
                number,
                found.start(),
                program="shell",
                value=found[2],
                place="systemd",
            )

    def _is_prompted(self, text: str, begin: int, *, had_mark: bool) -> bool:
        found = _FIRST_WORD.match(text, begin)
        if found is None or (had_mark and text.strip()[0] == "$"):
            return False
        known = names.GO_PROGRAMS | names.MACHINE_PROGRAMS | names.OTHER_MACHINE_PROGRAMS | _NOT_PROMPTED
        after = text[found.end() : found.end() + 1]
        return found[1] not in known and found[1].islower() and after in {"", " ", "#"}

    def _prompted(self, number: int, start: int, text: str) -> None:
        words = [each for each in shell_words(text, number, start) if not each.is_operator]
        if words and words[0].text.replace("-", "").isalpha():
            add_prompt_command(words[:20], self.claims, place="dlv")


def _next_line(numbers: Sequence[int], at: int) -> int | None:
    index = bisect_left(numbers, at)
    return numbers[index] if index < len(numbers) else None


def _known_first(text: str, start: int) -> bool:
    """Whether a line begins with a program of ours or with words that lead to one."""
    found = _FIRST_WORD.match(text, start)
    if found is None:
        return False
    if found[1] == "go":
        following = _FIRST_WORD.match(text, found.end())
        return following is not None and following[1] in names.GO_SUBCOMMANDS
    first = found[1]
    return (
        first in names.GO_PROGRAMS
        or first in names.MACHINE_PROGRAMS
        or first in names.OTHER_MACHINE_PROGRAMS
        or first in names.WRAPPERS
        or first in {"export", "alias", "set", "setx", "bash", "sh", "ENV"}
    )


class _Yaml:
    """Workflows, compose files, linter settings: environment, commands, and what stands under `gopls:`."""

    def __init__(self, claims: ClaimList) -> None:
        self.claims = claims
        self.keys: list[tuple[int, str]] = []

    def read(self, block: Block) -> None:
        is_linter = any(re.match(r" *linters(?:-settings)?:", text[start:]) for _, start, text in block.lines)
        for number, start, text in block.lines:
            plain = without_addresses(text)
            environment_names(plain, number, self.claims, place="environment", is_code=True)
            path_names(plain, number, self.claims, place="command-line")
            if is_linter and "gopls" in self.claims.subject:
                self._linter(number, start, text)
                continue
            command = _YAML_COMMAND.match(text, start)
            begin = command.end() if command else start
            if _known_first(text, begin) and not text[begin:].lstrip().startswith("env:"):
                read_command(list(shell_words(text, number, begin)), self.claims)
            self._key(number, start, text)

    def _key(self, number: int, start: int, text: str) -> None:
        found = _YAML_KEY.match(text, start)
        if not found:
            return
        depth = len(found[1])
        while self.keys and self.keys[-1][0] >= depth:
            self.keys.pop()
        if any(key == "gopls" for _, key in self.keys):
            self.claims.add(
                found[3],
                ClaimKind.SETTING,
                number,
                found.start(3),
                program="gopls",
                value=(found[4] or "").strip(),
                place="gopls",
            )
        self.keys.append((depth, found[3]))

    def _linter(self, number: int, start: int, text: str) -> None:
        found = _YAML_ITEM.match(text, start)
        if found:
            self.claims.add(
                found[2],
                ClaimKind.SETTING,
                number,
                found.start(2),
                program="golangci-lint",
                place="golangci",
            )


def _read_vim(block: Block, claims: ClaimList) -> None:
    for number, start, text in block.lines:
        environment_names(text, number, claims, place="code", is_code=True)
        found = _VIM_SETTING.search(text, start)
        if found:
            name = text[found.start() : found.end(1)]
            value = found[2].strip()
            claims.add(name, ClaimKind.SETTING, number, found.start(), program="editor", value=value, place="vim")


def _read_elisp(block: Block, claims: ClaimList) -> None:
    in_gopls = False
    for number, start, text in block.lines:
        environment_names(text, number, claims, place="code", is_code=True)
        dotted_names(text, number, claims, place="gopls")
        for found in _ELISP_NAME.finditer(text, start):
            value = found[2] or ""
            claims.add(
                found[1], ClaimKind.SETTING, number, found.start(1), program="editor", value=value, place="emacs"
            )
        at = start
        if text.startswith("("):
            in_gopls = False
        if not in_gopls and (named := re.search(r"[(:]gopls\b", text[start:])):
            in_gopls, at = True, start + named.end()
        if in_gopls:
            for found in _ELISP_KEY.finditer(" " + text[at:]):
                value = found[2] or ""
                column = at + found.start(1) - 1
                claims.add(found[1], ClaimKind.SETTING, number, column, program="gopls", value=value, place="gopls")
        for found in re.finditer(r'"(--?[a-z][a-z.-]*)(?:=([^"]*))?"', text[start:]):
            if "gopls" in text:
                claims.add(
                    found[1],
                    ClaimKind.FLAG,
                    number,
                    start + found.start(1),
                    program="gopls",
                    value=found[2] or "",
                    place="code",
                )
