"""Changes keys of a TOML file (Helix's languages.toml) and nothing else in it.

Own editing over own places: tomlkit 0.15 was tried and moves comments of the next table, ends lines of a CRLF file with
a line feed, and puts a sub-table that stands elsewhere beside its parent. After each change the text is read again
with the standard library's reader and must mean what was meant, else CannotEdit.

Rules: a removed key takes its line and the comment at its end along; comments above it stay. A removed table takes
what stands between its header and its last key along. A table that would vanish with its last key stays, empty.
A new table stands behind its nearest relatives, in their style.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from gopls_diag.edit.comma_list import Patch, patched
from gopls_diag.edit.intended import intended
from gopls_diag.edit.key_path import at_path, path_of
from gopls_diag.edit.toml_layout import Form, Layout, Pair, Path, Table, Value, below, toml_layout
from gopls_diag.edit.toml_place import NewPair, Placing, array_list, inline_list, new_pair
from gopls_diag.edit.toml_text import is_same, toml_key, toml_value
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

_MARK = "\ufeff"


def edit_toml(content: bytes, edits: Sequence[SettingEdit]) -> bytes:
    """The file with the edits applied in their order; every other byte is as it was.

    Raises:
        CannotEdit: the file is no TOML, an edit asks for what is not there or cannot be, or the result did not mean
            what was meant.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotEdit("the file is not UTF-8") from None
    mark = _MARK if text.startswith(_MARK) else ""
    text = text[len(mark) :]
    value = _read(text)
    for edit in edits:
        wanted = intended(value, (edit,))
        before, was = toml_layout(text), value
        text = _Editor(text, value).edited(edit)
        value = _read(text)
        if not is_same(value, wanted) or not _is_untouched(before, toml_layout(text), _concerned(was, edit)):
            raise CannotEdit(f"{edit.key} cannot be changed without changing something else")
    return (mark + text).encode("utf-8")


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise CannotEdit(f"the file is no valid TOML: {problem or 'nested too deeply'}") from None


class _Editor:
    """One edit of one text."""

    def __init__(self, text: str, value: dict[str, Any]) -> None:
        self.text, self.value = text, value
        first = text.find("\n")
        self.newline = "\r\n" if text[max(first - 1, 0) : first] == "\r" else "\n"
        self.layout = toml_layout(text)
        self.quote = self._quote()

    def _quote(self) -> str:
        """The quote in which most texts and quoted keys of the file stand."""
        starts = [
            each for pair in self.layout.pairs() for each in (*(part.start for part in pair.parts), pair.value.start)
        ]
        texts = [self.text[each] for each in starts]
        return "'" if texts.count("'") > texts.count('"') else '"'

    def _apply(self, *patches: Patch) -> None:
        self.text = patched(self.text, patches)
        self.value = _read(self.text)
        self.layout = toml_layout(self.text)

    def edited(self, edit: SettingEdit) -> str:
        """The text after the edit; that the edit makes sense was found by `intended`."""
        path = path_of(self.value, edit.key)
        exists = at_path(self.value, path)[0]
        if edit.action == "set":
            self._set(path, edit.value)
        elif edit.action == "remove" and exists:
            self._remove(path)
        elif edit.action in ("rename", "move"):
            name = str(edit.value)
            target = (*path[:-1], name) if edit.action == "rename" else path_of(self.value, name)
            if target != path and at_path(self.value, target)[0]:
                # The other name says the same already.
                self._remove(path)
            elif edit.action == "rename":
                self._rename(path, name)
            elif target != path:
                self._move(path, target)
        return self.text

    def _set(self, path: Path, value: Any) -> None:
        exists, old = at_path(self.value, path)
        if exists and is_same(old, value):
            return
        pair = self.layout.pair(path)
        if exists and isinstance(old, dict) and isinstance(value, dict):
            for key in (each for each in old if each not in value):
                self._remove((*path, key))
            for key, inner in value.items():
                self._set((*path, key), inner)
        elif not pair and isinstance(old, list):
            raise CannotEdit(f"{'/'.join(path)} is written as an array of tables, which is only taken out as a whole")
        elif pair and isinstance(old, list) and isinstance(value, list):
            self._set_array(path, old, value)
        elif pair:
            quote = self.text[pair.value.start] if isinstance(old, str) else self.quote
            self._apply((pair.value.start, pair.value.end, toml_value(value, quote)))
        else:
            if exists:
                self._remove(path)
            self._insert(new_pair(path, value, self.quote))

    def _array(self, path: Path) -> Value:
        pair = self.layout.pair(path)
        assert pair is not None and pair.value.form is Form.ARRAY
        return pair.value

    def _set_array(self, path: Path, old: list[Any], new: list[Any]) -> None:
        """Touch only the elements that differ, last ones first, so that the indexes of the others hold."""
        raws = [toml_value(each, self.quote) for each in new]
        before = [_identity(each) for each in old]
        steps = SequenceMatcher(None, before, [_identity(each) for each in new], autojunk=False).get_opcodes()
        for _, i1, i2, j1, j2 in (step for step in reversed(steps) if step[0] != "equal"):
            both = min(i2 - i1, j2 - j1)
            for index in range(i2 - 1, i1 + both - 1, -1):
                self._apply(*array_list(self.layout, self._array(path), self.newline).without(index))
            for raw in reversed(raws[j1 + both : j2]):
                self._apply(*array_list(self.layout, self._array(path), self.newline).including(i1 + both, raw))
            for index in range(both):
                element = self._array(path).elements[i1 + index]
                self._apply((element.start, element.end, raws[j1 + index]))

    def _insert(self, new: NewPair) -> None:
        known: Path = ()
        for length in range(1, len(new.path)):
            exists, inner = at_path(self.value, new.path[:length])
            if not exists:
                break
            if not isinstance(inner, dict):
                raise CannotEdit(f"{'/'.join(new.path[:length])} is no table")
            known = new.path[:length]
        self._apply(*Placing(self.layout, new, known, self.newline, self.quote).patches())

    def _remove(self, path: Path) -> None:
        """Take a key out; the table above it stays even if that was all it had."""
        pair = self.layout.pair(path)
        sections = [] if pair else self.layout.headers(path)
        pairs = [pair] if pair else [each for each in self.layout.dotted(path) if len(each.above) < len(path)]
        if len(pairs) > 1 and any(self.layout.holder(each).is_inline for each in pairs):
            # One at a time, since each changes the commas of the others; the last leaves an empty table.
            for each in pairs:
                self._remove(each.path)
            self._remove(path)
            return
        patches = [patch for each in pairs for patch in self._without(each)]
        patches += [self._section_span(each) for each in sections]
        above = path[:-1]
        after = patched(self.text, patches)
        if above and not _holds(after, above):
            patches = self._emptied(above, pairs, list(sections), patches)
        self._apply(*patches)

    def _without(self, pair: Pair) -> tuple[Patch, ...]:
        holder = self.layout.holder(pair)
        if not holder.is_inline:
            return (self._lines_span(pair.start, pair.value.end),)
        return inline_list(self.layout, holder, self.newline).without(holder.pairs.index(pair))

    def _lines_span(self, start: int, end: int) -> Patch:
        """The lines from one place to another, or the line end before them where the last line has none."""
        first, behind = self.layout.line_start(start), self.layout.line_end(end)
        if behind == len(self.text) and not self.text.endswith("\n"):
            first = len(self.text[:first].removesuffix("\n").removesuffix("\r"))
        return first, behind, ""

    def _section_span(self, table: Table) -> Patch:
        end = table.pairs[-1].value.end if table.pairs else table.parts[-1].end
        first, behind, _ = self._lines_span(table.start, end)
        # Of the two blank lines around it one is left.
        is_opening = first == 0 or self.text[:first].replace("\r", "").endswith("\n\n")
        following = self.text[behind : self.layout.line_end(behind)]
        if is_opening and following and not following.strip():
            behind += len(following)
        return first, behind, ""

    def _emptied(self, above: Path, pairs: list[Pair], sections: list[Table], patches: list[Patch]) -> list[Patch]:
        """The patches with the table above, which would vanish, left as an empty one where the first thing stood."""
        if pairs:
            first = pairs[0]
            last = first.parts[len(above) - len(first.above) - 1]
            instead = (last.end, first.value.end, " = {}")
            return [instead, *(self._lines_span(each.start, each.value.end) for each in pairs[1:])]
        table = sections[0]
        if table.is_array:
            raise CannotEdit(f"{'/'.join(above)} would have nothing left in it")
        shorter: list[Patch] = [(table.parts[len(above) - 1].end, table.parts[-1].end, "")]
        if table.pairs:
            shorter.append((table.end, self._lines_span(table.end, table.pairs[-1].value.end)[1], ""))
        return [*shorter, *(each for each in patches if each[0] > table.start)]

    def _rename(self, path: Path, name: str) -> None:
        new = toml_key(name, self.quote)
        patches: list[Patch] = []
        for pair in self.layout.pairs():
            if below(pair, path) and len(pair.above) < len(path):
                part = pair.parts[len(path) - len(pair.above) - 1]
                patches.append((part.start, part.end, new))
        parts = [each.parts[len(path) - 1] for each in self.layout.headers(path)]
        self._apply(*patches, *((each.start, each.end, new) for each in parts))

    def _move(self, path: Path, target: Path) -> None:
        pair = self.layout.pair(path)
        if pair:
            self._move_pair(pair, target)
        elif self.layout.dotted(path):
            for each in self.layout.dotted(path):
                self._move_pair(each, (*target, *each.path[len(path) :]))
            if at_path(self.value, path)[0]:
                self._remove(path)
        else:
            key = ".".join(toml_key(each, self.quote) for each in target)
            headers = self.layout.headers(path)
            self._apply(*((each.parts[0].start, each.parts[len(path) - 1].end, key) for each in headers))
        if path[:-1] and not at_path(self.value, path[:-1])[0]:
            self._insert(NewPair(path[:-1], "{}", is_table=True))

    def _move_pair(self, pair: Pair, target: Path) -> None:
        comment = ""
        if not self.layout.holder(pair).is_inline:
            comment = self.text[pair.value.end : self.layout.line_end(pair.value.end)].rstrip()
        raw = self.text[pair.value.start : pair.value.end]
        self._insert(NewPair(target, raw, comment=comment))
        self._remove(pair.path)


def _identity(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"


def _holds(text: str, path: Path) -> bool:
    try:
        return at_path(_read(text), path)[0]
    except CannotEdit:
        return False


def _concerned(value: dict[str, Any], edit: SettingEdit) -> tuple[Path, ...]:
    """The paths that an edit may change."""
    path = path_of(value, edit.key)
    if edit.action == "rename":
        return path, (*path[:-1], str(edit.value))
    return (path, path_of(value, str(edit.value))) if edit.action == "move" else (path,)


def _is_untouched(before: Layout, after: Layout, concerned: tuple[Path, ...]) -> bool:
    """True if every other key stands there as it was written, with the comment behind it."""

    def others(layout: Layout) -> list[str]:
        found = []
        for table in layout.tables:
            for pair in table.pairs:
                if not any(one == other for path in concerned for one, other in [_shortest(pair.path, path)]):
                    found.append(layout.text[pair.start : layout.line_end(pair.value.end)].rstrip())
        return sorted(found)

    return others(before) == others(after)


def _shortest(one: Path, other: Path) -> tuple[Path, Path]:
    """Both, cut to the length of the shorter: equal if one of them is the other or stands above it."""
    length = min(len(one), len(other))
    return one[:length], other[:length]
