"""Reads TOML settings (Helix) into a tree whose entries know their lines.

The standard library's reader gives the values and no places; the places are found by a second look at the lines that
hold a table header or a key. What stands inside an inline table has the place of the key that holds the table.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from gopls_diag.model.settings_tree import LineTable, SettingsDocument, SettingsEntry, SettingsNode, SyntaxProblem

MAXIMUM_DEPTH = 50
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER_PATTERN = re.compile(rf"[ \t]*\[\[?[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*\]")
_KEY_PATTERN = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*=")
_PART_PATTERN = re.compile(_PART)
_PLACE_PATTERN = re.compile(r"\(at line (\d{1,9}), column (\d{1,9})\)")

_Path = tuple[str, ...]


def _places(text: str) -> dict[_Path, tuple[int, int]]:
    """Byte offset and end of the line on which each key or table header stands; the first place of a path holds."""
    found: dict[_Path, tuple[int, int]] = {}
    table: _Path = ()
    offset = 0
    for line in text.splitlines(keepends=True):
        header = _HEADER_PATTERN.match(line)
        key = None if header else _KEY_PATTERN.match(line)
        match = header or key
        if match:
            path = tuple(part.strip("\"'") for part in _PART_PATTERN.findall(match[1]))
            if header:
                table = path
            else:
                path = (*table, *path)
            start = offset + len(line[: match.start(1)].encode("utf-8", "replace"))
            end = offset + len(line.rstrip("\r\n").encode("utf-8", "replace"))
            for length in range(1, len(path) + 1):
                found.setdefault(path[:length], (start, end))
        offset += len(line.encode("utf-8", "replace"))
    return found


def _node(value: Any, path: _Path, place: tuple[int, int], places: dict[_Path, tuple[int, int]]) -> SettingsNode:
    entries: list[SettingsEntry] = []
    if isinstance(value, dict) and len(path) < MAXIMUM_DEPTH:
        for key, inner in value.items():
            where = places.get((*path, key), place)
            entries.append(SettingsEntry(key, *where, _node(inner, (*path, key), where, places)))
    elements: tuple[SettingsNode, ...] = ()
    if isinstance(value, list):
        elements = tuple(SettingsNode(each, *place) for each in value)
    return SettingsNode(value, *place, entries=tuple(entries), elements=elements)


def parse_toml_settings(content: bytes) -> SettingsDocument:
    """The tree of a TOML file, or the place at which it is none; never raises."""
    lines = LineTable(content)
    has_mark = content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig", "replace")
    try:
        value = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        words = str(problem) or "nested too deeply"
        at = _PLACE_PATTERN.search(words)
        line, column = (int(at[1]), int(at[2])) if at else (max(1, content.count(b"\n")), 1)
        message = _PLACE_PATTERN.sub("", words).replace("(at end of document)", "").strip()
        return SettingsDocument(None, lines, (SyntaxProblem(message, 0, line, column),), has_mark)
    places = _places(text)
    if has_mark:
        places = {path: (start + 3, end + 3) for path, (start, end) in places.items()}
    return SettingsDocument(_node(value, (), (0, 0), places), lines, (), has_mark)
