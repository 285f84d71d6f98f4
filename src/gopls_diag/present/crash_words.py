"""Words about crashes that screen, page and issue share: short names, frames that matter, ends that are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.crash_report import CrashReport, SkippedInput
from gopls_diag.model.finding import Evidence, Severity
from gopls_diag.model.report import ReportedFinding
from gopls_diag.present.crash_frames import plural, short_function, telling_frames

KIND_WORDS = {
    EndKind.PANIC: "panic",
    EndKind.FATAL: "fatal error",
    EndKind.SIGNAL: "ended by a signal",
    EndKind.OOM: "out of memory",
    EndKind.KILLED: "killed from outside",
    EndKind.EXIT: "exit",
    EndKind.HANG: "hang",
    EndKind.RACE: "data race",
    EndKind.DUMP: "dump of goroutines",
}
_WRITTEN_TO_NOBODY = "SIGPIPE"
"""Nobody sends it: a program's own writing brings it about (signal(7))."""
_WORST_FIRST = (
    EndKind.OOM,
    EndKind.FATAL,
    EndKind.PANIC,
    EndKind.SIGNAL,
    EndKind.KILLED,
    EndKind.HANG,
    EndKind.RACE,
    EndKind.EXIT,
    EndKind.DUMP,
)
_ELSEWHERE_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SameEnds:
    """Ends that are one and the same, told once."""

    first: Crash
    """The one of them that tells most."""
    all: tuple[Crash, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """Of the program, as far as paths prove them."""
        return tuple(sorted({each.program_version for each in self.all if each.program_version}))

    @property
    def places(self) -> str:
        """`server.log lines 12, 44 and 91`, at most a few."""
        by_source: dict[str, list[int]] = {}
        for each in self.all:
            by_source.setdefault(each.source, []).append(each.line)
        parts = [f"{source_name(source)} {_lines(lines)}" for source, lines in list(by_source.items())[:3]]
        more = len(by_source) - len(parts)
        return "; ".join(parts) + (f" and {plural(more, 'more file')}" if more > 0 else "")


def _lines(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]:,}"
    shown = [f"{each:,}" for each in lines[:5]]
    more = [f"{len(lines) - 5} more"] if len(lines) > 5 else []
    *front, last = shown + more
    return f"lines {', '.join(front)} and {last}"


def ends_of(report: CrashReport) -> tuple[SameEnds, ...]:
    """The ends of a report, each kind of them once; the one that proves the verdict comes first."""
    ends = same_ends(report.crashes)
    if report.verdict is None:
        return ends
    proof = report.verdict.evidence
    return tuple(sorted(ends, key=lambda end: not any(is_within(each, end) for each in proof)))


def skipped_words(skipped: SkippedInput) -> str:
    """`12 files of logs/: no log by its name`."""
    of = f"{skipped.count:,} files of " if skipped.count > 1 else ""
    return f"{of}{source_name(skipped.source)}: {skipped.reason}"


_ONLY_GONE = "Connection to server got closed."
"""A sentence that says no more than that the program is gone: who or what ended it, it does not say."""


def same_ends(crashes: Iterable[Crash]) -> tuple[SameEnds, ...]:
    """The ends, each kind of them once: gopls's before others', the worst first."""
    groups: dict[tuple[str, ...], list[Crash]] = {}
    for each in crashes:
        groups.setdefault(_identity(each), []).append(each)
    found = [SameEnds(max(group, key=_telling), tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda each: (_rank(each.first), -len(each.all))))


def _identity(crash: Crash) -> tuple[str, ...]:
    if crash.signature:
        return (crash.program, crash.signature)
    if crash.kind in (EndKind.DUMP, EndKind.HANG):
        return (crash.source, str(crash.line))
    return (crash.program, crash.kind.value, crash.message, *(each.summary for each in crash.explanations))


def _telling(crash: Crash) -> tuple[bool, bool, bool]:
    return crash.crashing is not None, bool(crash.program_version), not crash.is_truncated


def _rank(crash: Crash) -> tuple[bool, bool, int]:
    is_foreign = crash.program not in ("gopls", "", "go")
    return crash.kind is EndKind.DUMP, is_foreign, _WORST_FIRST.index(crash.kind)


def source_name(source: str) -> str:
    """How people are told of an input."""
    return "standard input" if source == "-" else source


def as_told(report: CrashReport) -> CrashReport:
    """The report as people read it: files with short names, and first why gopls ended, also where nothing is wrong.

    So a gopls that was asked to end, or to which nobody listened, is no bare signal.
    """
    report = _with_short_names(report)
    ends = ends_of(report)
    if report.verdict is not None or not report.has_ends or ends[0].first.kind is EndKind.DUMP:
        return report
    informing = (each for each in report.findings if each.severity is Severity.INFO and each.evidence)
    told = next((each for each in informing if all(is_within(proof, ends[0]) for proof in each.evidence)), None)
    return replace(report, verdict=told)


def _with_short_names(report: CrashReport) -> CrashReport:
    """The report with files called by as much of their paths as tells them apart; `inputs` keep theirs."""
    short = short_names([each.source for each in report.inputs])
    findings = tuple(_with_short_evidence(each, short) for each in report.findings)
    at = next((at for at, each in enumerate(report.findings) if each is report.verdict), None)
    return replace(
        report,
        crashes=tuple(replace(each, source=short.get(each.source, each.source)) for each in report.crashes),
        findings=findings,
        verdict=report.verdict if at is None else findings[at],
    )


def _with_short_evidence(finding: ReportedFinding, short: dict[str, str]) -> ReportedFinding:
    evidence = tuple(replace(each, source=short.get(each.source, each.source)) for each in finding.evidence)
    return replace(finding, finding=replace(finding.finding, evidence=evidence))


def short_names(sources: Sequence[str]) -> dict[str, str]:
    """Each path by as many of its last names as tell it from the others."""
    parts = {each: each.replace("\\", "/").split("/") for each in dict.fromkeys(sources)}
    short: dict[str, str] = {}
    for source, own in parts.items():
        depth = 1
        while depth < len(own) and sum(own[-depth:] == each[-depth:] for each in parts.values()) > 1:
            depth += 1
        short[source] = "/".join(own[-depth:]) or source
    return short


def is_within(evidence: Evidence, ends: SameEnds) -> bool:
    """True if the words stand among those of these crashes, so that who shows them need not show the words."""
    return any(
        evidence.source == each.source
        and (evidence.line is None or each.line <= evidence.line <= (each.last_line or each.line))
        for each in ends.all
    )


def headline(crash: Crash) -> str:
    """What happened, where no check has words for it."""
    who = f"{program(crash)} " if crash.program else "a Go program "
    if crash.kind is EndKind.HANG:
        why = f": {crash.explanations[0].summary}" if crash.explanations else ""
        return f"{who}hangs{why}"
    if crash.kind is EndKind.DUMP and crash.message.startswith("goroutine ") and crash.message.endswith(":"):
        return f"Goroutines of {who.strip()}, without the line that would say why they were printed"
    if crash.kind is EndKind.DUMP:
        return f"The goroutines of {who.strip()}, which somebody asked for; nothing has crashed"
    return f"{who}ended: {crash.message}"


def is_worth_reporting(crash: Crash) -> bool:
    """True for a defect of gopls that no release is known to have repaired."""
    is_defect = crash.kind in (EndKind.PANIC, EndKind.FATAL, EndKind.RACE)
    return is_defect and crash.is_gopls and bool(crash.signature) and not crash.known


def nothing_found(report: CrashReport) -> str:
    """What it means that the logs tell of no end and no fault."""
    if not report.inputs:
        return "Nothing was read"
    if all(not each.bytes for each in report.inputs):
        return "There is nothing in it. A program that is killed from outside prints nothing: see the kernel's log"
    return "Nothing was found: no crash, no kill and no fault that is known"


def program(crash: Crash) -> str:
    """Who ended: `gopls v0.16.1`; `a Go program` where nothing proves which."""
    name = crash.program or "a Go program"
    return f"{name} {crash.program_version}" if crash.program_version else name


def title(crash: Crash) -> str:
    """The kind of end with who ended, to stand above what is told of it: `panic of gopls v0.16.1`."""
    who = program(crash)
    if crash.kind is EndKind.KILLED:
        return f"{who if crash.program else 'a program'}, {_killed(crash)}"
    if crash.kind is EndKind.EXIT:
        code = "" if crash.exit_code is None else f" with code {crash.exit_code}"
        return f"{who if crash.program else 'a program'}, ended{code}"
    if crash.kind in (EndKind.SIGNAL, EndKind.OOM):
        return f"{who}, {KIND_WORDS[crash.kind]}"
    return f"{KIND_WORDS[crash.kind]} of {who}"


def _killed(crash: Crash) -> str:
    if crash.signal is not None and crash.signal.name == _WRITTEN_TO_NOBODY:
        return f"ended by {_WRITTEN_TO_NOBODY}"
    is_only_gone = crash.message.startswith(_ONLY_GONE) and crash.signal is None and crash.exit_code is None
    return "gone without a word" if is_only_gone else KIND_WORDS[EndKind.KILLED]


def elsewhere(all_ends: Sequence[SameEnds], sources: int) -> str:
    """`5 ends in 3 files: 4 × panic in golang.hover (v0.16.1, v0.17.0), 1 × killed from outside`; "" for only one."""
    dumps = [each for each in all_ends if each.first.kind is EndKind.DUMP]
    ends = [each for each in all_ends if each.first.kind is not EndKind.DUMP]
    count = sum(len(each.all) for each in ends)
    if count + len(dumps) < 2:
        return ""
    counts: Counter[str] = Counter()
    for each in ends:
        counts[one_line(each) + (f" ({', '.join(each.versions)})" if len(each.versions) > 1 else "")] += len(each.all)
    parts = [f"{number:,} × {words}" for words, number in list(counts.items())[:_ELSEWHERE_SHOWN]]
    more = sum(list(counts.values())[_ELSEWHERE_SHOWN:])
    if more:
        parts.append(f"{more:,} more")
    counted = [plural(count, "end")] if ends else []
    counted += [plural(len(dumps), "dump that was asked for", "dumps that were asked for")] if dumps else []
    where = f" in {sources:,} files" if sources > 1 else ""
    return f"{' and '.join(counted)}{where}" + (f": {', '.join(parts)}" if parts else "")


def one_line(ends: SameEnds) -> str:
    """A kind of end in a few words: `panic in golang.hover`, `killed from outside`."""
    crash = ends.first
    words = _killed(crash) if crash.kind is EndKind.KILLED else KIND_WORDS[crash.kind]
    if crash.kind in (EndKind.PANIC, EndKind.FATAL, EndKind.RACE, EndKind.SIGNAL) and crash.crashing:
        frames = telling_frames(crash.crashing.stack, 1)
        if frames:
            return f"{words} in {short_function(frames[0].function)}"
    if crash.kind is EndKind.EXIT and crash.exit_code is not None:
        return f"exit with code {crash.exit_code}"
    return words
