"""The report as Markdown, ready to paste into an issue: verdict first, versions, findings, evidence folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.model.finding import Confidence, Evidence, Remedy, RemedyKind
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.present.wording import command_line, not_told, nothing_found, printable_report, tally, versions

_MARKUP_PATTERN = re.compile(r"[\\`*_\[\]<>#|~&@]")
_TICKS_PATTERN = re.compile(r"`+")
_EVIDENCE_LIMIT = 4000


def render(report: Report, version: str) -> str:
    """The whole report with a final newline."""
    report = printable_report(report)
    lines = [*_head(report), "", *_subject(report, version), ""]
    causes = [each for each in report.findings if each.explained_by is None]
    for each in causes:
        lines += [*_finding(each, [one for one in report.findings if one.explained_by == each.code]), ""]
    if report.probe:
        lines += [*_probe(report), ""]
    lines.append(escaped(tally(report)))
    told = list(not_told(report.outcomes))
    if told:
        lines += ["", *_folded("What could not be told", "\n".join(told))]
    if report.notes:
        lines += ["", *(f"- {escaped(each)}" for each in report.notes)]
    # Bytes of a path that are not text are shown escaped: GitHub refuses a lone surrogate.
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def escaped(words: str) -> str:
    """Prose in which nothing is taken for markup, a mention or a reference to an issue."""
    return _MARKUP_PATTERN.sub(lambda found: "\\" + found[0] if found[0] != "@" else "@\u200b", " ".join(words.split()))


def code(words: str) -> str:
    """A code span that holds whatever the words hold."""
    words = " ".join(words.split()) or " "
    fence = "`" * (1 + max((len(each) for each in _TICKS_PATTERN.findall(words)), default=0))
    space = " " if "`" in words else ""
    return f"{fence}{space}{words}{space}{fence}"


def _head(report: Report) -> list[str]:
    if report.verdict is None:
        return [f"**{nothing_found(report)}**"]
    return [f"**{report.verdict.code}: {escaped(report.verdict.summary)}**"]


def _subject(report: Report, version: str) -> list[str]:
    gopls, go = versions(report.subject)
    rows = [("gopls", gopls.removeprefix("gopls ")), ("go", go), ("system", report.subject.os)]
    rows += [("editor", each) for each in report.subject.editors]
    rows += [("folder", report.subject.folder), ("gopls-diag", version)]
    return ["| | |", "|---|---|", *(f"| {name} | {_cell(words)} |" for name, words in rows)]


def _cell(words: str) -> str:
    return code(words).replace("|", "\\|") if words else ""


def _finding(finding: ReportedFinding, consequences: list[ReportedFinding]) -> Iterator[str]:
    sure = "" if finding.confidence is Confidence.CERTAIN else f", {finding.confidence.value}"
    yield f"### {finding.code} {escaped(finding.summary)}"
    yield ""
    yield f"{finding.severity.value}{sure}. {escaped(finding.why)}".rstrip()
    if finding.remedies:
        yield ""
        yield from (f"- {_remedy(each)}" for each in finding.remedies)
    if consequences:
        yield ""
        yield "Explains:"
        yield ""
        yield from (f"- {each.code} {escaped(each.summary)}" for each in consequences)
    proof = [*finding.evidence, *(proof for each in consequences for proof in each.evidence)]
    if proof:
        yield ""
        yield from _folded("Evidence", "\n".join(_evidence(each) for each in proof))


def _remedy(remedy: Remedy) -> str:
    title = escaped(remedy.title)
    if remedy.kind is RemedyKind.COMMAND and remedy.command:
        return f"{title}: {code(command_line(remedy.command))}" if title else code(command_line(remedy.command))
    if remedy.setting is not None:
        return f"{title} ({code(remedy.setting.file)})"
    return f"{title} <{remedy.link}>" if remedy.link else title


def _evidence(evidence: Evidence) -> str:
    place = evidence.source if evidence.line is None else f"{evidence.source}:{evidence.line}"
    words = evidence.text.strip().replace("\n", "\n    ")
    return f"{place}\n    {words}" if words else place


def _folded(title: str, text: str) -> list[str]:
    text = text if len(text) <= _EVIDENCE_LIMIT else text[:_EVIDENCE_LIMIT].rstrip() + "\n…"
    fence = "`" * max(3, 1 + max((len(each) for each in _TICKS_PATTERN.findall(text)), default=0))
    return ["<details>", f"<summary>{title}</summary>", "", fence + "text", text, fence, "", "</details>"]


def _probe(report: Report) -> Iterator[str]:
    yield "| step | seconds | MiB | result |"
    yield "|---|---:|---:|---|"
    for step in report.probe:
        memory = "" if step.resident_bytes is None else f"{step.resident_bytes / 1024**2:.0f}"
        yield f"| {step.name} | {step.elapsed_seconds:.2f} | {memory} | {_cell(step.result)} |"
