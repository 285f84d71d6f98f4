"""Every check keeps the contract of a check: its page, its code, its cases, its patterns."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import re2

import gopls_diag
from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.quick import written_page
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.page import SECTIONS
from gopls_diag.present import check_page
from gopls_diag.world.sketch import read_scenes
from tests.conftest import ROOT
from tests.growth import assert_linear
from tests.test_cases import base_page
from tests.unit.test_house import FAMILY_FOLDERS

CASES = ROOT / "tests" / "cases"
ANY_CHECK = pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.id)


@ANY_CHECK
def test_the_page_has_its_sections_in_order(check: Declaration) -> None:
    assert [name for name, _ in check.page] == list(SECTIONS)
    assert [name for name, text in check.page if len(text) < 5] == []


@ANY_CHECK
def test_title_and_reason_are_one_sentence_each(check: Declaration) -> None:
    assert 10 <= len(check.title) <= 100
    assert not check.title.endswith(".")
    assert check.why.endswith(".")
    assert "\n" not in check.why


@ANY_CHECK
def test_the_code_is_of_the_family(check: Declaration) -> None:
    assert re.fullmatch(r"[A-Z][0-9]{2}", check.code)
    assert check.code[0] == FAMILY_FOLDERS[check.id.split("/")[0]]


@ANY_CHECK
def test_the_name_says_the_bad_state(check: Declaration) -> None:
    words = check.id.split("/")[1].split("-")

    assert not {"check", "no", "not-ok", "fix"} & {words[0]}
    assert not re.search(r"\d", check.id.split("/")[1]) or "386" in words


@ANY_CHECK
def test_what_it_explains_are_codes(check: Declaration) -> None:
    codes = {each.code for each in all_checks()}
    families = {each[0] for each in codes}

    unknown = [each for each in check.explains if each not in codes and not (each[1:] == "*" and each[0] in families)]

    assert unknown == []


def test_a_code_belongs_to_one_check() -> None:
    counted = Counter(each.code for each in all_checks())

    assert [code for code, count in counted.items() if count > 1] == []


@ANY_CHECK
def test_a_case_fires_and_a_case_keeps_quiet(check: Declaration) -> None:
    path = CASES / (check.id.replace("-", "_") + ".md")
    assert path.is_file(), "a check needs its case file"

    expectations = [scene.expectations for scene in read_scenes(path.read_text(encoding="utf-8"), base_page)]

    assert any(line.startswith(check.code + " ") for lines in expectations for line in lines)
    assert any(line == "quiet" for lines in expectations for line in lines)


def test_each_case_file_has_its_check() -> None:
    ids = {each.id.replace("-", "_") for each in all_checks()}
    files = {str(each.relative_to(CASES).with_suffix("")) for each in CASES.rglob("*.md")}

    assert {each for each in files if not each.startswith("base/")} <= ids


@ANY_CHECK
def test_the_page_read_from_the_source_is_the_imported_one(check: Declaration) -> None:
    for wanted in (check.code, check.code.lower(), check.id):
        written = written_page(wanted)

        assert written is not None
        assert check_page.record(written) == check_page.record(check)
        assert check_page.text(written) == check_page.text(check)


@ANY_CHECK
def test_the_page_fits_eighty_columns(check: Declaration) -> None:
    lines = check_page.text(check).splitlines()

    assert [each for each in lines if len(each) > 80 and " " in each.strip()] == []


# Patterns


def modules() -> Iterator[ModuleType]:
    for unit in pkgutil.walk_packages(gopls_diag.__path__, "gopls_diag."):
        if not unit.name.endswith(("_pb2", "__main__")):
            yield importlib.import_module(unit.name)


def names_only_matched(module: ModuleType) -> set[str]:
    """Names of patterns that the module matches at one place only, and never searches a text for."""
    file = module.__file__
    assert file is not None
    uses: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses.setdefault(node.value.id, set()).add(node.attr)
        elif isinstance(node, ast.Call):
            for each in (*node.args, *(one.value for one in node.keywords)):
                if isinstance(each, ast.Name):
                    uses.setdefault(each.id, set()).add("handed on")
    return {name for name, how in uses.items() if how <= {"match", "fullmatch", "pattern"}}


def patterns() -> list[object]:
    """Each pattern of the program once, and whether texts are searched for it."""
    found: dict[str, tuple[re.Pattern[str] | re.Pattern[bytes], bool]] = {}
    for module in modules():
        only_matched = names_only_matched(module)
        for name, value in vars(module).items():
            for each in value if isinstance(value, tuple | list) else (value,):
                if isinstance(each, re.Pattern):
                    found.setdefault(repr((each.pattern, each.flags)), (each, name not in only_matched))
    return [
        pytest.param(pattern, is_searched, id=str(pattern.pattern)[:60].encode("unicode_escape").decode())
        for pattern, is_searched in found.values()
    ]


ANY_PATTERN = pytest.mark.parametrize(("pattern", "is_searched"), patterns())


@ANY_PATTERN
def test_a_pattern_needs_no_backtracking(pattern: re.Pattern[str] | re.Pattern[bytes], is_searched: bool) -> None:
    # RE2 refuses look-around and back-references, the forms that no linear matcher can have.
    options = re2.Options()
    options.max_mem = 64 << 20
    # re2 has no ^ and $ of lines by flag of its constructor; inline flags are the same in both.
    flags = "".join(
        letter
        for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
        if pattern.flags & flag and not str(pattern.pattern).startswith("(?")
    )
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    if pattern.flags & re.VERBOSE:
        pytest.skip("re2 has no verbose patterns")

    re2.compile((f"(?{flags})" if flags else "") + source, options)


HOSTILE_PIECES = (
    "a",
    " ",
    "/",
    "\\",
    "0",
    "x.",
    "-",
    "_",
    '"',
    "\n",
    "go",
    ": ",
    "@",
    "a@",
    "(",
    "\t",
    "{",
    "://",
    "=",
    "ab ",
)


def literal_start(pattern: str) -> str:
    """Words that lead into the pattern, so that the match goes as deep as possible before it fails."""
    words = re.sub(r"\(\?[a-zA-Z:]+\)?|\\[bBAZ]|\^", "", pattern)
    found = re.match(r"(?:\\.|[^\\\[\](){}.*+?|$])+", words)
    return re.sub(r"\\(.)", r"\1", found[0]) if found else ""


@ANY_PATTERN
def test_a_pattern_takes_time_in_proportion_to_hostile_text(
    pattern: re.Pattern[str] | re.Pattern[bytes], is_searched: bool
) -> None:
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    start = literal_start(source)

    def call(text: str) -> object:
        ask = pattern.search if is_searched else pattern.match
        return ask(text.encode() if is_bytes else text)  # type: ignore[arg-type]

    def repeated(piece: str, length: int) -> str:
        return start + piece * (length // len(piece))

    for piece in dict.fromkeys((*HOSTILE_PIECES, start, start + " ", start + "a")):
        if not piece:
            continue
        # Never made longer, as there are so many of them: a quadratic one takes about a second on 64,000 letters.
        assert_linear(call, partial(repeated, piece), 8_000, factor=8, largest=8_000)
