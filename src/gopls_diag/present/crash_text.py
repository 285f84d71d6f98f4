"""The screen of `crash`: what happened, where, what else there was, what to do.

Written without rich, which costs 60 ms and 9 MB: as much as reading thousands of goroutines does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.finding import Confidence, Evidence, Remedy, RemedyKind, Severity, run
from gopls_diag.model.go_stack import Frame
from gopls_diag.model.outcome import NOT_SEEN, Crashed, Unknown
from gopls_diag.model.report import ReportedFinding
from gopls_diag.present.check_page import wrapped
from gopls_diag.present.crash_frames import (
    place,
    plural,
    purpose,
    request_served,
    short_function,
    states,
    telling_accesses,
    telling_buckets,
    telling_frames,
    waits,
)
from gopls_diag.present.crash_words import (
    SameEnds,
    as_told,
    elsewhere,
    ends_of,
    headline,
    is_within,
    is_worth_reporting,
    nothing_found,
    short_names,
    skipped_words,
    source_name,
    title,
)
from gopls_diag.present.wording import command_line, printable

_BUCKETS_SHOWN = 6
_ENDS_SHOWN = 2
_EVIDENCE_SHOWN = 2
_FINDINGS_SHOWN = 6
_FINDINGS_REPAIRED = 2
_STYLES = {"error": "1;31", "warning": "1;33", "info": "36", "bold": "1", "dim": "2", "fix": "32"}
_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


def render(report: CrashReport, *, width: int, with_colour: bool, is_verbose: bool, all_stacks: bool) -> str:
    """The report as text with a final newline.

    Args:
        report: what the logs came to.
        width: columns to wrap at.
        with_colour: write ANSI colours.
        is_verbose: also every kind of end, all proof, every input, and the checks that could not tell.
        all_stacks: every bucket of goroutines instead of the most telling ones.
    """
    screen = _Screen(width, with_colour=with_colour, is_verbose=is_verbose, all_stacks=all_stacks)
    report = as_told(report)
    ends = ends_of(report)
    parts = [
        _headline(report, ends, screen),
        *_ends(ends, screen, report.verdict.summary if report.verdict else headline(ends[0].first) if ends else ""),
        _more(report, ends, screen),
        _other_findings(report, ends, screen),
        _to_do(report, ends, screen),
        _looked_at(report, screen),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


class _Screen:
    """How wide and how bright the screen is, and how much may stand on it."""

    def __init__(self, width: int, *, with_colour: bool, is_verbose: bool, all_stacks: bool) -> None:
        self.width = width
        self.is_verbose = is_verbose
        self.all_stacks = all_stacks
        self._with_colour = with_colour

    def wrap(self, words: str, indent: int, first: str = "", style: str = "") -> list[str]:
        """Words of anybody's in lines that fit; `first` stands at the beginning of the first line."""
        words = " ".join(printable(words).split())
        lines = wrapped(words, columns=self.width, indent=" " * indent, first=first or " " * indent)
        return [self.style(style, each) for each in lines]

    def line(self, words: str, style: str = "") -> str:
        """One line that is never wrapped, since it is copied or a row of a table; what does not fit is cut."""
        words = printable(words).replace("\n", " ").rstrip()
        return self.style(style, words if len(words) <= self.width else words[: self.width - 1] + "…")

    def style(self, name: str, words: str) -> str:
        """The words in colour, if colour is wanted."""
        return f"\x1b[{_STYLES[name]}m{words}\x1b[0m" if self._with_colour and name else words


def _headline(report: CrashReport, ends: Sequence[SameEnds], screen: _Screen) -> list[str]:
    if report.verdict is not None:
        return [*_head(report.verdict, screen), *_proof(report.verdict, screen, ends)]
    if not ends:
        return screen.wrap(nothing_found(report), 2, "", "bold")
    if not report.has_ends and ends[0].first.kind is not EndKind.DUMP:
        return screen.wrap(f"Nothing about gopls was found, but {headline(ends[0].first)}", 2, "", "bold")
    is_dump = ends[0].first.kind is EndKind.DUMP
    return screen.wrap(headline(ends[0].first), 2, "" if is_dump else "✗ ", "bold" if is_dump else "error")


def _head(finding: ReportedFinding, screen: _Screen) -> list[str]:
    sure = "" if finding.confidence is Confidence.CERTAIN else f" ({finding.confidence.value})"
    style = finding.severity.value
    return screen.wrap(f"{finding.summary}{sure}", 2, f"{_MARKS[finding.severity]} {finding.code} ", style)


def _is_told(finding: ReportedFinding, ends: Sequence[SameEnds]) -> bool:
    """True if all that proves it stands among the words of crashes that are shown."""
    return all(any(is_within(each, end) for end in ends[:_ENDS_SHOWN]) for each in finding.evidence)


def _proof(finding: ReportedFinding, screen: _Screen, ends: Sequence[SameEnds]) -> list[str]:
    lines = screen.wrap(finding.why, 4) if finding.why else []
    # What the crash below says need not be said here.
    below = ends if screen.is_verbose else ends[:_ENDS_SHOWN]
    proof = [each for each in finding.evidence if not any(is_within(each, end) for end in below)]
    for each in proof if screen.is_verbose else proof[:_EVIDENCE_SHOWN]:
        lines += screen.wrap(_evidence(each), 4, style="dim")
    return lines


def _evidence(evidence: Evidence) -> str:
    where = source_name(evidence.source) + (f", line {evidence.line:,}" if evidence.line is not None else "")
    words = " ".join(evidence.text.split())
    return f"{words[:200]}   ({where})" if words else where


def _ends(ends: Sequence[SameEnds], screen: _Screen, said: str) -> Iterator[list[str]]:
    shown = ends if screen.is_verbose else ends[:_ENDS_SHOWN]
    for each in shown:
        yield _end(each, screen, said)


def _end(ends: SameEnds, screen: _Screen, said: str) -> list[str]:
    crash = ends.first
    times = f"{len(ends.all):,} × " if len(ends.all) > 1 else ""
    go = f" ({crash.go_version})" if crash.go_version else ""
    lines = screen.wrap(f"{times}{title(crash)}{go}: {ends.places}", 2, "", "bold")
    if crash.kind is not EndKind.DUMP or not crash.message.startswith("goroutine "):
        lines += screen.wrap(crash.message, 4)
    lines += _first_cause(crash, screen)
    lines += _frames(crash, screen)
    lines += _circumstances(crash, screen, said)
    return lines + _goroutines(crash, screen)


def _first_cause(crash: Crash, screen: _Screen) -> list[str]:
    """Of several panics, those behind the message: the last one is what the program ended with."""
    lines: list[str] = []
    for each in crash.chain[1:]:
        if not each.is_repanicked and each.text != crash.chain[0].text:
            lines += screen.wrap(f"then, while it was handled: {each.text}", 4)
    if crash.signal and crash.kind is not EndKind.KILLED and crash.signal.name not in crash.message:
        address = f" at address {crash.signal.address:#x}" if crash.signal.address is not None else ""
        lines += screen.wrap(f"{crash.signal.name}{address}", 4)
    return lines


def _frames(crash: Crash, screen: _Screen) -> list[str]:
    if crash.race:
        return _race(crash, screen)
    frames: tuple[Frame, ...] = telling_frames(crash.crashing.stack) if crash.crashing else ()
    if not frames:
        return []
    if screen.is_verbose and crash.crashing:
        frames = crash.crashing.stack.frames
    return _table([("at" if at == 0 else "", each) for at, each in enumerate(frames)], screen)


def _race(crash: Crash, screen: _Screen) -> list[str]:
    lines: list[str] = []
    for access in crash.race:
        lines += screen.wrap(access.title, 4)
        lines += _table([("", each) for each in telling_accesses(access.frames)], screen)
    return lines


def _table(rows: Sequence[tuple[str, Frame]], screen: _Screen) -> list[str]:
    """A row for each frame; where name and place do not fit into one line, the place stands below."""
    names = [short_function(each.function) or "?" for _, each in rows]
    places = [place(each) for _, each in rows]
    room = screen.width - 10
    fitting = [len(name) for name, where in zip(names, places, strict=True) if len(name) + len(where) <= room]
    width = min(max(fitting, default=0), room - max(map(len, places), default=0))
    lines: list[str] = []
    for (mark, _), name, where in zip(rows, names, places, strict=True):
        style = "bold" if mark else ""
        if len(name) + len(where) <= room:
            lines.append(screen.line(f"    {mark:<2}  {name:<{max(width, 0)}}  {where}", style))
        else:
            lines += [screen.line(f"    {mark:<2}  {name}", style), screen.line(f"          {where}", style)]
    return lines


def _circumstances(crash: Crash, screen: _Screen, said: str) -> list[str]:
    lines: list[str] = []
    request = request_served(crash.crashing.stack) if crash.crashing else ""
    if request:
        lines += screen.wrap(f"while gopls answered a request: {request}", 4)
    for known in crash.known:
        if known.issue not in said or screen.is_verbose:
            what = f": {known.title}" if known.title else ""
            lines += screen.wrap(f"known: {known.issue}, fixed in {known.fixed_in}{what}", 4)
    unsaid = [each for each in crash.explanations if each.summary not in said]
    for each in unsaid if screen.is_verbose else unsaid[:3]:
        lines += screen.wrap(each.summary if each.is_certain else f"{each.summary} (likely)", 8, "    why ")
    if crash.is_truncated and crash.truncation:
        lines += screen.wrap(f"cut off: {crash.truncation}", 4)
    if screen.is_verbose:
        lines += [line for each in crash.diagnostics for line in screen.wrap(each, 4, style="dim")]
        if crash.signature:
            lines += screen.wrap(f"signature {crash.signature}: {', '.join(crash.signature_parts)}", 4, style="dim")
    return lines


def _goroutines(crash: Crash, screen: _Screen) -> list[str]:
    if crash.goroutines < 2 or not crash.buckets:
        return []
    own = crash.crashing.id if crash.crashing else None
    buckets = [each for each in telling_buckets(crash) if screen.all_stacks or own is None or each.ids != (own,)]
    shown = buckets if screen.all_stacks else buckets[:_BUCKETS_SHOWN]
    words = f"{plural(crash.goroutines, 'goroutine')} in {plural(len(crash.buckets), 'stack')}"
    if crash.kind is EndKind.PANIC and not screen.all_stacks and not screen.is_verbose:
        # What the others did seldom matters.
        return [screen.line(f"    {words}: run with --all, or --html FILE", "dim")]
    hidden = len(buckets) - len(shown)
    lines = ["", screen.line(f"    {words}" + (f", the most telling {len(shown)}:" if hidden else ":"))]
    described = [", ".join(each for each in (states(bucket), waits(bucket)) if each) for bucket in shown]
    width = min(34, max(map(len, described), default=0))
    for bucket, description in zip(shown, described, strict=True):
        words = f"  {bucket.count:>6,}  {description:<{width}}  {purpose(bucket.stack)}"
        lines.append(screen.line(words, "" if screen.all_stacks else "dim"))
        if screen.all_stacks:
            lines += _table([("", each) for each in bucket.stack.frames], screen)
    return (
        [*lines, screen.line(f"          {hidden:,} more: run with --all, or --html FILE", "dim")] if hidden else lines
    )


def _more(report: CrashReport, ends: Sequence[SameEnds], screen: _Screen) -> list[str]:
    lines: list[str] = []
    words = elsewhere(ends, len({each.source for each in report.crashes}))
    said = " ".join(each.summary for each in report.findings).lower()
    names = short_names([each.source for each in report.inputs])
    if words:
        lines += screen.wrap(words, 2, "")
    for reading in report.inputs:
        for history in reading.collections:
            for each in history.explanations[:2]:
                if each.summary.lower() not in said:
                    lines += screen.wrap(f"memory: {each.summary}", 2, "")
        asked = [each for each in reading.requests.open if not each.is_from_server] if reading.requests else []
        if asked:
            listed = ", ".join(f"{each.method} (line {each.line:,})" for each in asked[-4:])
            where = f" in {names[reading.source]}" if len(names) > 1 else ""
            lines += screen.wrap(f"without an answer{where}: {listed}", 2, "")
    return lines


def _other_findings(report: CrashReport, ends: Sequence[SameEnds], screen: _Screen) -> list[str]:
    lines: list[str] = []
    others = _others(report, ends, screen)
    for finding in others if screen.is_verbose else others[:_FINDINGS_SHOWN]:
        lines += _head(finding, screen)
        if screen.is_verbose:
            lines += _proof(finding, screen, ends)
            lines += [line for each in finding.remedies for line in _remedy(each, screen, 4)]
    hidden = 0 if screen.is_verbose else len(others) - _FINDINGS_SHOWN
    return [*lines, screen.line(f"  and {plural(hidden, 'more finding')} (run with -v)")] if hidden > 0 else lines


def _others(report: CrashReport, ends: Sequence[SameEnds], screen: _Screen) -> list[ReportedFinding]:
    """What is told besides the verdict, the same words once: other first causes, and with -v all."""
    once = {(each.code, each.summary): each for each in reversed(report.findings)}
    rest = [each for each in report.findings if each is not report.verdict and once[each.code, each.summary] is each]
    if screen.is_verbose:
        return rest
    causes = [each for each in rest if not each.explained_by]
    return [each for each in causes if each.severity is not Severity.INFO or not _is_told(each, ends)]


def _to_do(report: CrashReport, ends: Sequence[SameEnds], screen: _Screen) -> list[str]:
    """What repairs the cause; of other findings, that which comes first. With -v those stand with their findings."""
    lines: list[str] = []
    chosen: list[Remedy] = []
    for finding in [each for each in (report.verdict,) if each] + _others(report, ends, screen)[:_FINDINGS_REPAIRED]:
        if finding is not report.verdict and (screen.is_verbose or finding.severity is Severity.INFO):
            continue
        room = len(finding.remedies) if screen.is_verbose else 3 if finding is report.verdict else 1
        known = [each.command or each.title for each in chosen]
        chosen += [each for each in finding.remedies[:room] if (each.command or each.title) not in known]
    for each in chosen:
        lines += _remedy(each, screen, 2)
    unknown = [each.first for each in ends if is_worth_reporting(each.first)]
    if unknown:
        command = ("gopls-diag", "crash", "--report", _full_name(unknown[0], report))
        words = "Report it, if the newest gopls does it too: prints title and body to paste"
        lines += _remedy(run(*command, title=words), screen, 2)
    return lines


def _full_name(crash: Crash, report: CrashReport) -> str:
    """The path of a crash's input, of which the screen shows the end."""
    return next((each.source for each in report.inputs if each.source.endswith(crash.source)), crash.source)


def _remedy(remedy: Remedy, screen: _Screen, indent: int) -> list[str]:
    mark = screen.style("fix", " " * indent + "fix   ")
    if remedy.kind is RemedyKind.COMMAND:
        # A command is copied, so it is neither wrapped nor cut.
        return [mark + printable(command_line(remedy.command)), *screen.wrap(remedy.title, indent + 6)]
    words = f"{remedy.title} {remedy.link or ''}".strip()
    first, *others = screen.wrap(words, indent + 6)
    return [mark + first.strip(), *others]


def _looked_at(report: CrashReport, screen: _Screen) -> list[str]:
    lines = [line for each in _read(report, screen) for line in screen.wrap(each, 2, "", "dim")]
    for each in report.skipped:
        lines += screen.wrap(f"Not read: {skipped_words(each)}", 2, "", "dim")
    if screen.is_verbose:
        for words in (*report.notes, *_not_told(report)):
            lines += screen.wrap(words, 2, "", "dim")
    return lines


def _not_told(report: CrashReport) -> Iterator[str]:
    """Checks that need another log, or the machine, in one line; those with words of their own by themselves."""
    codes = []
    for done in report.outcomes:
        match done.outcome:
            case Unknown(reason=reason, is_unheard=is_unheard):
                if is_unheard or reason == NOT_SEEN:
                    codes.append(done.declaration.code)
                else:
                    yield f"{done.declaration.code} could not tell: {reason}"
            case Crashed(reason):
                yield f"{done.declaration.code} failed in gopls-diag itself: {reason}"
    if codes:
        yield f"These logs do not tell of {', '.join(codes)} (gopls-diag explain CODE)"


def _read(report: CrashReport, screen: _Screen) -> Iterator[str]:
    if screen.is_verbose or len(report.inputs) == 1:
        for each in report.inputs:
            yield f"Read {source_name(each.source)}: {_amount(each.lines, each.not_understood, each.formats)}"
        return
    lines, strange = sum(each.lines for each in report.inputs), sum(each.not_understood for each in report.inputs)
    formats = tuple(dict.fromkeys(name for each in report.inputs for name in each.formats))
    if report.inputs:
        yield f"Read {plural(len(report.inputs), 'file')}: {_amount(lines, strange, formats)}"


def _amount(lines: int, not_understood: int, formats: Sequence[str]) -> str:
    words = plural(lines, "line")
    if formats:
        words += f" ({', '.join(formats)})"
    return words + (f", {not_understood:,} of them not understood" if not_understood else "")
