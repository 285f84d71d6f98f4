"""What a text's claims are worth, for a person: a count first, then each claim once, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.engines.advice.judging import Advice
from gopls_diag.model.claim import Judgement, Truth
from gopls_diag.present.check_page import wrapped
from gopls_diag.present.wording import printable

_WORDS = {
    Truth.REAL: "real",
    Truth.ELSEWHERE: "elsewhere",
    Truth.RETIRED: "retired",
    Truth.NEVER_EXISTED: "never existed",
    Truth.HARMFUL: "harmful",
}
_COLOURS = {
    Truth.REAL: "32",
    Truth.ELSEWHERE: "33",
    Truth.RETIRED: "33",
    Truth.NEVER_EXISTED: "31",
    Truth.HARMFUL: "1;31",
}
_COLUMN = 15
_LONGEST_NAME = 60
_LINES_SHOWN = 5


def render(advice: Advice, file: str, *, width: int, with_colour: bool) -> str:
    """One file's claims as text with a final newline; a claim that is made on several lines is told once."""
    together: dict[tuple[str, str, Truth, str], list[Judgement]] = {}
    for each in advice.judgements:
        key = (each.claim.text, each.claim.program, each.truth, each.why)
        together.setdefault(key, []).append(each)
    counted = {truth: sum(key[2] is truth for key in together) for truth in Truth}
    listed = ", ".join(f"{count} {_WORDS[truth]}" for truth, count in counted.items() if count)
    looked = advice.installed.gopls or "no gopls here: judged by its releases"
    lines = [f"{printable(file)}: {len(together)} {'name' if len(together) == 1 else 'names'} ({looked})"]
    lines += [f"{listed}" if listed else "Nothing in it claims to concern gopls, go, the Go extension or delve.", ""]
    for same in together.values():
        lines += _one(same, width, with_colour=with_colour)
    left = list(dict.fromkeys(each.text for each in advice.not_judged))
    if left:
        names = ", ".join(printable(each)[:_LONGEST_NAME] for each in left)
        lines += [
            "",
            *wrapped(f"Not judged, for no table here covers them: {names}", columns=width, indent="  ", first=""),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _one(same: list[Judgement], width: int, *, with_colour: bool) -> Iterator[str]:
    first = same[0]
    word = _WORDS[first.truth].ljust(_COLUMN)
    if with_colour:
        word = f"\x1b[{_COLOURS[first.truth]}m{word}\x1b[0m"
    places = list(dict.fromkeys(each.claim.line for each in same))
    shown = ", ".join(map(str, places[:_LINES_SHOWN])) + (", …" if len(places) > _LINES_SHOWN else "")
    name = printable(first.claim.text)
    if len(name) > _LONGEST_NAME:
        name = name[: _LONGEST_NAME - 1] + "…"
    value = printable(" ".join(first.claim.value.split()))
    if value and first.truth is not Truth.REAL and len(value) + len(name) <= _LONGEST_NAME:
        name = f"{name} {value}"
    where = f"line {shown}" if len(places) == 1 else f"lines {shown}"
    yield f"{word}{name}   ({where})"
    if first.truth is Truth.REAL and not first.is_noted:
        return
    indent = " " * _COLUMN
    yield from wrapped(printable(first.why), columns=width, indent=indent)
    if first.instead:
        better = f"instead: {printable(first.instead)}"
        yield from wrapped(better, columns=width, indent=indent + "    ", first=indent)
    if first.truth is not Truth.REAL and first.source:
        yield from wrapped(f"({printable(first.source)})", columns=width, indent=indent)
