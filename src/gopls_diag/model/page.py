"""A check as its reader sees it, without what runs it.

`explain` must answer as fast as Python starts, so this file imports next to nothing: no dataclass (it pulls in inspect,
15 ms), no enum. A Declaration has the same attributes, so presenters take either.
"""

from __future__ import annotations

SECTIONS = ("What it means", "Why it matters", "How to fix", "When to ignore", "Source")
"""The sections that every check's docstring has, in this order, each on a line `Name: text`."""


class CheckPage:
    """What one check declares about itself, in plain strings; the attributes are those of Declaration."""

    __slots__ = ("code", "cost", "explains", "id", "os", "page", "severity", "since", "title", "why")

    def __init__(
        self,
        *,
        code: str,
        id: str,
        severity: str,
        title: str,
        why: str,
        page: tuple[tuple[str, str], ...],
        explains: tuple[str, ...] = (),
        cost: str = "quick",
        os: tuple[str, ...] = (),
        since: str = "0.1.0",
    ) -> None:
        self.code = code
        self.id = id
        self.severity = severity
        self.title = title
        self.why = why
        self.page = page
        self.explains = explains
        self.cost = cost
        self.os = os
        self.since = since


def page_sections(docstring: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The title and the sections of a check's docstring; a section that is missing is missing from the result."""
    lines = docstring.strip().splitlines()
    title = lines[0].strip().rstrip(".") if lines else ""
    sections: list[tuple[str, list[str]]] = []
    for line in lines[1:]:
        text = line.strip()
        name, colon, rest = text.partition(":")
        if colon and name in SECTIONS and (not rest or rest.startswith(" ")):
            sections.append((name, [rest.strip()]))
        elif sections:
            sections[-1][1].append(text)
    return title, tuple((name, "\n".join(text).strip()) for name, text in sections)
