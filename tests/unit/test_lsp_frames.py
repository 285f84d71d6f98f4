"""The wire form: whole messages out of any pieces, and a clear word on what is no LSP."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.world.lsp_frames import FrameReader, NotLsp, encode_frame

MESSAGES: list[dict[str, Any]] = [
    {"id": 1, "result": {"text": "Größe 世界 \U0001f600"}},
    {"method": "exit"},
    {"lone": "\ud800"},
]


@given(st.lists(st.integers(min_value=1, max_value=40), min_size=1))
def test_messages_come_out_whole_however_they_are_cut(cuts: list[int]) -> None:
    stream = b"".join(encode_frame(each) for each in MESSAGES)
    reader = FrameReader()
    heard: list[dict[str, Any]] = []
    at = 0

    while at < len(stream):
        for cut in cuts:
            heard += reader.feed(stream[at : at + cut])
            at += cut

    assert heard == MESSAGES


def test_other_headers_and_letter_cases_are_accepted() -> None:
    frame = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}"

    assert list(FrameReader().feed(frame)) == [{}]


@pytest.mark.parametrize(
    ("stream", "quoted"),
    [
        (b"hello, I am a wrapper\n", "hello, I am a wrapper"),
        (b"Content-Length: 99999999999\r\n\r\n", "Content-Length: 99999999999"),
        (b"Content-Length: -1\r\n\r\n", "Content-Length: -1"),
        (b"Content-Type: x\r\n\r\n", "Content-Type: x"),
        (b"Content-Length: 3\r\n\r\n[1]", "[1]"),
        (b"Content-Length: 3\r\n\r\n{,}", "{,}"),
        (b"Content-Length: 5\r\n\r\n\xff\xfe\x00\x01\x02", "\ufffd"),
        (b"content-" + b"x" * 5000, "content-xxx"),
        (b"\x00\x01", "\x00"),
    ],
)
def test_what_is_no_lsp_is_quoted(stream: bytes, quoted: str) -> None:
    with pytest.raises(NotLsp) as refusal:
        list(FrameReader().feed(stream))

    assert quoted in str(refusal.value)
    assert len(str(refusal.value)) <= 300


def test_deep_nesting_is_no_crash() -> None:
    body = b"[" * 100_000

    with pytest.raises(NotLsp):
        list(FrameReader().feed(b"Content-Length: %d\r\n\r\n%b" % (len(body), body)))
