"""Claims are read out of any text: nothing raises, each place is right, and the work stays in proportion."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.parse.advice import read_claims
from gopls_diag.parse.advice.plain_text import plain_text
from tests.conftest import ROOT
from tests.growth import assert_linear

CORPUS = ROOT / "tests" / "corpus" / "advice"
SAMPLES = sorted(each for each in CORPUS.iterdir() if each.suffix != ".claims")
NAMES = ("", "a.md", "settings.json", "argv.json", "run.sh", "init.lua", "languages.toml", "a.el", "a.vim", "ci.yml")
PIECES = (
    *(
        "gopls ",
        "go ",
        "go build ",
        "dlv attach ",
        "-rpc.trace",
        "--x=",
        "\u2014\u2014v",
        "`",
        "```",
        "\n",
        "\n```sh\n",
        "$ ",
    ),
    *('"go.aB": ', '"gopls": {', "[", "]", "{", "}", "(", ")", '"', "'", "\\", "\\\n", "<<A\n", "A\n", "~/", "/gopls"),
    *(
        "GOFLAGS=",
        "export ",
        "ulimit -v 1",
        "\u8fd0\u884c",
        "\uff1a",
        "\uff0c",
        "<code>",
        "&quot;",
        "> ",
        "| ",
        "# ",
        "//",
    ),
    *("(dlv) ", "Go: Run It", "settings = ", "@stable", ": ", " ", "\r\n", "a", "\x00", "code --b ", "alias g='gopls "),
)
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def check(text: str, name: str) -> None:
    plain, written = plain_text(text).split("\n"), text.split("\n")
    for claim in read_claims(text, name=name):
        line = plain[claim.line - 1]
        assert claim.text
        assert line[claim.column - 1 :].startswith(claim.text)
        assert claim.words in written[claim.line - 1]


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, name=st.sampled_from(NAMES))
def test_any_text_is_read_and_claims_stand_where_they_say(text: str, name: str) -> None:
    check(text, name)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_cut_and_mixed_articles_are_read(data: st.DataObject, name: str) -> None:
    parts = [data.draw(st.sampled_from(SAMPLES)).read_text(encoding="utf-8") for _ in range(2)]
    cuts = [data.draw(st.integers(0, len(each))) for each in parts]

    check(parts[0][: cuts[0]] + data.draw(st.sampled_from(PIECES)) + parts[1][cuts[1] :], name)


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_plain_text_keeps_places(text: str) -> None:
    plain = plain_text(text)

    assert len(plain) == len(text)
    assert plain.count("\n") == text.count("\n")


@pytest.mark.parametrize("name", ["", "run.sh", "settings.json"])
@pytest.mark.parametrize(
    "piece", ["`-x` ", "gopls -a ", '"a": {', "<<A\n", "go ", "[x]\n", "/gopls", "A=", "<a ", "\\\n"]
)
def test_hostile_texts_are_read_in_proportion(piece: str, name: str) -> None:
    def made(length: int) -> str:
        return "gopls " + piece * (length // len(piece))

    assert_linear(partial(read_claims, name=name), made, 2_000, factor=8)
