"""Flags in prose, and whose they are by the program that the words around name."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from gopls_diag.model.claim import ClaimKind
from gopls_diag.parse.advice import names
from gopls_diag.parse.advice.claim_list import ClaimList

_PROGRAM = re.compile(
    r"(?i)\b(gopls|dlv|delve|vs ?code|visual studio code|electron|git|docker|grep|curl|wget|golangci-lint|gofumpt|"
    r"goimports|gofmt|staticcheck|npm|yarn|brew|clang|gcc|make|bazel|gazelle|linker|find|xargs|tar|ssh|python|pip|node|"
    r"cgo|ninja|cmake|protoc|pprof|benchstat|stress|nvim|vim|emacs|rg|sed|awk|govulncheck|stringer|kubectl)\b"
    r"|\b(go)(?: ((?:mod|work|tool) [a-z]+|[a-z]+))?\b|(golang)",
    re.A,
)
_FLAG = re.compile(r"--?[A-Za-z][A-Za-z0-9_]*(?:[.-][A-Za-z0-9_]+)*")
_VALUE = re.compile(r"=([^ \"'`,;()|<>、。一-鿿，；]+)")
_CUE = re.compile(
    r"(?i)\bflags?\b|\boptions?\b|argument|parameter|switch|\bpass|not defined|unknown flag|startup|command.line"
    r"|标志|参数|选项|开关|启动|命令行|加上|标记|旗标",
    re.A,
)
_NOT_DEFINED = re.compile(r"(?:flag provided but not defined|unknown flag|flag needs an argument): *$")
_BEFORE = re.compile(r"[A-Za-z0-9_./\\)\]}%$@~<&+*-]")
_OURS = {"gopls": "gopls", "dlv": "dlv", "delve": "dlv", "go": "go", "golang": "go"}
_FAR_LINES = 6


class _Named(NamedTuple):
    """A program where a line names it; an empty program is one that is none of ours."""

    column: int
    program: str
    subcommand: str


class Nearby:
    """The program that the last lines were about."""

    def __init__(self) -> None:
        self.program = ""
        self._age = 0

    def blank_line(self) -> None:
        self._age += 1

    def line_read(self, programs: list[_Named]) -> None:
        self._age += 1
        if any(each.program in {"gopls", "dlv"} for each in programs):
            self.program = next(each.program for each in programs if each.program in {"gopls", "dlv"})
            self._age = 0
        elif any(not each.program for each in programs) or self._age > _FAR_LINES:
            self.program = ""


def programs_of(line: str) -> list[_Named]:
    """Programs that a line names, in its order."""
    named = []
    for found in _PROGRAM.finditer(line):
        if found[2]:
            words = found[3] or ""
            if words.split(" ")[0] in names.GO_SUBCOMMANDS or words in {"command", ""}:
                subcommand = words if words and words != "command" else ""
                if not words and line[found.end() : found.end() + 1] in {".", "/", "-", ":"}:
                    continue
                named.append(
                    _Named(
                        found.start(),
                        "go",
                        subcommand if subcommand in names.GO_SUBCOMMANDS or " " in subcommand else "",
                    )
                )
            continue
        name = (found[1] or found[4]).lower()
        if name in _OURS:
            named.append(_Named(found.start(), _OURS[name], ""))
        elif name.startswith(("vs", "visual", "electron")):
            named.append(_Named(found.start(), "code", ""))
        else:
            named.append(_Named(found.start(), "", ""))
    return named


def read_flags(
    line: str,
    number: int,
    claims: ClaimList,
    programs: list[_Named],
    nearby: Nearby,
    *,
    taken: list[tuple[int, int]],
    spans: list[tuple[int, int]],
) -> None:
    """Add the flags of a line that no command on it took."""
    if "-" not in line or not claims.is_about_go:
        return
    cue = _CUE.search(line) is not None
    columns = [each.column for each in programs]
    takens, starts = [each[0] for each in taken], [each[0] for each in spans]
    for found in _FLAG.finditer(line):
        start = found.start()
        if start and _BEFORE.match(line[start - 1]):
            continue
        if _is_within(start, taken, takens):
            continue
        at = bisect_right(starts, start) - 1
        in_span = at >= 0 and start < spans[at][1]
        if in_span and start != spans[at][0]:
            continue
        if line[found.end() : found.end() + 1] in {"/", "\\", "(", "_"}:
            continue
        owner = _owner(found[0], start, line, programs, columns, nearby)
        if owner is not None and _is_told(found[0], owner, in_span=in_span, cue=cue, is_named=bool(programs)):
            _add(found, line, number, claims, owner)


def _is_within(at: int, spans: list[tuple[int, int]], starts: list[int]) -> bool:
    index = bisect_right(starts, at) - 1
    return index >= 0 and at < spans[index][1]


def _owner(
    text: str, start: int, line: str, programs: list[_Named], columns: list[int], nearby: Nearby
) -> _Named | None:
    index = bisect_right(columns, start)
    if index:
        return programs[index - 1]
    if programs:
        return programs[0]
    if nearby.program:
        return _Named(0, nearby.program, "")
    if text.lstrip("-") in names.GOPLS_FLAGS and ("." in text or _NOT_DEFINED.search(line[:start])):
        return _Named(0, "gopls", "")
    return _Named(0, "gopls", "") if _NOT_DEFINED.search(line[max(0, start - 60) : start]) else None


def _is_told(text: str, owner: _Named, *, in_span: bool, cue: bool, is_named: bool) -> bool:
    name = text.lstrip("-")
    if not owner.program:
        return False
    if in_span:
        return is_named or cue or name in names.GOPLS_FLAGS
    if owner.program == "gopls" and name in names.GOPLS_FLAGS and (cue or "." in name or "-" in name or is_named):
        return True
    return cue and (len(name) > 1 or owner.program != "code") and is_named


def _add(found: re.Match[str], line: str, number: int, claims: ClaimList, owner: _Named) -> None:
    value = _VALUE.match(line, found.end())
    claims.add(
        found[0],
        ClaimKind.FLAG,
        number,
        found.start(),
        program=owner.program,
        value=value[1] if value else "",
        subcommand=owner.subcommand,
    )
