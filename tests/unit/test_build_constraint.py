"""Build constraints: where they stand, what they ask for, when they hold."""

from __future__ import annotations

import pytest

from gopls_diag.parse.build_constraint import constraint_line, holds, is_known_tag, name_fits, tags_of


def test_finds_the_line_before_the_package_clause_only() -> None:
    assert constraint_line("// Copyright\n\n//go:build a && b // why\n\npackage x\n") == (3, "a && b")
    assert constraint_line("package x\n\n//go:build a\n") is None
    assert constraint_line("// +build a\n\npackage x\n") is None


@pytest.mark.parametrize(
    ("expression", "given", "expected"),
    [
        ("a", "a", True),
        ("!a", "a", False),
        ("a && b || c", "c", True),
        ("a && (b || c)", "c", False),
        ("!(a || b) && c", "c", True),
        ("!!a", "a", True),
        ("a &&", "a", None),
        ("(a", "a", None),
        ("a b", "a", None),
        ("", "a", None),
        (")", "a", None),
    ],
)
def test_decides_as_go_does(expression: str, given: str, expected: bool | None) -> None:
    assert holds(expression, lambda tag: tag in given.split()) is expected


def test_deep_nesting_costs_no_stack() -> None:
    assert holds("(" * 50_000 + "a" + ")" * 50_000, lambda _: True) is True


def test_lists_names_once() -> None:
    assert tags_of("(a && !b) || a") == ("a", "b")


def test_knows_the_tags_that_go_sets() -> None:
    assert all(is_known_tag(each) for each in ("linux", "arm64", "unix", "cgo", "go1.21", "goexperiment.jsonv2"))
    assert not is_known_tag("integration")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x.go", True),
        ("x_linux.go", True),
        ("x_windows.go", False),
        ("x_linux_arm64.go", False),
        ("x_amd64_test.go", True),
        ("linux.go", True),
        ("windows.go", True),
        ("x_windows_helper.go", True),
    ],
)
def test_reads_file_names_as_go_does(name: str, expected: bool) -> None:
    assert name_fits(name, "linux", "amd64") is expected
