"""Changes single keys of JSON with comments (the settings of VS Code and its forks, and of Zed), exact to the byte.

The rules, chosen so that no word of the user's is lost without being seen in the diff:

- set on a value changes the value's bytes; of an array or object only the elements or keys that differ, so that
  comments between the others stay. A new key goes behind the last of its object, or behind the key that the same edits
  touched last in this object; one set right after the removal of another takes its place, under the comments above it.
- remove takes the key, its value, its comma and the comments on its own line; every repetition of the key goes, so that
  none comes back to life. Comments on the lines above stay, since nobody but their writer knows whether they are about
  this key or head a group. A comment behind several keys of one line stays with the others.
- rename changes the bytes of the key alone. move within one object is a rename; to another object it takes the value's
  text, the comments on its line, and the comment lines directly above it.
- A new name that is taken already is refused, unless it has the same value: then the old key is removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gopls_diag.edit.array_steps import ArrayStep, array_steps
from gopls_diag.edit.intended import Segments, kind_of, plain_value, same_value, segments_of
from gopls_diag.edit.jsonc_text import Manner, indented_anew, manner_of, scalar, written
from gopls_diag.edit.jsonc_tree import Container, Member, Value, open_container
from gopls_diag.edit.jsonc_trivia import (
    WHITE_SPACE,
    first_break,
    leading_space,
    parted_above,
    put_together,
)
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.settings_tree import SettingsDocument
from gopls_diag.parse.jsonc import parse_jsonc

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MOST_ARRAY_STEPS = 5000
"""An array in which more is changed is written anew."""
_Found = tuple[Container, Member]


def _new_value(value: Any, indent: bytes, manner: Manner, *, is_inline: bool) -> Value:
    source = written(value, indent, manner, is_inline=is_inline)
    node = parse_jsonc(source).root
    if node is None:
        raise CannotEdit("the new value is nested too deeply")
    return Value(source, node)


def _is_object(value: Value) -> bool:
    return value.inner.is_object if value.inner is not None else isinstance(value.node.value, dict)


def _find(container: Container, segments: Segments) -> _Found | None:
    """What exists under a path, the longest reading of its keys first."""
    for length in range(len(segments), 0, -1):
        member = container.named("/".join(segments[:length]))
        if member is None:
            continue
        if length == len(segments):
            return container, member
        found = _find(container.opened(member), segments[length:]) if _is_object(member.value) else None
        if found:
            return found
    return None


def _place(container: Container, segments: Segments) -> tuple[Container, str]:
    """The object and the key for what does not exist yet; objects on the way are made."""
    for length in range(len(segments) - 1, 0, -1):
        member = container.named("/".join(segments[:length]))
        if member is not None and _is_object(member.value):
            return _place(container.opened(member), segments[length:])
    if len(segments) == 1:
        return container, segments[0]
    member = container.named(segments[0])
    if member is None:
        member = _add(container, segments[0], {})
    elif member.value.meaning() is None:
        _replace(container, member, {})
    else:
        raise CannotEdit(f"{segments[0]} is {kind_of(member.value.meaning())}, not an object")
    return _place(container.opened(member), segments[1:])


def _add(container: Container, name: str, value: Any, at: int | None = None) -> Member:
    is_inline = container.is_inline
    new = _new_value(value, container.child_indent, container.manner, is_inline=is_inline)
    member = Member(new)
    if container.is_object:
        member.name, member.key, member.between = name, scalar(name), container.colon
    container.insert(member, at)
    return member


def _replace(container: Container, member: Member, value: Any) -> None:
    indent = container.indent_of(member)
    member.value = _new_value(value, indent, container.manner, is_inline=container.is_inline)


def _has_words(value: Value) -> bool:
    return value.inner is not None or b"/" in value.source[value.node.start : value.node.end]


def _change(container: Container, member: Member, value: Any) -> None:
    """Give a member another value, touching as little as possible of the one that it has."""
    old = member.value.meaning()
    if same_value(old, value):
        return
    is_same_kind = type(old) is type(value) and isinstance(value, dict | list)
    if not is_same_kind or not old or (not value and not _has_words(member.value)):
        _replace(container, member, value)
    elif isinstance(value, dict):
        _change_object(container.opened(member), value)
    elif len(steps := array_steps(old, value)) > _MOST_ARRAY_STEPS:
        _replace(container, member, value)
    else:
        _change_array(container.opened(member), steps)


def _change_object(container: Container, value: dict[str, Any]) -> None:
    known = {each.name: each for each in container.members}
    for each in container.members:
        if each.name not in value:
            container.take_out(each)
    container.newest = None
    for name, new in value.items():
        if name in known:
            _change(container, known[name], new)
        else:
            _add(container, name, new)


def _change_array(container: Container, steps: Sequence[ArrayStep]) -> None:
    for step in steps:
        if step.action == "insert":
            _add(container, "", step.value, step.at)
        elif step.action == "remove":
            container.take_out(container.members[step.at])
        else:
            _change(container, container.members[step.at], step.value)


def _set(root: Container, edit: SettingEdit) -> None:
    value = plain_value(edit.value)
    found = _find(root, segments_of(edit))
    if found:
        container, member = found
        _change(container, member, value)
        container.newest = member
    else:
        _add(*_place(root, segments_of(edit)), value)


def _remove(container: Container, name: str, *, but: Member | None = None) -> None:
    for each in container.members:
        if each.name == name and each is not but and not each.is_gone:
            container.take_out(each)


def _rename(container: Container, member: Member, name: str) -> None:
    if name == member.name:
        return
    taken = container.named(name)
    if taken is not None:
        if not same_value(taken.value.meaning(), member.value.meaning()):
            raise CannotEdit(f"{name} is there already with another value")
        _remove(container, member.name)
        return
    _remove(container, member.name, but=member)
    member.name, member.key = name, scalar(name)
    container.newest = member


def _on_line(after: bytes) -> bytes:
    """What stands between a value and its comma on the value's line."""
    cut = first_break(after)
    return after.rstrip(WHITE_SPACE) if cut < 0 else after[:cut]


def _stands_behind_another(container: Container, member: Member) -> bool:
    """Whether a comment at the end of its line is about the member before it too, which stays."""
    at = container.members.index(member)
    neighbour = container.members[at - 1] if at else None
    if neighbour is None or neighbour.is_gone or neighbour.name == member.name:
        return False
    return member.shares_line


def _move(root: Container, container: Container, member: Member, edit: SettingEdit) -> None:
    segments = tuple(edit.value.split("/"))
    taken = _find(root, segments)
    if taken:
        if taken[1] is member:
            return
        if not same_value(taken[1].value.meaning(), member.value.meaning()):
            raise CannotEdit(f"{edit.value} is there already with another value")
        _remove(container, member.name)
        return
    target, name = _place(root, segments)
    if target is container:
        _rename(container, member, name)
        return
    if member.value.is_around(target):
        raise CannotEdit(f"{edit.key} cannot be moved into itself")
    text = b"".join(member.value.pieces())
    old_indent, new_indent = container.indent_of(member), target.child_indent
    text = indented_anew(text, old_indent, new_indent)
    node = parse_jsonc(text).root
    if node is None:
        raise CannotEdit(f"{edit.key} cannot be moved")
    moved = Member(Value(text, node), name, scalar(name), member.between)
    newline = target.manner.newline + new_indent
    moved.trailing = _on_line(member.after)
    if not _stands_behind_another(container, member):
        moved.trailing = put_together(moved.trailing, member.trailing, newline)
        member.trailing = b""
    member.before, above, own = parted_above(member.before)
    if above or own:
        moved.before = b"".join(newline + each for each in above) + newline + own
    _remove(container, member.name)
    container.newest = None
    target.insert(moved)


def _apply(root: Container, edit: SettingEdit) -> Container | None:
    """Make one edit; the object out of which it took a key, when that is all it did."""
    if edit.action == "set":
        _set(root, edit)
        return None
    found = _find(root, segments_of(edit))
    if edit.action == "remove":
        if found:
            _remove(found[0], found[1].name)
            return found[0]
    elif found is None:
        raise CannotEdit(f"there is no {edit.key} to {edit.action}")
    elif not isinstance(edit.value, str):
        raise CannotEdit(f"{edit.action} needs the new key as a text")
    elif edit.action == "rename":
        _rename(*found, edit.value)
    elif edit.action == "move":
        _move(root, *found, edit)
    else:
        raise CannotEdit(f"unknown action: {edit.action}")
    return None


def _apply_all(root: Container, edits: Sequence[SettingEdit]) -> None:
    """Only the very next edit may put its key into the place of a removed one; later ones are about something else."""
    poorer: Container | None = None
    for edit in edits:
        now_poorer = _apply(root, edit)
        if poorer is not None and poorer is not now_poorer and poorer.newest is not None and poorer.newest.is_gone:
            poorer.newest = None
        poorer = now_poorer


def read_to_edit(content: bytes) -> SettingsDocument:
    """The tree of a file that may be changed; CannotEdit when it is not read without a problem, or holds no object."""
    document = parse_jsonc(content)
    if document.problems:
        first = document.problems[0]
        raise CannotEdit(f"line {first.line}, column {first.column}: {first.message}")
    if document.root is not None and not isinstance(document.root.value, dict):
        raise CannotEdit(f"the file holds {kind_of(document.root.value)}, not an object")
    return document


def _around_new_root(content: bytes, newline: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the object in a file that held none."""
    mark = _BYTE_ORDER_MARK if content.startswith(_BYTE_ORDER_MARK) else b""
    words = content[len(mark) :]
    if not words.strip(WHITE_SPACE):
        return mark, newline
    ends_line = words.endswith((b"\n", b"\r"))
    return (content if ends_line else content + newline), newline if ends_line else b""


def edit_jsonc(content: bytes, edits: Sequence[SettingEdit], document: SettingsDocument | None = None) -> bytes:
    """The file with the edits applied in their order; raises CannotEdit when that cannot be done exactly.

    Takes time linear in the size of the file, for any number of edits. It is not checked here that the result means
    what it should: edit_settings does that. The document is the file as read_to_edit gave it, if that was called.
    """
    document = document or read_to_edit(content)
    manner = manner_of(content)
    if document.root is None:
        prefix, suffix = _around_new_root(content, manner.newline)
        root = Container(is_object=True, members=[], tail=b"", line_indent=b"", manner=manner)
    else:
        prefix, suffix = content[: document.root.start], content[document.root.end :]
        line_start = max(prefix.rfind(b"\n"), prefix.rfind(b"\r")) + 1
        line_indent = leading_space(prefix[line_start:].removeprefix(_BYTE_ORDER_MARK))
        root = open_container(Value(content, document.root), line_indent, manner, parent_is_inline=False)
    _apply_all(root, edits)
    if document.root is None and not root.members:
        return content
    return b"".join((prefix, *root.pieces(), suffix))
