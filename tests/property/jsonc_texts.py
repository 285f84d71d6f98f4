"""Makes JSON with comments as odd as people and programs write it, and reads it without any code of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

KEYS = ("a", "b", "gopls", "build.x", "go.flags", "[go]", "ä", 'q"q', "\\", "中文", "x/y")
"""The one with a slash is read as one key only where it exists; neither x nor y is a key by itself."""
PLAIN_KEYS = tuple(each for each in KEYS if "/" not in each)
SCALARS = (b"1", b"-0", b"1.0", b"2e3", b"true", b"false", b"null", b"123456789012345678901234567890", b"0.1")
TEXTS = (
    *(b'""', b'"x"', b'"// no comment"', b'"/* none"', b'"a, b"', b'"}]"', b'"\\u00fc"', '"中文"'.encode()),
    *(b'"\xff\xfe"', b'"\\ud83d"', b'"\\ud83d\\ude00"', b'"C:\\\\go\\\\bin"', b'"\\"quoted\\""', b'"tab\\t"', b'"\t"'),
)
WORDS = (
    *(b"", b"why", b'"quoted"', b"{ [ , : ] }", b"a, b", "Grüße".encode(), "注释，".encode(), b"\xff\xc3", b"*", b"/"),
    *(b'"a": 1,', b"\\", b"\xe2\x80\xa8", b"\t"),
)


@dataclass
class TextMaker:
    """One text; its manner is drawn first, so that tidy files and wild ones both occur."""

    random: Random
    comment_count: int = 0
    newline: bytes = field(init=False)
    wildness: float = field(init=False)
    unit: bytes = field(init=False)
    trailing_commas: float = field(init=False)

    def __post_init__(self) -> None:
        pick = self.random.choice
        self.newline = pick((b"\n", b"\n", b"\r\n", b"\r"))
        self.wildness = pick((0.0, 0.1, 0.3, 0.6))
        self.unit = pick((b"    ", b"  ", b"\t"))
        self.trailing_commas = pick((0.0, 0.5, 1.0))

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def comment(self, *, of_line: bool) -> bytes:
        """Each has a number, so that a lost or doubled one shows."""
        self.comment_count += 1
        words = b"c%d " % self.comment_count + self.random.choice(WORDS)
        if of_line:
            return b"//" + words
        if self.happens(0.3):
            words += self.newline + self.random.choice((b" * ", b"")) + self.random.choice(WORDS)
        return b"/*" + words.replace(b"*/", b"") + b" */"

    def wild(self) -> bytes:
        """What may stand between any two tokens."""
        if not self.happens(self.wildness):
            return b""
        made = b""
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.randint(0, 4)
            if kind < 2:
                made += self.random.choice((b" ", b"\t", b"  ", self.newline, self.newline + b"  "))
            elif kind < 4:
                made += self.comment(of_line=False)
            else:
                made += self.comment(of_line=True) + self.newline + self.random.choice((b"", self.unit))
        return made

    def line(self, indent: bytes) -> bytes:
        """The end of a line with or without a comment, and lines above the next thing."""
        made = b" " + self.comment(of_line=self.happens(0.7)) if self.happens(self.wildness) else b""
        made += self.newline * (2 if self.happens(0.1) else 1)
        for _ in range(self.random.randint(0, 2) if self.happens(self.wildness) else 0):
            made += indent + self.comment(of_line=self.happens(0.7)) + self.newline
        return made + indent

    def key(self) -> bytes:
        name = self.random.choice(KEYS)
        if self.happens(0.15):
            at = self.random.randrange(len(name))
            return (
                b'"'
                + (json.dumps(name[:at])[1:-1] + f"\\u{ord(name[at]):04x}").encode()
                + (json.dumps(name[at + 1 :])[1:-1].encode() + b'"')
            )
        return json.dumps(name, ensure_ascii=False).encode()

    def value(self, depth: int, indent: bytes) -> bytes:
        if depth <= 0 or self.happens(0.5):
            return self.random.choice(TEXTS if self.happens(0.5) else SCALARS)
        return self.container(depth, indent, is_object=self.happens(0.6))

    def container(self, depth: int, indent: bytes, *, is_object: bool) -> bytes:
        is_inline = self.happens(0.25)
        inner = indent + self.unit
        items: list[bytes] = []
        for _ in range(self.random.choice((0, 1, 1, 2, 3, 4, 5))):
            value = self.value(depth - 1, indent if is_inline else inner)
            key = self.key() + self.wild() + b":" + self.random.choice((b" ", b" ", b" ", b"")) if is_object else b""
            items.append(key + self.wild() + value + self.wild())
        made = b"{" if is_object else b"["
        for number, item in enumerate(items, 1):
            made += (self.random.choice((b" ", b"")) if is_inline else self.line(inner)) + self.wild() + item
            if number < len(items) or self.happens(self.trailing_commas):
                made += b"," + self.wild()
        made += self.random.choice((b" ", b"")) if is_inline else self.line(indent)
        return made + self.wild() + (b"}" if is_object else b"]")

    def text(self) -> bytes:
        mark = b"\xef\xbb\xbf" if self.happens(0.15) else b""
        head = self.line(b"") if self.happens(0.2) else b""
        tail = self.line(b"") if self.happens(0.7) else b""
        if self.happens(0.05):
            return mark + head + tail
        return mark + head + self.container(3, b"", is_object=True) + tail


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|//[^\r\n]*|/\*[\s\S]*?\*/|.', re.DOTALL)


def tokens(text: bytes) -> Iterator[bytes]:
    """Strings and comments whole, all else byte by byte."""
    return (found[0] for found in _TOKEN.finditer(text.removeprefix(b"\xef\xbb\xbf")))


def comments(text: bytes) -> list[bytes]:
    return [each for each in tokens(text) if each[:2] in (b"//", b"/*")]


def meaning(text: bytes) -> Any:
    """What the text means, by the standard library; an empty one means {}."""
    bare: list[bytes] = []
    for each in tokens(text):
        if each[:2] in (b"//", b"/*") or each.isspace():
            continue
        if each in (b"}", b"]") and bare and bare[-1] == b",":
            bare.pop()
        bare.append(each)
    if not bare:
        return {}
    joined = b"".join(bare).decode("utf-8", "replace")
    return whole_characters(json.loads(joined, strict=False))


def whole_characters(value: Any) -> Any:
    """Halves of surrogate pairs replaced, as the parser has them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(each) for key, each in value.items()}
    return value


def some_value(random: Random, depth: int = 2) -> Any:
    if depth and random.random() < 0.5:
        size = random.choice((0, 1, 2, 3))
        if random.random() < 0.5:
            return [some_value(random, depth - 1) for _ in range(size)]
        return {random.choice(KEYS): some_value(random, depth - 1) for _ in range(size)}
    return random.choice(
        (1, 0, True, False, None, "x", "", "a, b", "// x", 'q"\\', "中文", 0.5, -3, 2000, "\u2028\x00")
    )


def mutated(random: Random, value: Any) -> Any:
    """The value with few things in it changed, so that the least change is asked for."""
    if isinstance(value, list) and value and random.random() < 0.9:
        made = list(value)
        for _ in range(random.randint(1, 2)):
            at = random.randrange(len(made) + 1)
            kind = random.randint(0, 3)
            if kind == 0 or not made:
                made.insert(at, some_value(random, 1))
            elif kind == 1:
                del made[min(at, len(made) - 1)]
            else:
                made[min(at, len(made) - 1)] = mutated(random, made[min(at, len(made) - 1)])
        return made
    if isinstance(value, dict) and value and random.random() < 0.9:
        known = dict(value)
        for _ in range(random.randint(1, 2)):
            kind = random.randint(0, 3)
            key = random.choice(list(known) or ["a"])
            if kind == 0:
                known[random.choice(KEYS)] = some_value(random, 1)
            elif kind == 1:
                known.pop(key, None)
            else:
                known[key] = mutated(random, known.get(key))
        return known
    return some_value(random)


def paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield (*above, key)
        yield from paths(inner, (*above, key))


def at_path(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
