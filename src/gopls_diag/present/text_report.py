"""The report for a person at a terminal: the cause first, then what proves it, what it does, what repairs it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gopls_diag.model.finding import Confidence, Evidence, Remedy, RemedyKind, Severity
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.present.wording import (
    Places,
    command_line,
    not_told,
    printable_report,
    repairable_codes,
    tally,
    tilde,
    versions,
)

MARKS = {Severity.ERROR: ("✗", "bold red"), Severity.WARNING: ("!", "bold yellow"), Severity.INFO: ("i", "cyan")}
_EVIDENCE_SHOWN = 3
_EVIDENCE_WIDTH = 200
_REMEDIES_SHOWN = 3
_REMEDY_INDENT = 10


def render(report: Report, *, width: int, with_colour: bool, is_verbose: bool, home: str = "") -> str:
    """The report as text with a final newline.

    Args:
        report: the finished examination.
        width: columns to wrap at.
        with_colour: write ANSI colours.
        is_verbose: also list consequences in full, and every check that could not tell.
        home: the home folder, which is shortened to `~` where it stands in prose.
    """
    report = printable_report(report)
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=with_colour,
        no_color=not with_colour,
        color_system="standard" if with_colour else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    console.print(Text(_subject(report, home)), soft_wrap=True)
    console.print()
    for finding in report.findings:
        if finding.explained_by is None:
            _print_finding(console, finding, report, home, is_verbose=is_verbose)
    for step in report.probe:
        memory = "" if step.resident_bytes is None else f"{step.resident_bytes / 1024**2:,.0f} MiB"
        row = Text(f"probe  {step.name:<11}{step.elapsed_seconds:>8.2f} s {memory:>11}  ")
        row.append(" ".join(step.result.split()))
        if not is_verbose:
            row.truncate(width, overflow="ellipsis")
        console.print(row)
    if report.probe:
        console.print()
    console.print(Text(tally(report, more="" if is_verbose else " (run with -v)")))
    repairable = repairable_codes(report)
    if repairable:
        console.print(Text(f"gopls-diag fix shows and applies repairs for {', '.join(repairable)}"))
    if is_verbose:
        for line in not_told(report.outcomes):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    for note in report.notes:
        console.print(Text(note))
    if with_colour:
        return out.getvalue()
    # rich fills lines up with blanks, which show when the text is copied.
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _subject(report: Report, home: str) -> str:
    subject = report.subject
    parts = (*versions(subject), subject.os, tilde(subject.folder, home), *subject.editors)
    return " · ".join(part for part in parts if part)


def _print_finding(console: Console, finding: ReportedFinding, report: Report, home: str, *, is_verbose: bool) -> None:
    mark, style = MARKS[finding.severity]
    head = Text.assemble((f"{mark} {finding.code} ", style), (finding.summary, "bold"))
    if finding.confidence is not Confidence.CERTAIN:
        head.append(f" ({finding.confidence.value})", "dim")
    console.print(Padding(head, (0, 0, 0, 0)), soft_wrap=False)
    # What is only worth knowing gets no more room than it takes to know it.
    room = 1 if finding.severity is Severity.INFO else _EVIDENCE_SHOWN
    places = Places(report.subject.folder, home)
    for each in finding.evidence if is_verbose else finding.evidence[:room]:
        console.print(Padding(Text(_evidence(each, places), "dim"), (0, 0, 0, 4)))
    hidden = len(finding.evidence) - room
    if hidden > 0 and not is_verbose:
        console.print(Padding(Text(f"and {hidden} more (run with -v)", "dim"), (0, 0, 0, 4)))
    if finding.why:
        console.print(Padding(Text(finding.why), (0, 0, 0, 4)))
    shown = 1 if finding.severity is Severity.INFO else _REMEDIES_SHOWN
    for remedy in finding.remedies if is_verbose else finding.remedies[:shown]:
        _print_remedy(console, remedy, places)
    explained = [each for each in report.findings if each.explained_by == finding.code]
    if explained:
        _print_explained(console, explained, is_verbose=is_verbose)
    console.print()


def _evidence(evidence: Evidence, places: Places) -> str:
    place = places.short(evidence.source)
    if evidence.line is not None:
        place += f", line {evidence.line}"
    words = " ".join(evidence.text.split()) if len(evidence.text) < _EVIDENCE_WIDTH else _cut(evidence.text)
    return f"{words}   ({place})" if words else place


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EVIDENCE_WIDTH else words[: _EVIDENCE_WIDTH - 1] + "…"


def _print_remedy(console: Console, remedy: Remedy, places: Places) -> None:
    mark = ("    fix   ", "green")
    if remedy.kind is RemedyKind.COMMAND:
        # A command is copied, so it is never wrapped nor cut; Padding would cut it.
        console.print(Text.assemble(mark, (command_line(remedy.command), "bold")), soft_wrap=True)
        if remedy.title:
            console.print(Padding(Text(remedy.title, "dim"), (0, 0, 0, _REMEDY_INDENT)))
        return
    line = Text(remedy.title)
    if remedy.setting is not None:
        line.append(f"   ({places.short(remedy.setting.file)})", "dim")
    if remedy.link:
        line.append(f" {remedy.link}", "underline")
    first, *others = line.wrap(console, max(console.width - _REMEDY_INDENT, 20))
    first.rstrip()
    console.print(Text.assemble(mark, first), soft_wrap=True)
    for each in others:
        console.print(Text.assemble(" " * _REMEDY_INDENT, each), soft_wrap=True)


def _print_explained(console: Console, explained: list[ReportedFinding], *, is_verbose: bool) -> None:
    if is_verbose:
        console.print(Padding(Text("explains"), (0, 0, 0, 4)))
        for each in explained:
            console.print(Padding(Text(f"{each.code} {each.summary}"), (0, 0, 0, 6)))
        return
    codes: dict[str, str] = {each.code: each.declaration.title for each in explained}
    listed = ", ".join(f"{code} {title[:1].lower()}{title[1:]}" for code, title in codes.items())
    console.print(Padding(Text(f"explains {len(codes)} more: {listed}", "dim"), (0, 0, 0, 4)))
