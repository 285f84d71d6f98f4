"""The page of one check: for the terminal, for the docs, for programs.

Takes a Declaration or a CheckPage, whose attributes are the same. Imports nothing at run time: `explain` uses it on the
quick path.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gopls_diag.model.declaration import Declaration
    from gopls_diag.model.page import CheckPage

    Page = Declaration | CheckPage

SCHEMA = "gopls-diag/check/1"

_COSTS = {
    "instant": "reads files only",
    "quick": "runs commands that take about a second",
    "slow": "loads the workspace",
}
_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "windows": "Windows"}


def text(page: Page, *, columns: int = 80) -> str:
    """The page for a terminal, wrapped; no colour."""
    columns = max(columns, 20)
    lines = wrapped(f"{page.code}  {page.title}", columns=columns, indent="     ", first="")
    lines += wrapped(f"{page.id}, {page.severity}", columns=columns, indent="     ")
    for name, words in page.page:
        lines += ["", name]
        for paragraph in _paragraphs(words):
            lines += wrapped(paragraph, columns=columns, indent="  ")
    lines.append("")
    for words in _facts(page):
        lines += wrapped(words, columns=columns, indent="  ", first="")
    return "\n".join(lines) + "\n"


def markdown(page: Page) -> str:
    """The page for the docs."""
    lines = [f"# {page.code} {page.title}", "", f"`{page.id}` · {page.severity}", ""]
    for name, words in page.page:
        lines += [f"## {name}", ""]
        for paragraph in _paragraphs(words):
            lines.append(paragraph)
            if not paragraph.startswith("- "):
                lines.append("")
        if lines[-1]:
            lines.append("")
    lines += [f"- {words}" for words in _facts(page)]
    return "\n".join(lines) + "\n"


def record(page: Page) -> dict[str, object]:
    """The page as a JSON object."""
    return {
        "schema": SCHEMA,
        "code": page.code,
        "check": page.id,
        "severity": str(page.severity),
        "title": page.title,
        "why": page.why,
        "explains": list(page.explains),
        "cost": str(page.cost),
        "os": list(page.os),
        "since": page.since,
        "sections": dict(page.page),
    }


def _facts(page: Page) -> list[str]:
    systems = ", ".join(_SYSTEMS.get(each, each) for each in page.os) or "every system"
    facts = [
        f"Applies to: {systems}",
        f"Cost: {_COSTS.get(str(page.cost), page.cost)}",
        f"Since: gopls-diag {page.since}",
    ]
    if page.explains:
        facts.insert(0, f"Can be the cause of: {', '.join(family_words(each) for each in page.explains)}")
    return facts


def family_words(code: str) -> str:
    """`W*` in words."""
    return f"every {code[:-1]} code" if code.endswith("*") else code


def _paragraphs(words: str) -> list[str]:
    """Lines that belong together, joined; an item that starts with a dash is a paragraph of its own."""
    found: list[str] = []
    is_open = False
    for line in words.splitlines():
        if not line.strip():
            is_open = False
        elif is_open and not line.startswith("- "):
            found[-1] += " " + line.strip()
        else:
            found.append(line.strip())
            is_open = True
    return found


def wrapped(words: str, *, columns: int, indent: str, first: str | None = None) -> list[str]:
    """The words in lines of at most `columns`, a longer word on a line of its own.

    Own lines and not textwrap, which imports re and costs as much as the rest of `explain`.
    """
    lines: list[str] = []
    line = indent if first is None else first
    is_empty = True
    for word in words.split(" "):
        if not is_empty and len(line) + 1 + len(word) > columns:
            lines.append(line.rstrip())
            line, is_empty = indent, True
        line += word if is_empty else " " + word
        is_empty = False
    return [*lines, line.rstrip()]
