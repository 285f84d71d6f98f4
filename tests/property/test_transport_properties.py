"""Transports on any text: they raise nothing, and those that hold lines back give every line in the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.parse.log.carrier import Carrier
from gopls_diag.parse.log.learned_prefix import LearnedPrefix
from gopls_diag.parse.log.transports import loose_transports, transports
from gopls_diag.parse.log.wrapped import WrappedLines

PIECES = (
    *(
        "panic: boom",
        "goroutine 7 [running]:",
        "[signal SIGSEGV: x code=0x1 addr=0x0 pc=0x1]",
        "SIGQUIT: quit",
        "PC=0x1",
    ),
    *(
        "main.f(0x1, {0x2, 0x3})",
        "\t/src/some/long/path/main.go:1077 +0x5c fp=0x1 sp=0x2 pc=0x3",
        "created by main.main",
    ),
    *("    ", "\t", "> ", "// ", "12: ", "[a] ", "x", " ", "", "\n", "\x1b[31m", '"', "\\n", "&lt;", "<pre>", "```"),
    *(
        "Nov 22 18:25:23 h g[1]: ",
        "2026-11-22T18:25:23.1Z ",
        "stderr P ",
        '{"log":"',
        '{"Action":"output",',
        "web-1  | ",
    ),
)
LINES = st.lists(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=6).map("".join).map(lambda x: x.replace("\n", "")),
    max_size=30,
)


def given_by(carrier: Carrier, lines: list[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        peeled = carrier.peel(line)
        found += [line] if peeled is None else [each.text for each in peeled]
    return found + [each.text for each in carrier.finish()]


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_no_transport_raises(lines: list[str]) -> None:
    for carrier in (*transports(), *loose_transports()):
        for line in lines:
            carrier.lane(line)
        given_by(carrier, lines)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_joined_lines_lose_no_letter(lines: list[str]) -> None:
    found = given_by(WrappedLines(), lines)

    assert "".join("".join(found).split()) == "".join("".join(lines).split())


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_every_line_is_given_once_with_or_without_its_prefix(lines: list[str]) -> None:
    found = [each for each in given_by(LearnedPrefix(), lines) if each.strip()]

    at = 0
    for line in (each for each in lines if each.strip()):
        # A line may be given in two, where a crash begins behind other words, and only its prefix may be missing.
        while at < len(found) and found[at].strip() in line and not line.rstrip(" \t|│").endswith(found[at].strip()):
            at += 1
        if at < len(found) and line.rstrip(" \t|│").endswith(found[at].rstrip(" \t|│")):
            at += 1
    assert at == len(found)
