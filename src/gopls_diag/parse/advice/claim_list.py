"""Gathers the claims of a text, each once a line."""

from __future__ import annotations

from collections.abc import Sequence

from gopls_diag.model.claim import Claim, ClaimKind

_WORDS_LENGTH = 200
_VALUE_LENGTH = 500


class ClaimList:
    """What was found in one text so far; places are given as they are in the plain text."""

    def __init__(self, plain_lines: Sequence[str], written_lines: Sequence[str], name: str = "") -> None:
        self.plain_lines = plain_lines
        self.name = name
        self.is_about_go = False
        self.subject = ""
        self._written = written_lines
        self._found: dict[tuple[int, str, ClaimKind, str, str], Claim] = {}

    def add(
        self,
        text: str,
        kind: ClaimKind,
        line: int,
        column: int,
        *,
        program: str = "",
        value: str = "",
        subcommand: str = "",
        place: str = "prose",
        arguments: tuple[str, ...] = (),
    ) -> None:
        """Keep a claim; column counts from 0 here. A later one that says a value wins over one that says none."""
        key = (line, text, kind, program, place)
        known = self._found.get(key)
        if known is not None and (known.value or not value):
            return
        if not self.plain_lines[line - 1].startswith(text, column):
            return
        self._found[key] = Claim(
            text=text,
            kind=kind,
            line=line,
            column=known.column if known else column + 1,
            program=program,
            value=value[:_VALUE_LENGTH],
            subcommand=subcommand,
            place=place,
            words=self._written[line - 1][:_WORDS_LENGTH].strip(),
            arguments=arguments,
        )

    def claims(self) -> tuple[Claim, ...]:
        """In the order of the text; of several readings of the same letters the one that says most."""
        best: dict[tuple[int, int, str, ClaimKind], Claim] = {}
        for each in self._found.values():
            place = (each.line, each.column, each.text, each.kind)
            known = best.get(place)
            if known is None or _vagueness(each) < _vagueness(known):
                best[place] = each
        return tuple(sorted(best.values(), key=lambda each: (each.line, each.column, each.kind, each.text)))


def _vagueness(claim: Claim) -> tuple[bool, bool, bool]:
    return (claim.place in {"prose", "code"}, claim.program in {"", "go"}, not claim.value)
