"""What gopls and go print about a build."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.parse.gopls_version import parse_go_version_m, parse_version_json, parse_version_line

RELEASE = {
    "GoVersion": "go1.26.8",
    "Path": "golang.org/x/tools/gopls",
    "Main": {"Path": "golang.org/x/tools/gopls", "Version": "v0.23.0", "Sum": "h1:Dn6m="},
    "Version": "v0.23.0",
}


def test_json_of_a_release() -> None:
    found = parse_version_json(json.dumps(RELEASE))

    assert found
    assert (str(found.version), found.built_with.name, found.module_sum) == ("v0.23.0", "go1.26.8", "h1:Dn6m=")
    assert found.package == "golang.org/x/tools/gopls"


def test_the_stamped_version_counts_for_more_than_the_modules() -> None:
    stamped = {**RELEASE, "Main": {"Version": "(devel)"}, "Version": "v0.24.0"}

    found = parse_version_json(json.dumps(stamped))

    assert found
    assert str(found.version) == "v0.24.0"


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"GoVersion": 3}', "[" * 100_000, "golang.org/x/tools/gopls v0.23.0"]
)
def test_what_is_no_answer_gives_nothing(text: str) -> None:
    assert parse_version_json(text) is None


def test_line_of_gopls_version() -> None:
    found = parse_version_line("golang.org/x/tools/gopls v0.18.1\n")

    assert found
    assert str(found.version) == "v0.18.1"
    assert parse_version_line("GNU gopls 3.2\nCopyright") is None


def test_go_version_m() -> None:
    text = (
        "/opt/my tools/gopls: go1.26.8\n\tpath\tgolang.org/x/tools/gopls\n"
        "\tmod\tgolang.org/x/tools/gopls\tv0.23.0\th1:Dn6m=\n\tdep\tx\tv1.0.0\n"
    )

    found = parse_go_version_m(text)

    assert found
    assert (str(found.version), found.built_with.name, found.module_sum) == ("v0.23.0", "go1.26.8", "h1:Dn6m=")
    assert parse_go_version_m("/bin/sh: could not read Go build info from /bin/sh: unrecognized file format\n") is None


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    parse_version_json(text)
    parse_version_line(text)
    parse_go_version_m(text)
