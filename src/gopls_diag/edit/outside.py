"""Proves that a change of a JSONC file left everything alone that it had no business with.

It is worked out from the tree of the old file and the edits, without the code that made the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gopls_diag.edit.intended import Segments, segments_of
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.settings_tree import SettingsDocument, SettingsEntry, SettingsNode

_Span = tuple[int, int]


def _find(node: SettingsNode, segments: Segments) -> tuple[SettingsNode, SettingsEntry] | None:
    for length in range(len(segments), 0, -1):
        entry = node.entry("/".join(segments[:length]))
        if entry is None:
            continue
        found = (node, entry) if length == len(segments) else _find(entry.node, segments[length:])
        if found:
            return found
    return None


def _place(node: SettingsNode, segments: Segments) -> _Span:
    """Where something new may stand: at the end of the innermost object that exists, or instead of a null."""
    for length in range(len(segments) - 1, 0, -1):
        entry = node.entry("/".join(segments[:length]))
        if entry and isinstance(entry.value, dict):
            return _place(entry.node, segments[length:])
    entry = node.entry(segments[0]) if len(segments) > 1 else None
    if entry:
        return entry.node.start, entry.node.end
    return (node.entries[-1].end if node.entries else node.start + 1), node.end - 1


def _gap_around(node: SettingsNode, at: int) -> _Span:
    """An entry with all that stands between its neighbours."""
    start = node.entries[at - 1].end if at else node.start + 1
    return start, node.entries[at + 1].start if at + 1 < len(node.entries) else node.end - 1


def _spans_of(root: SettingsNode, edit: SettingEdit) -> Iterator[_Span]:
    found = _find(root, segments_of(edit))
    if found is None:
        if edit.action == "set":
            yield _place(root, segments_of(edit))
        return
    parent, entry = found
    if edit.action == "set":
        yield entry.node.start, entry.node.end
        return
    is_taken = False
    if edit.action == "rename":
        is_taken = parent.entry(edit.value) is not None
    elif edit.action == "move":
        target = tuple(edit.value.split("/"))
        is_taken = _find(root, target) is not None
        if not is_taken:
            yield _place(root, target)
    stays = edit.action == "rename" and not is_taken
    for at, each in enumerate(parent.entries):
        if each is entry and stays:
            yield each.start, each.key_end
        elif each.key == entry.key:
            yield _gap_around(parent, at)


def _neighbours(root: SettingsNode, edit: SettingEdit) -> Iterator[_Span]:
    """A new key of the same edits stands behind the key that they touched: that gap changes as well."""
    found = _find(root, segments_of(edit))
    if found:
        at = next(number for number, each in enumerate(found[0].entries) if each is found[1])
        yield found[1].end, _gap_around(found[0], at)[1]


def _untouched(content: bytes, document: SettingsDocument, edits: Sequence[SettingEdit]) -> list[bytes]:
    """The pieces of the old file that must stand in the new one, in their order."""
    root = document.root
    if root is None:
        return [content.rstrip(b" \t\r\n\x0b\x0c"), b""]
    spans = [span for edit in edits for span in _spans_of(root, edit)]
    if len(edits) > 1:
        spans += [span for edit in edits for span in _neighbours(root, edit)]
    pieces: list[bytes] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            pieces.append(content[at:start])
        at = max(at, end)
    return [*pieces, content[at:]]


def check_outside(content: bytes, document: SettingsDocument, result: bytes, edits: Sequence[SettingEdit]) -> None:
    """CannotEdit unless all bytes outside of what the edits name stand in the result, in their order.

    Edits must not touch what another one of them made, moved or took away.
    """
    first, *middle, last = pieces if len(pieces := _untouched(content, document, edits)) > 1 else (*pieces, b"")
    at = len(first)
    is_right = result.startswith(first)
    for each in middle:
        found = result.find(each, at)
        is_right = is_right and found >= 0
        at = found + len(each)
    is_right = is_right and result.endswith(last) and at + len(last) <= len(result)
    if not is_right or (not middle and not last and len(pieces) == 1 and result != content):
        raise CannotEdit("the change would have touched something else as well")
