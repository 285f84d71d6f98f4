"""Bytes of a log as text, however they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.parse.log.decoding import LINE_LIMIT, LogDecoder

TEXT = "héllo\r\nworld\n世界 x\r\r\nfoo\0bar\nlast" + "\nplain line of a log" * 300


def decoded(content: bytes, *cuts: int) -> str:
    decoder = LogDecoder()
    places = [0, *sorted(each % (len(content) + 1) for each in cuts), len(content)]
    pieces = [content[a:b] for a, b in itertools.pairwise(places)]
    return "".join([text for piece in pieces for text in decoder.feed(piece)] + list(decoder.finish()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_tells_the_encoding_with_and_without_its_mark(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT.replace("\r\n", "\n") + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 10_000), max_size=8))
def test_cut_anywhere_it_is_the_same_text(encoding: str, cuts: list[int]) -> None:
    content = TEXT.encode(encoding)

    assert decoded(content, *cuts) == decoded(content)


def test_bytes_that_are_no_text_stay_readable() -> None:
    assert decoded(b"caf\xe9\xff\n") == "caf\\xe9\\xff\n"


def test_a_return_alone_ends_lines_only_where_nothing_else_does() -> None:
    assert decoded(b"a\rb\rc") == "a\nb\nc\n"
    assert decoded(b"10%\r20%\rdone\nnext\n") == "10%\r20%\rdone\nnext\n"


def test_a_line_without_end_is_cut_and_counted() -> None:
    decoder = LogDecoder()

    texts = [*decoder.feed(b"a\n" + b"x" * (LINE_LIMIT * 3) + b"\nb\n"), *decoder.finish()]

    assert [len(each) for each in "".join(texts).split("\n")] == [1, LINE_LIMIT, 1, 0]
    assert decoder.cut_lines == 1


def test_nothing_is_nothing() -> None:
    assert decoded(b"") == ""
    assert decoded(b"\n") == "\n"
