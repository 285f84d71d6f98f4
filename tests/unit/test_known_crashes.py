"""A crash is called known only when its function, its way to fail, its release and its line are those of the entry."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from gopls_diag.checks.gopls_lines import releases_by_lines
from gopls_diag.checks.known_crashes import SHORT_FUNCTION, known, table_date, way_of_failing
from gopls_diag.model.crash import Crash, EndKind, PanicValue
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.model.version import GoplsVersion
from gopls_diag.parse.go_crash.reader import CrashReader
from tests.conftest import ROOT

CRASHES = ROOT / "tests" / "corpus" / "crashes"
TABLE: dict[str, Any] = json.loads((ROOT / "src/gopls_diag/checks/known_crashes.json").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = TABLE["entries"]
NIL = "runtime error: invalid memory address or nil pointer dereference"
GOLANG = "golang.org/x/tools/gopls/internal/golang."
SAYS = {
    "nil dereference": NIL,
    "index out of range": "runtime error: index out of range [5] with length 5",
    "slice bounds out of range": "runtime error: slice bounds out of range [8:7]",
    "failed type assertion": "interface conversion: types.Object is nil, not *types.Var",
    "concurrent map use": "concurrent map writes",
    "stack overflow": "stack overflow",
    "closed channel": "send on closed channel",
    "explicit panic": "unexpected thing",
}

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["made", "from", "releases", "entries"],
    "properties": {
        "made": {"type": "string", "pattern": r"^20\d\d-\d\d-\d\d$"},
        "from": {"type": "string", "pattern": r"^golang/tools [0-9a-f]{12}$"},
        "releases": {"type": "array", "items": {"type": "string", "pattern": r"^v\d+\.\d+\.\d+$"}, "uniqueItems": True},
        "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
    },
    "$defs": {
        "entry": {
            "type": "object",
            "additionalProperties": False,
            "required": ["issue", "functions", "kind", "message", "depth", "evidence", "fixed_in", "commit", "title"],
            "properties": {
                "issue": {"type": "string", "pattern": r"^golang/(?:(?:go|vscode-go)#\d+|tools@[0-9a-f]{12})$"},
                "functions": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"^(golang|go/)"}},
                "kind": {"enum": ["panic", "fatal", "stack-overflow"]},
                "message": {"type": ["string", "null"]},
                "says": {"type": "string"},
                "depth": {"type": "integer", "minimum": 1, "maximum": 6},
                "evidence": {"enum": ["message", "diff"]},
                "fixed_in": {"type": ["string", "null"], "pattern": r"^v\d+\.\d+\.\d+$"},
                "fixed_by_go": {"type": "string", "pattern": r"^go1\.\d+(\.\d+)?$"},
                "unreleased": {"const": True},
                "since": {"type": ["string", "null"], "pattern": r"^v\d+\.\d+\.\d+$"},
                "commit": {"type": ["string", "null"], "pattern": r"^[0-9a-f]{12}$"},
                "title": {"type": "string", "minLength": 5, "maxLength": 160},
                "places": {"type": "array", "items": {"$ref": "#/$defs/place"}},
            },
        },
        "place": {
            "type": "object",
            "additionalProperties": False,
            "required": ["function", "size", "lines"],
            "properties": {
                "function": {"type": "string"},
                "size": {"type": "integer", "minimum": 1},
                "lines": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
    },
}


def read(name: str) -> Crash:
    reader = CrashReader(name)
    lines = (CRASHES / name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        reader.line(line, number)
    return reader.finish()[0]


def crash(*frames: tuple[str, int], says: str = NIL, version: str = "", go: str = "") -> Crash:
    """A panic with this stack, innermost first."""
    stack = Stack(tuple(Frame(function, "/x.go", line) for function, line in (("panic", 1), *frames)))
    kind = EndKind.FATAL if says in ("stack overflow", "concurrent map writes") else EndKind.PANIC
    chain = (PanicValue(says),) if kind is EndKind.PANIC else ()
    message = f"panic: {says}" if chain else f"fatal error: {says}"
    goroutine = Goroutine(1, "running", stack)
    return Crash("log", 1, kind, message, program_version=version, go_version=go, chain=chain, crashing=goroutine)


def issues(found: Crash) -> list[tuple[str, str]]:
    return [(each.issue, each.fixed_in) for each in known(found)]


def test_the_table_is_well_formed() -> None:
    jsonschema.validate(TABLE, SCHEMA)
    assert len(ENTRIES) >= 150
    names = [(each["issue"], function) for each in ENTRIES for function in each["functions"]]
    assert len(names) == len(set(names))
    assert {each["fixed_in"] for each in ENTRIES} - {None} <= set(TABLE["releases"])
    assert {each.get("since") for each in ENTRIES} - {None} <= set(TABLE["releases"])
    for each in ENTRIES:
        assert bool(each["fixed_in"]) != bool(each.get("fixed_by_go") or each.get("unreleased"))
        assert {place["function"] for place in each["places"]} <= set(each["functions"])
    assert table_date() == TABLE["made"]


def test_lines_are_ranges_of_releases_before_the_fix() -> None:
    for each in ENTRIES:
        for place in each["places"]:
            releases = [name for names in place["lines"].values() for name in names.split()]
            assert len(releases) == len(set(releases))
            assert all(GoplsVersion.parse(name).is_before(each["fixed_in"]) for name in releases if name != "dev")
            for text in place["lines"]:
                assert all(int(first) <= int(last) for first, _, last in (span.partition("-") for span in text.split()))


@pytest.mark.parametrize(
    ("name", "version", "issue", "fixed_in"),
    [
        ("010-rename-redeclared-type-nil.log", "v0.16.1", "golang/go#70968", "v0.19.0"),
        ("012-hover-undefined-typeswitch-nil.log", "v0.18.1", "golang/go#69362", "v0.19.0"),
        ("014-definition-continue-label-index.log", "v0.18.1", "golang/go#73797", "v0.19.0"),
        ("015-codeaction-sourcetest-nilpkg.log", "v0.18.1", "golang/go#72907", "v0.19.0"),
        ("017-localpackagekey-go122-nil.log", "v0.13.2", "golang/go#62191", "v0.14.0"),
        ("018-localpackagekey-go122-sanitized.log", "v0.13.2", "golang/go#62191", "v0.14.0"),
    ],
)
def test_real_crashes_are_known(name: str, version: str, issue: str, fixed_in: str) -> None:
    found = read(name)
    # These builds from a checkout do not name their version; with it the answer is the same.
    for each in (found, replace(found, program_version=version)):
        assert issues(each) == [(issue, fixed_in)]
    assert issues(replace(found, program_version=fixed_in)) == []
    assert issues(replace(found, program_version="v0.24.0")) == []
    other = "runtime error: integer divide by zero"
    assert issues(replace(found, chain=(PanicValue(other),), message=f"panic: {other}")) == []


def test_a_crash_of_a_client_that_breaks_the_protocol_is_not_known() -> None:
    assert known(read("011-applyedit-null-reply-nil.log")) == ()


def test_the_release_is_told_by_the_lines() -> None:
    found = read("012-hover-undefined-typeswitch-nil.log")
    assert found.crashing
    reading = releases_by_lines(found.crashing.stack.frames)
    assert "v0.18.1" in reading.releases
    assert "v0.15.3" not in reading.releases
    assert "v0.22.0" not in reading.releases
    assert "by its lines" in known(replace(found, program_version=""))[0].rule
    assert releases_by_lines(()).functions == 0
    assert releases_by_lines(
        (Frame("golang.org/x/tools/gopls/internal/server.(*server).Hover", "", 99999),)
    ).releases == (frozenset())


@pytest.mark.parametrize(
    ("frames", "says", "version", "expected"),
    [
        # golang/vscode-go#2636
        (
            [("golang.org/x/tools/gopls/internal/lsp/mod.hoverOnModuleStatement", 128)],
            NIL,
            "v0.11.0",
            ("golang/go#57625", "v0.12.0"),
        ),
        # golang/vscode-go#3324
        (
            [("golang.org/x/tools/internal/imports.(*ProcessEnv).ClearModuleInfo", 318)],
            NIL,
            "v0.15.2",
            ("golang/go#66490", "v0.15.3"),
        ),
        # golang/vscode-go#3234
        (
            [
                ("go/types.NewChecker", 237),
                ("golang.org/x/tools/gopls/internal/cache.(*typeCheckBatch).checkPackageForImport", 702),
            ],
            'invalid Go version "go1.21.6" (should be something like "go1.12")',
            "v0.15.1",
            ("golang/go#66195", "v0.15.2"),
        ),
        # golang/vscode-go#3434
        (
            [
                ("golang.org/x/tools/gopls/internal/golang/completion.Selection.Suffix", 367),
                ("golang.org/x/tools/gopls/internal/server.toProtocolCompletionItems", 114),
            ],
            "runtime error: slice bounds out of range [8:7]",
            "v0.16.0",
            ("golang/go#68169", "v0.16.1"),
        ),
        # golang/vscode-go#3343
        (
            [("golang.org/x/tools/gopls/internal/protocol.(*Mapper).LineCol8Position", 151)],
            "runtime error: slice bounds out of range [1433:1432]",
            "v0.15.3",
            ("golang/go#67360", "v0.16.0"),
        ),
        # golang/go#44300, golang/vscode-go#1244: the first frame is inlined and of the standard library.
        (
            [("go/types.(*Package).Path", 31), ("golang.org/x/tools/internal/lsp/source.HoverIdentifier", 190)],
            NIL,
            "v0.6.5",
            ("golang/go#44300", "v0.6.6"),
        ),
        # golang/go#77675
        (
            [(f"{GOLANG}hoverConstantExpr", 1071)],
            "runtime error: slice bounds out of range [49:48]",
            "v0.21.1",
            ("golang/go#77675", "v0.22.0"),
        ),
        # golang/go#70969: golang.org/x/tools/internal/typesinternal.ReceiverNamed was inlined.
        ([(f"{GOLANG}StdSymbolOf", 1323)], NIL, "v0.17.1", ("golang/go#70969", "v0.18.0")),
        # golang/vscode-go#2523
        (
            [
                ("go/types.(*Package).Path", 31),
                ("golang.org/x/tools/gopls/internal/lsp/source/completion.isStarTestingDotF", 1283),
            ],
            NIL,
            "v0.10.0",
            ("golang/go#56505", "v0.10.1"),
        ),
        # golang/vscode-go#921
        (
            [("golang.org/x/tools/internal/lsp/source/completion.(*completer).deepSearch", 136)],
            NIL,
            "v0.5.3",
            ("golang/vscode-go#923", "v0.5.4"),
        ),
        # golang/vscode-go#3641
        (
            [("golang.org/x/tools/gopls/internal/lsp/cache.localPackageKey", 1247)],
            NIL,
            "v0.12.2",
            ("golang/go#62191", "v0.14.0"),
        ),
        # golang/go#72136, golang/go#72828, golang/go#74305
        (
            [(f"{GOLANG[:-1]}/completion.expectedCompositeLiteralType", 2111)],
            NIL,
            "v0.18.1",
            ("golang/go#72136", "v0.19.0"),
        ),
        (
            [(f"{GOLANG[:-1]}/completion.(*completer).addFieldItems", 1181)],
            NIL,
            "v0.18.1",
            ("golang/go#72828", "v0.19.0"),
        ),
        ([(f"{GOLANG}dynamicFuncCallType", 1120)], NIL, "v0.19.1", ("golang/go#74305", "v0.20.0")),
        # golang/go#70553: older releases slice at another line of the function.
        (
            [(f"{GOLANG}ExtractToNewFile", 181)],
            "runtime error: slice bounds out of range [:812] with capacity 811",
            "v0.17.1",
            ("golang/go#70553", "v0.24.0"),
        ),
        # golang/go#74057: a pre-release of the release with the fix.
        (
            [("golang.org/x/tools/gopls/internal/server.(*server).DidCreateFiles", 165)],
            NIL,
            "v0.19.0-pre.1",
            ("golang/go#74057", "v0.19.0"),
        ),
        # golang/vscode-go#870
        (
            [("golang.org/x/tools/internal/lsp/mod.vendorLens", 129)],
            NIL,
            "v0.5.0",
            ("golang/vscode-go#650", "v0.5.1"),
        ),
    ],
)
def test_public_crashes_are_known(
    frames: list[tuple[str, int]], says: str, version: str, expected: tuple[str, str]
) -> None:
    assert issues(crash(*frames, says=says, version=version)) == [expected]
    assert issues(crash(*frames, says=says, version=expected[1])) == []
    assert issues(crash(*frames, says=SAYS["concurrent map use"], version=version)) == []


@pytest.mark.parametrize(
    ("frames", "version"),
    [
        # golang/vscode-go#1801: a fault of go/types, of which no fix is in the table.
        ([("go/ast.(*Ident).Pos", 469), ("go/types.spanOf", 243), ("go/types.(*Checker).newError", 154)], "v0.7.2"),
        # golang/vscode-go#879: what the next release has there is another panic.
        ([("golang.org/x/tools/internal/lsp.(*Server).diagnoseSnapshot", 86)], "v0.5.2"),
        # The function of an entry, 150 lines away from what the fix changes.
        ([(f"{GOLANG}hover", 700)], "v0.18.1"),
        # The function of an entry, but far out.
        ([(f"{GOLANG}a", 1), (f"{GOLANG}b", 1), (f"{GOLANG}c", 1), (f"{GOLANG}hover", 362)], "v0.18.1"),
        # The same name in another module.
        ([("example.com/tools/gopls/internal/golang.hover", 362)], "v0.18.1"),
        # A release that does not have what the fix changes yet.
        ([(f"{GOLANG}hover", 362)], "v0.13.2"),
        # One function without version: its lines cannot tell which of several failures it is.
        ([("golang.org/x/tools/internal/lsp/source/completion.(*completer).addFieldItems", 1065)], ""),
    ],
)
def test_others_are_not_known(frames: list[tuple[str, int]], version: str) -> None:
    assert known(crash(*frames, version=version)) == ()


@pytest.mark.parametrize(
    "kind", [EndKind.DUMP, EndKind.OOM, EndKind.KILLED, EndKind.RACE, EndKind.HANG, EndKind.SIGNAL]
)
def test_only_panics_and_fatal_errors_are_known(kind: EndKind) -> None:
    assert known(replace(crash((f"{GOLANG}hover", 362), version="v0.18.1"), kind=kind)) == ()


def test_a_crash_without_goroutine_is_not_known() -> None:
    assert known(replace(crash((f"{GOLANG}hover", 362), version="v0.18.1"), crashing=None)) == ()


def test_a_fault_of_gos_own_packages_asks_for_a_newer_go() -> None:
    frames = (("go/types.assert", 28), ("go/types.(*Checker).rangeStmt", 932), ("go/types.(*Checker).stmt", 827))
    says = "/usr/lib/go/src/go/types/stmt.go:932: assertion failed"
    (found,) = known(crash(*frames, says=says, version="v0.16.1", go="go1.22.5"))
    assert (found.issue, found.fixed_in, found.fixed_by_go) == ("golang/go#68334", "", "go1.22.6")
    assert known(crash(*frames, says=says, go=""))
    assert known(crash(*frames, says=says, go="go1.22.6")) == ()
    assert known(crash(*frames, says="stmt.go:100: assertion failed", go="go1.22.5")) == ()


def test_a_panic_that_was_raised_again_is_judged_by_its_origin() -> None:
    handler = ("go/types.(*Checker).handleBailout", 367)
    again = crash(handler, ("panic", 1), (f"{GOLANG}hover", 362), version="v0.18.1")
    assert issues(again) == [("golang/go#69362", "v0.19.0")]


def test_closures_and_moved_packages_are_the_same_function() -> None:
    closure = crash((f"{GOLANG}hover.func2.1", 362), version="v0.18.1")
    assert issues(closure) == [("golang/go#69362", "v0.19.0")]
    old = "golang.org/x/tools/gopls/internal/lsp/source.(*renamer).checkStructField"
    place = next(each for each in ENTRIES if each["issue"] == "golang/go#70968")["places"][0]
    line = next(int(text.partition("-")[0]) for text, names in place["lines"].items() if "v0.13.2" in names.split())
    assert issues(crash((old, line), version="v0.13.2")) == [("golang/go#70968", "v0.19.0")]


def test_what_rests_on_the_function_alone_is_called_possible() -> None:
    (found,) = known(read("015-codeaction-sourcetest-nilpkg.log"))
    assert found.rule.startswith("possibly: ")
    # The lines of this one fit v0.14.2 too, which has the fix.
    (found,) = known(read("017-localpackagekey-go122-nil.log"))
    assert found.rule.startswith("possibly: ")
    (found,) = known(crash((f"{GOLANG}hover", 362), version="v0.18.1"))
    assert found.rule == "nil dereference in golang.hover at a line that the fix changes, in gopls v0.18.1"


def test_every_entry_is_found_at_its_lines_and_never_in_a_release_with_the_fix() -> None:
    missed = []
    for each in ENTRIES:
        way = each["message"].split(" or ")[0] if each["message"] else "nil dereference"
        says = f"{each.get('says', '')} {SAYS[way]}" if each.get("says") else SAYS[way]
        for place in each["places"]:
            for text, names in place["lines"].items():
                first, _, last = text.split()[0].partition("-")
                name = names.split()[-1]
                if name == "dev":
                    continue
                at = (place["function"], (int(first) + int(last)) // 2)
                found = issues(crash(at, says=says, version=name))
                missed += [] if (each["issue"], each["fixed_in"]) in found else [(each["issue"], at, name, found)]
                assert issues(crash(at, says=says, version=each["fixed_in"])) == [
                    pair
                    for pair in issues(crash(at, says=says, version=each["fixed_in"]))
                    if pair[1] != each["fixed_in"]
                ]
    # More than three entries at one place leave one out; there is one such place, (*Finder).expr.
    assert len(missed) <= 3, missed


def test_ways_of_failing() -> None:
    for way, words in SAYS.items():
        kind = EndKind.FATAL if way in ("stack overflow", "concurrent map use") else EndKind.PANIC
        assert way_of_failing(words, kind) == way
    assert way_of_failing("runtime error: integer divide by zero", EndKind.PANIC) == ""
    assert way_of_failing("all goroutines are asleep - deadlock!", EndKind.FATAL) == ""
    assert SHORT_FUNCTION < 60


def test_the_table_is_read_only_when_a_crash_is_judged() -> None:
    code = "import sys, gopls_diag.checks.known_crashes as k; print(k._table.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
