"""What an edit of a settings file promises, judged without the code that makes it, the parser's positions apart."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import pytest

from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.settings_tree import SettingsEntry, SettingsNode
from gopls_diag.parse.jsonc import parse_jsonc
from tests.property.jsonc_texts import (
    KEYS,
    PLAIN_KEYS,
    TextMaker,
    at_path,
    comments,
    meaning,
    mutated,
    paths,
    some_value,
    tokens,
)

FILE = "settings.json"
COMMENT_STARTS = (b"//", b"/*")
LINE_ENDS = (b"\n", b"\r")
_LINE_START = re.compile(rb"(?:\r\n|\n|\r)[ \t]*")
Path = tuple[str, ...]


class Refused(Exception):
    """The edit makes no sense on this file; the editor must say so too."""


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    if value is not None and not isinstance(value, dict):
        raise Refused
    return {**(value or {}), path[0]: _put((value or {}).get(path[0]), path[1:], new)}


def _drop(value: dict[str, Any], path: Path) -> dict[str, Any]:
    if len(path) == 1:
        return {key: each for key, each in value.items() if key != path[0]}
    return {**value, path[0]: _drop(value[path[0]], path[1:])}


def exact(value: Any) -> str:
    """Tells 1 from true, and not 1 from 1.0."""

    def plain(each: Any) -> Any:
        if isinstance(each, float) and each.is_integer():
            return int(each)
        if isinstance(each, list):
            return [plain(inner) for inner in each]
        return {key: plain(inner) for key, inner in each.items()} if isinstance(each, dict) else each

    return json.dumps(plain(value), sort_keys=True)


def expected(value: Any, path: Path, edit: SettingEdit) -> Any:
    """The model: what the file means after the edit; Refused where that is nothing."""
    exists = path in paths(value)
    if edit.action == "set":
        return _put(value, path, edit.value)
    if edit.action == "remove":
        return _drop(value, path) if exists else value
    if not exists:
        raise Refused
    carried = at_path(value, path)
    target = (*path[:-1], edit.value) if edit.action == "rename" else tuple(edit.value.split("/"))
    if edit.action == "move" and "x/y" in edit.value:
        target = tuple(("x/y" if each == "x" else each) for each in target if each != "y")
    if target == path:
        return value
    if target[: len(path)] == path:
        raise Refused
    if target in paths(value):
        if exact(at_path(value, target)) != exact(carried):
            raise Refused
        return _drop(value, path)
    return _put(_drop(value, path), target, carried)


def random_edit(random: Random, value: Any) -> tuple[Path, SettingEdit]:
    """An edit of something that is there, as a rule."""
    known = list(paths(value))
    if known and random.random() < 0.75:
        path = random.choice(known)
    else:
        objects = [(), *(each for each in known if isinstance(at_path(value, each), dict))]
        path = (*random.choice(objects), *random.choices(PLAIN_KEYS, k=random.choice((1, 1, 2, 3))))
    key = "/".join(path)
    action = random.choice(("set", "set", "set", "remove", "rename", "move"))
    new: Any = None
    if action == "set":
        was = at_path(value, path) if path in known else None
        new = mutated(random, was) if random.random() < 0.6 else some_value(random)
    elif action == "rename":
        new = random.choice(KEYS) if random.random() < 0.5 else "new"
    elif action == "move":
        objects = [(), *(each for each in known if isinstance(at_path(value, each), dict))]
        new = "/".join((*random.choice(objects), random.choice(("moved", "made/moved", *PLAIN_KEYS))))
    return path, SettingEdit(FILE, key, new, action)


def _entry_at(root: SettingsNode, path: Path) -> tuple[SettingsNode, SettingsEntry]:
    node, entry = root, root.entry(path[0])
    for key in path[1:]:
        assert entry
        node, entry = entry.node, entry.node.entry(key)
    assert entry
    return node, entry


def _gap(node: SettingsNode, entry: SettingsEntry) -> tuple[int, int]:
    at = node.entries.index(entry)
    start = node.entries[at - 1].end if at else node.start + 1
    return start, node.entries[at + 1].start if at + 1 < len(node.entries) else node.end - 1


def check_window(before: bytes, after: bytes, value: Any, path: Path, edit: SettingEdit) -> None:
    """Common start and common end cover all but the entry (or the place of a new one), its comma and its gap."""
    root = parse_jsonc(before).root
    if root is None or edit.action == "move" or before == after:
        return
    if path in paths(value):
        node, entry = _entry_at(root, path)
        repeats = [each for each in node.entries if each.key == entry.key]
        if edit.action == "set":
            start, end = entry.node.start, entry.node.end
        elif edit.action == "rename" and len(repeats) == 1 and edit.value not in at_path(value, path[:-1]):
            start, end = entry.start, entry.key_end
        else:
            start, end = _gap(node, repeats[0])[0], _gap(node, entry)[1]
    else:
        node = root
        for length in range(1, len(path)):
            if path[:length] in paths(value):
                node = _entry_at(root, path[:length])[1].node
        start, end = (node.entries[-1].end if node.entries else node.start + 1), node.end - 1
        if node.value is None:
            start, end = node.start, node.end
    assert after.startswith(before[:start])
    assert after.endswith(before[end:])
    assert len(after) >= start + len(before) - end


def _in_order(some: list[bytes], among: list[bytes]) -> bool:
    left = iter(among)
    return all(each in left for each in some)


def _breaks_line(text: bytes) -> bool:
    return b"\n" in text or b"\r" in text


def _own_comments(text: bytes, node: SettingsNode, entry: SettingsEntry) -> set[bytes]:
    """Comments that go with an entry: in it, and on its lines, unless they began on a line above."""
    start, end = _gap(node, entry)
    own = set(comments(text[entry.start : entry.end]))
    before: set[bytes] = set()
    for each in tokens(text[start : entry.start]):
        if _breaks_line(each):
            before = set()
        elif each[:2] in COMMENT_STARTS:
            before.add(each)
    is_on_line = True
    for each in tokens(text[entry.end : end]):
        if each == b",":
            is_on_line = True
        elif is_on_line and each[:2] in COMMENT_STARTS:
            own.add(each)
        if each in LINE_ENDS:
            is_on_line = False
    return own | before


def check_comments(before: bytes, after: bytes, value: Any, path: Path, edit: SettingEdit) -> None:
    """No comment is lost but those that belong to what was removed or replaced; none is doubled, none made."""
    old, new = comments(before), comments(after)
    assert len(set(new)) == len(new)
    if edit.action == "move":
        old, new = ([_LINE_START.sub(b"\n", each) for each in some] for some in (old, new))
    else:
        assert _in_order(new, old)
    assert set(new) <= set(old)
    lost = set(old) - set(new)
    root = parse_jsonc(before).root
    if root is None or path not in paths(value):
        assert not lost
        return
    node, entry = _entry_at(root, path)
    allowed: set[bytes] = set()
    if edit.action == "set":
        if isinstance(entry.value, dict | list):
            allowed = set(comments(before[entry.node.start : entry.node.end]))
    else:
        repeats = [each for each in node.entries if each.key == entry.key]
        is_gone = edit.action == "remove" or edit.value in {"/".join(each) for each in paths(value)}
        if edit.action == "rename":
            is_gone = edit.value in node.value
        goes = [each for each in repeats if each is not entry or is_gone]
        own = set().union(*(_own_comments(before, node, each) for each in goes))
        allowed = own | {_LINE_START.sub(b"\n", each) for each in own}
    assert lost <= allowed, lost - allowed


def check_edit(before: bytes, value: Any, path: Path, edit: SettingEdit) -> tuple[bytes, Any]:
    """Make one edit and hold it to all promises; the file and its meaning afterwards."""
    try:
        wanted = expected(value, path, edit)
    except Refused:
        with pytest.raises(CannotEdit) as refusal:
            edit_settings(FILE, before, [edit])
        assert "the change would" not in str(refusal.value)
        return before, value
    after = edit_settings(FILE, before, [edit])

    assert exact(meaning(after)) == exact(wanted)
    assert exact(wanted) != exact(value) or before == after or edit.action in ("remove", "rename", "move")
    check_window(before, after, value, path, edit)
    check_comments(before, after, value, path, edit)
    if edit.action in ("set", "remove"):
        assert edit_settings(FILE, after, [edit]) == after
    if edit.action == "set" and path in paths(value):
        check_way_back(before, after, value, path, edit)
    return after, wanted


def check_way_back(before: bytes, after: bytes, value: Any, path: Path, edit: SettingEdit) -> None:
    """A plain value that is set and set again as it was leaves the bytes as they were, if they were written plainly."""
    root = parse_jsonc(before).root
    assert root
    entry = _entry_at(root, path)[1]
    was = at_path(value, path)
    text = before[entry.node.start : entry.node.end]
    if not isinstance(was, dict | list) and text == json.dumps(was, ensure_ascii=False).encode("utf-8", "replace"):
        back = edit_settings(FILE, after, [SettingEdit(FILE, edit.key, was)])
        assert back == before


def check_round(random: Random) -> int:
    """One text with a few edits, one by one and all together; how many edits were made."""
    before = text = TextMaker(random).text()
    value = start = meaning(text)
    edits: list[SettingEdit] = []
    for _ in range(random.choice((1, 2, 5))):
        path, edit = random_edit(random, value)
        after, new_value = check_edit(text, value, path, edit)
        if after != text:
            edits.append(edit)
        text, value = after, new_value
    together = edit_settings(FILE, before, edits) if edits else before
    assert exact(meaning(together)) == exact(value), (start, edits)
    return len(edits)
