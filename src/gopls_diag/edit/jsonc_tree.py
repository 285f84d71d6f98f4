"""Objects and arrays of JSON with comments, taken apart so that one entry can be changed and the rest stays as it is.

An object is opened only when something in it changes. Every byte of an opened one belongs to exactly one field of
exactly one member, in the order of the fields, or to the tail; so what is written again without a change is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from gopls_diag.edit.jsonc_text import Manner
from gopls_diag.edit.jsonc_trivia import (
    WHITE_SPACE,
    comma_at,
    ends_in_line_comment,
    first_break,
    has_blank_line,
    has_break,
    has_comment,
    indentation,
    last_break,
    leading_space,
    own_line,
    put_together,
    up_to_last_comment,
)
from gopls_diag.model.settings_tree import SettingsEntry, SettingsNode


@dataclass(slots=True, eq=False)
class Value:
    """A value: bytes of a source, or opened."""

    source: bytes
    node: SettingsNode
    """Where it is in the source, and what it meant before any change."""
    inner: Container | None = None

    def meaning(self) -> Any:
        """What it means now."""
        if self.inner is None:
            return self.node.value
        members = [each for each in self.inner.members if not each.is_gone]
        if self.inner.is_object:
            return {each.name: each.value.meaning() for each in members}
        return [each.value.meaning() for each in members]

    def is_around(self, container: Container) -> bool:
        """Whether an opened container is this value or stands in it."""
        if self.inner is None:
            return False
        return self.inner is container or any(each.value.is_around(container) for each in self.inner.members)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes as they are now."""
        if self.inner is not None:
            yield from self.inner.pieces()
        else:
            yield self.source[self.node.start : self.node.end]


@dataclass(slots=True, eq=False)
class Member:
    """An entry of an object or an element of an array, with what stands around it."""

    value: Value
    name: str = ""
    """What the key means; empty in an array."""
    key: bytes = b""
    """The key as it is written, with its quotes."""
    between: bytes = b""
    """From the key to the value: the colon and what is around it."""
    before: bytes = b""
    """From the end of what belongs to the member before, or the opening brace."""
    after: bytes = b""
    """From the value to the comma; empty where there is no comma."""
    has_comma: bool = False
    trailing: bytes = b""
    """Behind the comma (or the value), up to the end of the line; empty when another member stands on the line."""
    is_gone: bool = False
    """Taken out, but its place may still be taken by a new member of the same edits."""

    @property
    def shares_line(self) -> bool:
        """Whether it begins and ends on the line of what stands before it, so that `trailing` is about both."""
        return own_line(self.before) < 0 and not has_break(self.after)


def _own_line_end(gap: bytes, *, is_last: bool) -> int:
    """How much of what follows a member and its comma is on its line and nobody else's."""
    at = first_break(gap)
    if at >= 0:
        return at
    return len(gap.rstrip(WHITE_SPACE)) if is_last else 0


@dataclass(eq=False)
class Container:
    """An opened object or array."""

    is_object: bool
    members: list[Member]
    tail: bytes
    """From the end of what belongs to the last member to the closing brace."""
    line_indent: bytes
    """Indentation of the line on which it stands."""
    manner: Manner
    parent_is_inline: bool = False
    """Whether what it stands in is written on one line."""
    newest: Member | None = None
    """The member that was changed, inserted or taken out last: the next new one goes behind it, or into its place."""

    @cached_property
    def is_inline(self) -> bool:
        """Whether all of its members stood on one line when it was opened; an empty one is as what it stands in."""
        if self.members:
            gaps = chain((self.tail,), (each.before for each in self.members))
            return not any(map(has_break, gaps))
        return self.parent_is_inline and not has_break(self.tail)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes as they are now."""
        self._settle()
        yield b"{" if self.is_object else b"["
        for each in self.members:
            yield each.before + each.key + each.between
            yield from each.value.pieces()
            yield each.after + b"," + each.trailing if each.has_comma else each.after + each.trailing
        yield self.tail
        yield b"}" if self.is_object else b"]"

    def named(self, name: str) -> Member | None:
        """The member that holds for that key: the last one."""
        return next((each for each in reversed(self.members) if each.name == name and not each.is_gone), None)

    def indent_of(self, member: Member) -> bytes:
        """Indentation of the line on which a member begins."""
        own = indentation(member.before)
        if own is not None:
            return own
        return self.line_indent if self.is_inline else self._indents.get(id(member), self.line_indent)

    @cached_property
    def _indents(self) -> dict[int, bytes]:
        """By identity, for members that do not begin a line."""
        indents: dict[int, bytes] = {}
        indent = self.line_indent
        for each in self.members:
            own = indentation(each.before)
            indent = indent if own is None else own
            indents[id(each)] = indent
        return indents

    def opened(self, member: Member) -> Container:
        """The object or array that is a member's value."""
        if member.value.inner is None:
            indent = self.indent_of(member)
            member.value.inner = open_container(member.value, indent, self.manner, parent_is_inline=self.is_inline)
        return member.value.inner

    def take_out(self, member: Member) -> None:
        """Take a member out, with its line; its place stays open until everything is written."""
        member.is_gone = True
        self.newest = member

    def insert(self, member: Member, at: int | None = None) -> None:
        """Put a new member in: at an index, or behind the newest, or at the end; a comment above it may be in `before`.

        It takes the place of one that was just taken out, with the comments above that.
        """
        if at is None:
            newest = self.newest
            if newest is not None and newest.is_gone and not member.before:
                self._take_place(newest, member)
                return
            at = len(self.members)
            if newest is not None and newest is not self.members[-1]:
                at = self.members.index(newest) + 1
        self.newest = member
        if not self.members:
            self._insert_alone(member)
        elif at == len(self.members):
            self._insert_last(member)
        else:
            self._insert_before(member, at)

    def _take_place(self, gone: Member, member: Member) -> None:
        at = self.members.index(gone)
        member.before, member.has_comma = _start_of_line(gone.before), gone.has_comma
        if has_break(gone.after) and not member.after:
            member.after = gone.after[first_break(gone.after) :]
        if at and gone.shares_line and not member.trailing:
            member.trailing = gone.trailing
        self.members[at] = self.newest = member

    @cached_property
    def colon(self) -> bytes:
        """What stands between keys and values, as the last of them has it that has no comment there."""
        known = next((each.between for each in reversed(self.members) if not has_comment(each.between)), b": ")
        return known if known.strip(b" \t") == b":" else b": "

    @cached_property
    def child_indent(self) -> bytes:
        """Indentation of its members that begin a line."""
        for each in reversed(self.members):
            found = indentation(each.before)
            if found is not None:
                return found
        return self.line_indent + self.manner.unit

    def _line(self) -> bytes:
        return self.manner.newline + self.child_indent

    def _insert_alone(self, member: Member) -> None:
        tail = self.tail
        words = up_to_last_comment(tail)
        if self.is_inline and not has_break(member.before):
            member.before = (words + b" " if words else tail) + member.before
            self.tail = b" " if words else tail
        else:
            inner = indentation(words) or self.line_indent + self.manner.unit
            member.before = words + (member.before or self.manner.newline + inner)
            space = tail[len(words) :]
            self.tail = space[last_break(space) :] if has_break(space) else self.manner.newline + self.line_indent
            self.child_indent = inner
        self.members.append(member)

    def _insert_last(self, member: Member) -> None:
        last = self.members[-1]
        if not member.before:
            begins_line = has_break(last.before) or (len(self.members) == 1 and has_break(self.tail))
            if begins_line or b"//" in last.trailing:
                member.before = self._line()
            else:
                member.before = self._space_beside()
        member.has_comma = last.has_comma
        last.has_comma = True
        self.members.append(member)

    def _space_beside(self) -> bytes:
        """What stands between members on one line."""
        if len(self.members) > 1:
            return leading_space(self.members[-1].before)
        has_space = not self.is_object or not self.members[0].between.endswith(b":")
        return b" " if has_space else b""

    def _insert_before(self, member: Member, at: int) -> None:
        follower = self.members[at]
        member.has_comma = True
        if at == 0 and has_break(follower.before):
            cut = first_break(follower.before)
            member.before = follower.before[:cut] + (member.before or self._line())
            follower.before = follower.before[cut:]
        elif at == 0:
            member.before = member.before or leading_space(follower.before)
            follower.before = follower.before if follower.before[:1].isspace() else b" " + follower.before
        elif not has_break(follower.before):
            member.before = member.before or leading_space(follower.before)
        else:
            member.before = member.before or self._line()
        self.members.insert(at, member)

    def _settle(self) -> None:
        """Close the places of what was taken out, and end line comments where something follows them."""
        if any(each.is_gone for each in self.members):
            kept: list[Member] = []
            for number, each in enumerate(self.members, 1):
                if not each.is_gone:
                    kept.append(each)
                elif number < len(self.members):
                    follower = self.members[number]
                    follower.before = self._closed_gap(each, follower.before, kept, is_tail=False)
                else:
                    self.tail = self._closed_gap(each, self.tail, kept, is_tail=True)
                    self._end_with(each, kept)
            self.members = kept
            self.newest = None
        line = self.manner.newline + self.line_indent
        for number, each in enumerate(self.members, 1):
            if b"//" in each.before and ends_in_line_comment(each.before):
                each.before += self._line()
            if b"//" not in each.trailing:
                continue
            if number == len(self.members):
                self.tail = put_together(each.trailing, self.tail, line)[len(each.trailing) :]
            else:
                follower = self.members[number]
                follower.before = put_together(each.trailing, follower.before, self._line())[len(each.trailing) :]

    def _closed_gap(self, gone: Member, rest: bytes, kept: list[Member], *, is_tail: bool) -> bytes:
        """What stands before the next member (or the closing brace) when one is gone.

        Comments on lines above it stay; those on its own line go with it, unless the line is another member's too.
        """
        below = up_to_last_comment(gone.after[first_break(gone.after) :]) if has_break(gone.after) else b""
        if below:
            rest = below + rest if has_break(rest) else below + self._line() + rest.lstrip(WHITE_SPACE)
        cut = own_line(gone.before)
        if cut < 0:
            if gone.shares_line and kept:
                kept[-1].trailing += gone.trailing
            elif gone.shares_line and has_comment(gone.trailing) and gone is not self.members[0]:
                rest = put_together(gone.trailing, rest, self._line())
            elif not kept and not has_break(rest) and not is_tail:
                rest = leading_space(gone.before) + rest.lstrip(WHITE_SPACE)
            return rest
        above = gone.before[:cut]
        if has_break(rest):
            is_needless = not has_comment(above) and (is_tail or has_blank_line(rest))
            return rest if is_needless else put_together(above, rest, self.manner.newline)
        if not is_tail:
            return _start_of_line(gone.before) + rest.lstrip(WHITE_SPACE)
        return above + self.manner.newline + self.line_indent + rest.lstrip(WHITE_SPACE) if has_comment(above) else rest

    def _end_with(self, gone: Member, kept: list[Member]) -> None:
        """The last member is gone: the one before it ends as that did."""
        if not kept:
            return
        kept[-1].has_comma = gone.has_comma
        if not gone.has_comma and not has_comment(kept[-1].after):
            kept[-1].after = b""


def _start_of_line(before: bytes) -> bytes:
    """A gap up to the first thing on its last line: comments between that and the member go with the member."""
    cut = max(own_line(before), 0)
    return before[:cut] + leading_space(before[cut:])


def open_container(value: Value, line_indent: bytes, manner: Manner, *, parent_is_inline: bool) -> Container:
    """An object or array taken apart."""
    source, node = value.source, value.node
    is_object = source[node.start : node.start + 1] == b"{"
    children: Sequence[SettingsEntry | SettingsNode] = node.entries or node.elements
    members: list[Member] = []
    at, end = node.start + 1, node.end - 1
    for number, child in enumerate(children, 1):
        gap_end = children[number].start if number < len(children) else end
        gap = source[child.end : gap_end]
        comma = comma_at(gap)
        rest = gap[comma + 1 :]
        cut = _own_line_end(rest, is_last=number == len(children))
        member = Member(
            Value(source, child if isinstance(child, SettingsNode) else child.node),
            before=source[at : child.start],
            after=gap[: max(comma, 0)],
            has_comma=comma >= 0,
            trailing=rest[:cut],
        )
        if not isinstance(child, SettingsNode):
            member.name, member.key = child.key, source[child.start : child.key_end]
            member.between = source[child.key_end : child.node.start]
        members.append(member)
        at = child.end + comma + 1 + cut
    return Container(is_object, members, source[at:end], line_indent, manner, parent_is_inline)
