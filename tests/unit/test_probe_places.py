"""Where the probe hovers and completes."""

from __future__ import annotations

from gopls_diag.parse.probe_places import Place, probe_places


def test_takes_a_declared_function_and_a_call_of_an_imported_package() -> None:
    text = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi")\n}\n'

    places = probe_places(text)

    assert places.hover == Place(4, 5, "main")
    assert places.completion == Place(5, 5, "fmt")


def test_counts_characters_in_utf_16() -> None:
    text = 'package a\n\nimport "fmt"\n\nfunc Größe() { _ = "😀世"; fmt.Print("x") }\n'

    places = probe_places(text)

    assert places.hover == Place(4, 5, "Größe")
    assert places.completion.character == len('func Größe() { _ = "😀世"; fmt.') + 1


def test_takes_the_method_of_a_receiver() -> None:
    assert probe_places("package a\n\nfunc (s *Shop) Open() {}\n").hover == Place(2, 15, "Open")


def test_passes_over_comments_and_raw_strings() -> None:
    text = (
        'package a\n\nimport "fmt"\n\n/*\nfunc no() { fmt.Println() }\n*/\n// func no() {}\n'
        "var text = `\nfunc no() { fmt.Print() }\n`\n"
    )

    places = probe_places(text)

    assert places.hover == Place(8, 4, "text")
    assert places.completion.word == ""


def test_a_value_with_a_method_is_no_imported_package() -> None:
    assert probe_places('package a\n\nimport "fmt"\n\nfunc f(shop S) { shop.Open() }\n').completion.word == ""


def test_knows_the_package_behind_a_version_in_its_path() -> None:
    text = 'package a\n\nimport (\n\t"gopkg.in/yaml.v3"\n\t"example.com/tools/v2"\n)\n\nfunc f() {\n\ttools.Run()\n}\n'

    assert probe_places(text).completion.word == "tools"


def test_falls_back_on_the_package_clause_and_on_the_beginning() -> None:
    assert probe_places("package a\n").hover == Place(0, 8, "a")
    assert probe_places("").hover == probe_places("").completion == Place(0, 0, "")
