"""Where a new key of a TOML file goes, and in which of the file's styles: header, dotted key or inline table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gopls_diag.edit.comma_list import CommaList, Patch
from gopls_diag.edit.toml_layout import Layout, Pair, Path, Table, Value
from gopls_diag.edit.toml_text import toml_key, toml_value


@dataclass(frozen=True, slots=True)
class NewPair:
    """What shall stand in the file."""

    path: Path
    raw: str
    """The value's text; of a table with a header: empty."""
    lines: tuple[tuple[str, str], ...] = ()
    """Key and value text of the lines of a table that may have a header."""
    comment: str = ""
    """Blanks and a comment, to stand behind the value."""
    is_table: bool = False


def new_pair(path: Path, value: Any, quote: str) -> NewPair:
    """A JSON value to be written."""
    raw = toml_value(value, quote)
    if not isinstance(value, dict):
        return NewPair(path, raw)
    lines = tuple((toml_key(key, quote), toml_value(each, quote)) for key, each in value.items())
    return NewPair(path, raw, lines, is_table=True)


def array_list(layout: Layout, value: Value, newline: str) -> CommaList:
    """The elements of an array."""
    items = tuple((each.start, each.end) for each in value.elements)
    return _comma_list(layout, (value.start, value.end), items, "", newline)


def inline_list(layout: Layout, table: Table, newline: str) -> CommaList:
    """The pairs of an inline table."""
    items = tuple((each.start, each.value.end) for each in table.pairs)
    return _comma_list(layout, (table.start, table.end), items, " ", newline)


def _comma_list(
    layout: Layout, span: tuple[int, int], items: tuple[tuple[int, int], ...], padding: str, newline: str
) -> CommaList:
    ends = [*(start for start, _ in items[1:]), span[1] - 1]
    commas = tuple(_comma(layout.text, item[1], end) for item, end in zip(items, ends, strict=False))
    return CommaList(layout.text, *span, items, commas, "#", padding, newline=newline)


def _comma(text: str, start: int, end: int) -> int | None:
    at = start
    while at < end:
        if text[at] == ",":
            return at
        at = text.find("\n", at) if text[at] == "#" else at + 1
        if at < 0:
            break
    return None


class Placing:
    """Puts one new pair into a layout."""

    def __init__(self, layout: Layout, new: NewPair, known: Path, newline: str, quote: str) -> None:
        """Remembers what to put where.

        Args:
            layout: the file.
            new: what shall stand in it.
            known: the longest part of its path that is a table already.
            newline: what ends the file's lines.
            quote: the quote in which keys stand that need one.
        """
        self.layout, self.new, self.newline, self.quote = layout, new, newline, quote
        self.known = known
        self.rest = tuple(toml_key(each, quote) for each in new.path[len(known) :])

    def patches(self) -> tuple[Patch, ...]:
        """What puts it there."""
        table = self.layout.table(self.known)
        dotted = self.layout.dotted(self.known) if self.known else ()
        if dotted:
            return self._behind_dotted(dotted[-1])
        if table and table.is_inline:
            return self._inline(table, len(table.pairs), self._nested())
        if table:
            style = self._style(table) if len(self.rest) > 1 or self.new.is_table else "line"
            if style == "header" and self.new.path != table.path:
                return self._section()
            if style == "dotted" and not (self.new.is_table and len(self.rest) == 1):
                return self._line(table, self._spelled(".".join(self.rest), self.new.raw))
            return self._line(table, self._nested())
        return self._section()

    def _spelled(self, key: str, raw: str) -> str:
        return f"{key} = {raw}{self.new.comment}"

    def _nested(self) -> str:
        raw = self.new.raw
        for key in reversed(self.rest[1:]):
            raw = f"{{ {key} = {raw} }}"
        return self._spelled(self.rest[0], raw)

    def _behind_dotted(self, pair: Pair) -> tuple[Patch, ...]:
        last = pair.parts[len(self.known) - len(pair.above) - 1]
        key = f"{self.layout.text[pair.start : last.end]}.{'.'.join(self.rest)}"
        holder = self.layout.holder(pair)
        spelled = self._spelled(key, self.new.raw)
        if holder.is_inline:
            return self._inline(holder, holder.pairs.index(pair) + 1, spelled)
        return self._lines_at(self.layout.line_end(pair.value.end), self._indented(pair.start, (spelled,)))

    def _inline(self, table: Table, index: int, spelled: str) -> tuple[Patch, ...]:
        return inline_list(self.layout, table, self.newline).including(index, spelled)

    def _line(self, table: Table, spelled: str) -> tuple[Patch, ...]:
        if table.pairs:
            last = table.pairs[-1]
            return self._lines_at(self.layout.line_end(last.value.end), self._indented(last.start, (spelled,)))
        if table.path:
            return self._lines_at(table.end, self._indented(table.parts[0].start - 1, (spelled,)))
        at = self._below_opening_comment()
        rest = self.layout.text[at:]
        blank = self.newline if rest.strip() and not rest.startswith(("\n", "\r\n")) else ""
        return self._lines_at(at, spelled + self.newline + blank)

    def _below_opening_comment(self) -> int:
        """Behind the comment that opens the file, if a blank line ends it."""
        at = 0
        while self.layout.text[at : at + 1] == "#":
            at = self.layout.line_end(at)
        if at == 0 or at == len(self.layout.text):
            return at
        line_end = self.layout.line_end(at)
        return 0 if self.layout.text[at:line_end].strip() else line_end

    def _indented(self, sibling: int, lines: tuple[str, ...]) -> str:
        start = self.layout.line_start(sibling)
        text = self.layout.text
        indentation = text[start : len(text) - len(text[start:].lstrip(" \t"))]
        return "".join(f"{indentation}{each}{self.newline}" for each in lines)

    def _lines_at(self, at: int, lines: str) -> tuple[Patch, ...]:
        """Whole lines, at the start of a line or at the end of a file whose last line has no end."""
        text = self.layout.text
        if at == len(text) and text and not text.endswith("\n"):
            lines = self.newline + lines.removesuffix(self.newline)
        return ((at, at, lines),)

    def _style(self, table: Table) -> str:
        """header, dotted or inline, as the nearest relatives are written."""
        cousins = [
            each
            for each in self.layout.reachable[1:]
            if each.path != table.path and len(each.path) == len(table.path) and each.path[:-1] == table.path[:-1]
        ]
        for relatives in ([table], cousins):
            votes = [vote for each in relatives for vote in self._votes(each)]
            if votes:
                return max(("header", "inline", "dotted"), key=votes.count)
        return "header"

    def _votes(self, table: Table) -> list[str]:
        votes = []
        for pair in table.pairs:
            if len(pair.parts) > 1:
                votes.append("dotted")
            elif pair.value.table:
                votes.append("inline")
        depth = len(table.path)
        votes += ["header" for each in self.layout.headers(table.path) if len(each.path) > depth]
        return votes

    def _section(self) -> tuple[Patch, ...]:
        """A header of its own, behind the tables that are its nearest relatives."""
        if self.new.is_table:
            path, lines = self.new.path, tuple(f"{key} = {raw}" for key, raw in self.new.lines)
        else:
            path, lines = self.new.path[:-1], (self._spelled(self.rest[-1], self.new.raw),)
        relative = self._relative(path)
        text = self.layout.text
        at, spelled = len(text), ""
        header_indentation, pair_indentation = "", ""
        if relative:
            at = self._behind_section(relative)
            header_indentation = self._indentation(relative.start)
            pair_indentation = self._indentation(relative.pairs[0].start) if relative.pairs else header_indentation
            common = 0
            while relative.path[: common + 1] == path[: common + 1] and common < min(len(path), len(relative.path)):
                common += 1
            spelled = text[relative.parts[0].start : relative.parts[common - 1].end]
            path = path[common:]
        key = ".".join((*((spelled,) if spelled else ()), *(toml_key(each, self.quote) for each in path)))
        block = [f"{header_indentation}[{key}]", *(pair_indentation + each for each in lines)]
        before = text[:at].rstrip(" \t\r")
        if before and not before.endswith("\n\n") and not before.replace("\r", "").endswith("\n\n"):
            block.insert(0, "")
        following = text[at : self.layout.line_end(at)]
        if following.strip():
            block.append("")
        return self._lines_at(at, "".join(each + self.newline for each in block))

    def _indentation(self, at: int) -> str:
        line = self.layout.text[self.layout.line_start(at) : self.layout.line_end(at)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _relative(self, path: Path) -> Table | None:
        for length in range(len(path), 0, -1):
            found = [each for each in self.layout.headers(path[:length]) if not each.is_element]
            if found:
                return found[-1]
        return None

    def _behind_section(self, table: Table) -> int:
        """Behind the table's last pair, and behind a comment that stands directly below it and not above a header."""
        at = self.layout.line_end(table.pairs[-1].value.end) if table.pairs else table.end
        behind = at
        text = self.layout.text
        while behind < len(text) and text[behind:].lstrip(" \t")[:1] == "#":
            behind = self.layout.line_end(behind)
        is_free = behind == len(text) or not text[behind : self.layout.line_end(behind)].strip()
        return behind if is_free else at
