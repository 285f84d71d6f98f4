"""Versions of Go and gopls: what is printed in the wild, and the order that Go gives."""

from __future__ import annotations

import itertools

import pytest

from gopls_diag.model.version import GoplsVersion, GoVersion


def go(text: str) -> GoVersion:
    return GoVersion.parse(text)


def gopls(text: str) -> GoplsVersion:
    return GoplsVersion.parse(text)


# The order is that of Go's own test table in src/internal/gover (go1.21 and later call the first release .0).
GO_IN_ORDER = [
    "go1.1",
    "go1.4beta1",
    "go1.4rc1",
    "go1.4",
    "go1.4.3",
    "go1.19.13",
    "go1.20rc1",
    "go1.20",
    "go1.20.1",
    "go1.21",
    "go1.21beta1",
    "go1.21rc1",
    "go1.21rc2",
    "go1.21rc10",
    "go1.21.0",
    "go1.21.1",
    "go1.21.10",
    "go1.24rc1",
    "go1.24.11",
    "go1.26.5",
    "go1.27",
    "go1.27rc1",
    "go1.27.0",
    "go1.27.3",
    "go2",
]


@pytest.mark.parametrize(("older", "newer"), list(itertools.pairwise(GO_IN_ORDER)))
def test_go_versions_follow_the_order_of_go_itself(older: str, newer: str) -> None:
    assert go(older) < go(newer)
    assert not go(newer) < go(older)
    assert go(older) != go(newer)


@pytest.mark.parametrize(
    ("text", "name", "suffix"),
    [
        ("go version go1.26.5 linux/amd64", "go1.26.5", ""),
        ("go version go1.27.3 X:nodwarf5 darwin/arm64", "go1.27.3", "X:nodwarf5 darwin/arm64"),
        ("1.24", "go1.24", ""),
        ("go1.24rc1", "go1.24rc1", ""),
        ("go1.26.5-custom", "go1.26.5", "-custom"),
        ("go1.26.5-X:jsonv2", "go1.26.5", "-X:jsonv2"),
        ("go1.22.3 (Red Hat 1.22.3-1.el9)", "go1.22.3", "(Red Hat 1.22.3-1.el9)"),
        ("go1.18 gccgo (Ubuntu 12.3.0) 12.3.0 linux/amd64", "go1.18", "gccgo (Ubuntu 12.3.0) 12.3.0 linux/amd64"),
        ("go1.20.0", "go1.20", ""),
        ("go1.21.0", "go1.21.0", ""),
        ("devel go1.28-abc1234 Thu Nov 19 10:00:00 2026 +0000", "go1.28", None),
        ("go1.28-devel_abc1234 Thu Nov 19 10:00:00 2026 +0000", "go1.28", None),
    ],
)
def test_go_version_is_read_from_what_is_printed(text: str, name: str, suffix: str | None) -> None:
    version = go(text)

    assert version.is_known
    assert version.name == name
    assert suffix is None or version.suffix == suffix
    assert version.is_devel == ("devel" in text)


@pytest.mark.parametrize(
    "text", ["", "(devel)", "devel", "devel +abc1234 Tue May 5", "unknown", "v0.23.0", "go", "gox", "go1x"]
)
def test_a_text_without_a_go_version_is_unknown_and_below_all(text: str) -> None:
    assert not go(text).is_known
    assert go(text) < go("go1")
    assert go(text).language == ""


def test_a_packagers_suffix_does_not_count_in_the_order() -> None:
    assert go("go1.26.5-custom") == go("1.26.5")
    assert hash(go("go1.26.5-custom")) == hash(go("1.26.5"))


def test_a_devel_toolchain_counts_as_its_language_version() -> None:
    assert go("go1.27.3") < go("devel go1.28-abc") < go("go1.28rc1")
    assert go("devel go1.28-abc").language == "1.28"


def test_very_long_numbers_are_no_version() -> None:
    assert not go("go" + "9" * 5000).is_known
    assert not gopls("v0." + "9" * 5000).is_known


GOPLS_IN_ORDER = [
    "v0.7.5",
    "v0.9.5",
    "v0.11.0",
    "v0.16.2",
    "v0.18.1",
    "v0.23.0-pre.1",
    "v0.23.0-pre.2",
    "v0.23.0-pre.10",
    "v0.23.0",
    "v0.23.1-0.20260820211032-8f0f8c7bd111",
    "v0.23.1",
    "v0.24.0-0.20260820211032-8f0f8c7bd111",
    "v0.24.0-pre.1",
    "v0.24.0",
    "v1.0.0",
]


@pytest.mark.parametrize(("older", "newer"), list(itertools.pairwise(GOPLS_IN_ORDER)))
def test_gopls_versions_follow_semantic_versioning(older: str, newer: str) -> None:
    assert gopls(older) < gopls(newer)
    assert not gopls(newer) < gopls(older)


def test_gopls_version_is_found_in_what_gopls_version_prints() -> None:
    assert str(gopls("golang.org/x/tools/gopls v0.23.0\n")) == "v0.23.0"
    assert gopls("v0.23.0+dirty") == gopls("v0.23.0")


@pytest.mark.parametrize(
    "text",
    ["(devel)", "golang.org/x/tools/gopls (devel)", "(unknown)", "", "master", "v0.0.0-20260820211032-8f0f8c7bd111"],
)
def test_a_build_from_the_repository_has_no_known_version(text: str) -> None:
    version = gopls(text)

    assert not version.is_known
    assert not version.is_at_least("v0.1.0")
    assert not version.is_before("v9.0.0")
    assert version < gopls("v0.0.1")


def test_a_pseudo_version_says_its_commit_and_time() -> None:
    version = gopls("v0.24.0-pre.1.0.20260820211032-8f0f8c7bd111")

    assert (version.commit, version.committed) == ("8f0f8c7bd111", "20260820211032")
    assert not version.is_release


def test_a_prerelease_counts_as_its_release_when_features_are_asked() -> None:
    assert gopls("v0.24.0-pre.1").is_at_least("v0.24.0")
    assert gopls("v0.24.0-pre.1").is_before("v0.24.1")
    assert not gopls("v0.24.0-pre.1").is_before("v0.24.0")
