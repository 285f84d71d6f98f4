"""Screen, JSON, page and issue of real crashes; the words stand in goldens, which `pytest --update` rewrites."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.crash_report import CrashReport
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.present import crash_goroutine, crash_issue, crash_json, crash_page, crash_text
from gopls_diag.present.crash_frames import (
    place,
    short_function,
    telling_frames,
)
from gopls_diag.present.crash_page_style import SCRIPT, STYLE
from gopls_diag.present.crash_words import same_ends
from tests.conftest import ROOT
from tests.unit.crash_samples import dump_of, log, read, samples, text_log

GOLDENS = Path(__file__).parent / "goldens" / "crashes"
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "crash.schema.json").read_text(encoding="utf-8"))
SAMPLES = samples()
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "h1", "p", "div", "input", "button", "span"),
    *("section", "h2", "h3", "pre", "ol", "ul", "li", "b", "small", "code", "details", "summary", "svg", "rect"),
    *("footer", "script"),
}
VOID = {"meta", "input"}


def text(report: CrashReport) -> str:
    return crash_text.render(report, width=80, with_colour=False, is_verbose=False, all_stacks=False)


def verbose(report: CrashReport) -> str:
    return crash_text.render(report, width=80, with_colour=False, is_verbose=True, all_stacks=False)


def narrow(report: CrashReport) -> str:
    return crash_text.render(report, width=40, with_colour=False, is_verbose=False, all_stacks=False)


def everything(report: CrashReport) -> str:
    return crash_text.render(report, width=80, with_colour=False, is_verbose=True, all_stacks=True)


def colour(report: CrashReport) -> str:
    return crash_text.render(report, width=80, with_colour=True, is_verbose=False, all_stacks=False)


def document(report: CrashReport) -> str:
    return "".join(crash_json.pieces(report, "0.1.0"))


def page(report: CrashReport) -> str:
    return "".join(crash_page.pieces(report, "0.1.0"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_screen_is_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDENS / f"{name}.txt", text(SAMPLES[name]))


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("panic", verbose),
        ("hang", verbose),
        ("several", verbose),
        ("panic", colour),
        ("unreported", narrow),
        ("nested", everything),
    ],
)
def test_other_screens_are_their_goldens(
    name: str, render: Callable[[CrashReport], str], golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDENS / f"{name}.{render.__name__}.txt", render(SAMPLES[name]))


@pytest.mark.parametrize("name", ["panic", "killed"])
def test_the_json_is_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDENS / f"{name}.json", document(SAMPLES[name]))


@pytest.mark.parametrize("name", ["unreported", "hang"])
def test_the_issue_is_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    crash = crash_issue.worth_reporting(SAMPLES[name].crashes)
    assert crash is not None

    golden(GOLDENS / f"{name}.issue.md", crash_issue.render(crash, count=2, diag_version="0.1.0"))


@pytest.mark.parametrize("name", SAMPLES)
def test_json_obeys_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(document(SAMPLES[name])))


def test_every_field_of_the_json_is_documented() -> None:
    described = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    names: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                names.add(name)
                if name != "states":
                    collect(inner)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    for each in SAMPLES.values():
        collect({**json.loads(document(each)), "findings": []})

    assert {each for each in names if not re.search(rf"[`.]{each}\b", described)} == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_no_prose_is_wider_than_the_terminal(name: str) -> None:
    # A command is copied, so it is not wrapped; a long word has no place to break.
    wide = [
        each
        for each in narrow(SAMPLES[name]).splitlines()
        if len(each) > 40 and "fix   " not in each and max(map(len, each.split())) < 34
    ]

    assert wide == []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_a_log_can_steer_the_terminal(name: str) -> None:
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", everything(SAMPLES[name])) is None


def test_without_colour_there_is_none_and_with_colour_the_words_are_the_same() -> None:
    bright = colour(SAMPLES["panic"])

    assert "\x1b[" in bright
    assert re.sub(r"\x1b\[[0-9;]*m", "", bright) == text(SAMPLES["panic"])


class _Reader(HTMLParser):
    """Collects what a page does, and complains of tags that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(report: CrashReport) -> _Reader:
    reader = _Reader()
    reader.feed(page(report))
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_fetches_and_runs_nothing_of_others(name: str) -> None:
    reader = parsed(SAMPLES[name])
    whole = page(SAMPLES[name])

    assert {tag for tag, _ in reader.tags} & {"a", "img", "link", "iframe", "object", "embed", "form", "base"} == set()
    assert [each for _, attributes in reader.tags for each in attributes if each.startswith("on")] == []
    assert {"src", "href", "style", "action", "srcset"} & {key for _, each in reader.tags for key in each} == set()
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert whole.count("<script>") == 1
    assert f"<script>{SCRIPT}</script>" in whole
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "fetch" not in SCRIPT


def test_the_policy_names_script_and_style_by_their_hashes() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page(SAMPLES["panic"]))

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@given(st.text(alphabet="<>&\"'/`=!-ab \t{}$\\\u2028\x00", min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_hostile_names_stay_names(name: str) -> None:
    words = name.replace("\n", "")
    report = read(
        text_log(f"panic: {words}\n\ngoroutine 1 [{words}]:\nmain.{words}(0x1)\n\t/src/{words}.go:5 +0x1d\n", words),
        checks=(),
    )

    tags = {tag for tag, _ in parsed(report).tags}

    assert tags <= TAGS


def test_a_huge_dump_is_bounded_and_what_is_left_out_is_told() -> None:
    report = read(text_log(dump_of(1_500)))

    whole = page(report)

    assert whole.count('<details class="bucket"') == crash_page.BUCKETS_SHOWN
    assert "500 stacks of 500 goroutines left out" in whole
    assert len(whole) < 1_500_000
    assert sum(each["count"] for each in json.loads(document(report))["crashes"][0]["buckets"]) == 1_500


def test_the_page_says_what_the_screen_says() -> None:
    whole = page(SAMPLES["panic"])

    for words in ("golang/go#70968", "golang.(*renamer).checkStructField", "rename_check.go:476", "go install"):
        assert words in whole


def test_ends_that_are_one_are_told_once_with_their_lines() -> None:
    (panics, killed) = [each for each in same_ends(SAMPLES["several"].crashes) if len(each.all) > 1][:2]

    assert [each.source for each in panics.all] == [
        "017-localpackagekey-go122-nil.log",
        "018-localpackagekey-go122-sanitized.log",
    ]
    assert panics.places == ("017-localpackagekey-go122-nil.log line 1; 018-localpackagekey-go122-sanitized.log line 1")
    assert killed.first.kind.value == "killed"
    assert text(SAMPLES["several"]).count("panic of gopls") == 1


def test_the_frames_that_matter_are_neither_runtime_nor_what_carries_requests() -> None:
    (crash,) = read(log("crashes/014-definition-continue-label-index.log")).crashes
    assert crash.crashing is not None

    names = [short_function(each.function) for each in telling_frames(crash.crashing.stack)]

    assert names == ["golang.Definition", "server.(*server).Definition"]


def test_a_frame_of_the_users_own_code_keeps_its_path() -> None:
    frame = SAMPLES["nested"].crashes[0].crashing
    assert frame is not None

    assert "/" in place(telling_frames(frame.stack)[0])


def test_files_of_one_name_are_told_apart() -> None:
    report = read(
        text_log("panic: a\n\ngoroutine 1 [running]:\nmain.a()\n\t/a.go:1 +0x1\n", "logs/one/server.log"),
        text_log("panic: b\n\ngoroutine 1 [running]:\nmain.b()\n\t/b.go:1 +0x1\n", "logs/two/server.log"),
    )

    assert "one/server.log line 1" in text(report)
    assert "two/server.log line 1" in text(report)
    assert "logs/one" not in text(report)


def test_a_chosen_goroutine_is_printed_as_the_runtime_does() -> None:
    report = read(log("crashes/048-sigquit-idle-v016.log"), choice=DumpChoice(ids=frozenset((1,))))

    lines = crash_goroutine.render(report).splitlines()

    assert lines[1].startswith("goroutine 1 [chan receive")
    assert re.fullmatch(r"runtime\.gopark\(0x.*\)", lines[2])
    assert re.fullmatch(r"\t\S+/proc\.go:\d+", lines[3])
