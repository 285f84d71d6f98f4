"""Output and files of the go command: read line by line, whatever stands in them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.toolchain import GoEnvironmentFile
from gopls_diag.parse.cgo_source import asks_for_cgo, import_c_line
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.parse.go_env_file import read_go_env_file
from gopls_diag.parse.go_list import read_go_list
from tests.growth import assert_linear


def test_the_last_line_of_a_name_counts_and_keeps_its_number() -> None:
    lines, passed_over = read_go_env_file("GOFLAGS=-a\n# GOROOT=/x\nnonsense\ngoroot=/y\nGOFLAGS=-b=c d\n")

    file = GoEnvironmentFile("/env", True, lines, passed_over)
    found = file.find("GOFLAGS")

    assert found is not None
    assert (found.value, found.line) == ("-b=c d", 5)
    assert file.find("GOROOT") is None
    assert passed_over == ((3, "nonsense"), (4, "goroot=/y"))


def test_a_carriage_return_is_part_of_the_value_as_it_is_for_go() -> None:
    lines, _ = read_go_env_file("GOROOT=C:\\Go\r\n")

    assert lines[0].value == "C:\\Go\r"


@given(st.text())
def test_any_text_is_a_go_env_file(text: str) -> None:
    lines, _ = read_go_env_file(text)

    rows = text.split("\n")
    assert all(rows[each.line - 1] == f"{each.name}={each.value}" for each in lines)


def listed(**fields: object) -> str:
    return json.dumps(fields, indent="\t") + "\n"


def test_packages_of_the_folder_and_those_with_errors_are_kept() -> None:
    text = (
        listed(ImportPath="fmt", Standard=True, DepOnly=True)
        + listed(ImportPath="lib.example/a", DepOnly=True, Error={"Err": "not there", "Pos": "main.go:3:8"})
        + listed(ImportPath="lib.example/c", DepOnly=True, CgoFiles=["c.go"], Module={"Path": "lib.example/c"})
        + listed(ImportPath="example.com/shop", Name="main", GoFiles=["main.go"], CgoFiles=["draw.go"])
    )

    listing = read_go_list(text)

    assert [each.path for each in listing.packages] == ["lib.example/a", "lib.example/c", "example.com/shop"]
    assert listing.total == 4
    assert [(each.text, each.position) for each in listing.errors] == [("not there", "main.go:3:8")]
    assert listing.packages[2].go_files == 2
    assert list(listing.modules) == ["lib.example/c"]


def test_what_only_tests_import_is_named() -> None:
    text = listed(ImportPath="fmt", DepOnly=True) + listed(
        ImportPath="example.com/shop", TestImports=["testing", "fmt", "lib.example/assert"], XTestImports=["fmt"]
    )

    assert read_go_list(text).tests_only == ["lib.example/assert"]


def test_the_same_error_is_told_once() -> None:
    error = {"Err": "updates to go.mod needed"}

    listing = read_go_list(listed(ImportPath="a", Error=error) + listed(ImportPath="b", Error=error))

    assert len(listing.errors) == 1
    assert len(listing.packages) == 2


def test_what_is_no_package_is_counted() -> None:
    whole = listed(ImportPath="a")

    listing = read_go_list("noise\n" + whole + "{\n\tbroken\n}\n" + "more noise\n" + whole + '{\n\t"ImportPath": "cut')

    assert listing.total == 2
    assert listing.not_understood == 2


@given(st.text(alphabet='{}[]"\n\t:,a'))
def test_any_text_is_a_listing(text: str) -> None:
    listing = read_go_list(text)

    assert listing.total >= 0


def test_a_listing_is_read_in_time_linear_in_its_length() -> None:
    piece = listed(ImportPath="a", DepOnly=True, Standard=True)
    hostile = '{\n"a": [\n'

    assert_linear(read_go_list, lambda times: hostile * times, 2_000)
    assert_linear(read_go_list, lambda times: piece * times, 500)


def test_the_import_of_c_is_found_with_its_line() -> None:
    assert import_c_line('package a\n\nimport "C"\n') == 3
    assert import_c_line('package a\n\nimport (\n\t"fmt"\n\t"C" // cgo\n)\n') == 5
    assert import_c_line('package a\n\n// import "C"\nvar x = `"C"`\n') is None


def test_a_constraint_on_cgo_is_seen_in_both_forms() -> None:
    assert asks_for_cgo("//go:build cgo && linux\n\npackage a\n")
    assert asks_for_cgo("// +build !cgo\n\npackage a\n")
    assert not asks_for_cgo("//go:build linux\n\npackage a\n\n//go:build cgo\n")


def test_placeholders_of_settings_are_filled_in() -> None:
    def filled(text: str) -> str:
        return fill_in(text, folder="/home/gopher/src/shop", home="/home/gopher", environment={"GO": "/opt/go"})

    assert filled("${env:GO}/bin:${env:NONE}") == "/opt/go/bin:"
    assert filled("${workspaceFolder}/tools") == "/home/gopher/src/shop/tools"
    assert filled("~/go") == "/home/gopher/go"
    assert filled("${nosuch}~") == "${nosuch}~"
