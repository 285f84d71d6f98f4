"""The screen of `crash`: what happened, where, what else, what to do.

Written without rich, which costs 60 ms and 12 MB: as much as reading a dump of thousands of goroutines.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.model.crash import EndKind
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.finding import Remedy, RemedyKind, Severity
from gopls_diag.present.check_page import wrapped
from gopls_diag.present.crash_words import (
    KIND_WORDS,
    SameEnds,
    place,
    plural,
    program,
    same_ends,
    short_function,
    source_name,
    speaking_frame,
    states,
    telling_frames,
    waits,
)
from gopls_diag.present.wording import command_line, printable

_BUCKETS_SHOWN = 5
_ENDS_SHOWN = 3
_STYLES = {"bad": "1;31", "warn": "1;33", "note": "36", "bold": "1", "dim": "2", "good": "32"}


def render(report: CrashReport, *, width: int, with_colour: bool, is_verbose: bool, all_stacks: bool) -> str:
    """The report as text with a final newline."""
    screen = _Screen(width, with_colour=with_colour)
    for part in _parts(report, screen, is_verbose=is_verbose, all_stacks=all_stacks):
        screen.lines += part
    return printable("\n".join(screen.lines).strip("\n")) + "\n"


class _Screen:
    def __init__(self, width: int, *, with_colour: bool) -> None:
        self.width = width
        self.lines: list[str] = []
        self._with_colour = with_colour

    def style(self, name: str, words: str) -> str:
        return f"\x1b[{_STYLES[name]}m{words}\x1b[0m" if self._with_colour else words

    def wrap(self, words: str, indent: int = 4, first: int | None = None) -> list[str]:
        begin = " " * (indent if first is None else first)
        return wrapped(" ".join(words.split()), columns=self.width, indent=" " * indent, first=begin)


def _parts(report: CrashReport, screen: _Screen, *, is_verbose: bool, all_stacks: bool) -> Iterator[list[str]]:
    ends = same_ends(report.crashes)
    yield _headline(report, ends, screen)
    for each in ends if is_verbose else ends[:_ENDS_SHOWN]:
        yield ["", *_end(each, screen, all_stacks=all_stacks)]
    yield ["", *_others(report, ends, screen)]
    yield ["", *_remedies(report, screen)]
    yield ["", *_looked_at(report, screen)]


def _headline(report: CrashReport, ends: tuple[SameEnds, ...], screen: _Screen) -> list[str]:
    if report.verdict is not None:
        finding = report.verdict
        mark = "✗" if finding.severity is Severity.ERROR else "!"
        return [*screen.wrap(f"{mark} {finding.code} {finding.summary}", 2, 0), *screen.wrap(finding.why)]
    if ends and ends[0].first.kind is not EndKind.DUMP:
        first = ends[0].first
        return screen.wrap(f"✗ {program(first)}: {first.message}", 2, 0)
    if ends:
        return screen.wrap("A dump of goroutines that somebody asked for. Nothing in it has crashed.", 0)
    return screen.wrap("Nothing was found: no crash, no kill, nothing that is known to be wrong.", 0)


def _end(ends: SameEnds, screen: _Screen, *, all_stacks: bool) -> list[str]:
    crash = ends.first
    count = f"{len(ends.all)} × " if len(ends.all) > 1 else ""
    lines = screen.wrap(f"{count}{KIND_WORDS[crash.kind]} of {program(crash)}: {ends.places}", 2, 0)
    lines += screen.wrap(crash.message)
    frames = telling_frames(crash.crashing.stack) if crash.crashing else ()
    for at, frame in enumerate(frames):
        lines.append(f"    {'at' if at == 0 else '  '} {short_function(frame.function)}   {place(frame)}")
    if crash.buckets:
        lines += ["", f"    {plural(crash.goroutines, 'goroutine')} in {plural(len(crash.buckets), 'stack')}"]
        for bucket in crash.buckets if all_stacks else crash.buckets[:_BUCKETS_SHOWN]:
            frame = speaking_frame(bucket.stack)
            words = ", ".join(each for each in (states(bucket), waits(bucket)) if each)
            lines.append(f"    {bucket.count:>7,}  {words}   {short_function(frame.function) if frame else ''}")
    return lines


def _others(report: CrashReport, ends: tuple[SameEnds, ...], screen: _Screen) -> list[str]:
    lines: list[str] = []
    for finding in report.findings:
        if finding is not report.verdict and finding.explained_by is None:
            lines += screen.wrap(f"also {finding.code} {finding.summary}", 2, 0)
    return lines


def _remedies(report: CrashReport, screen: _Screen) -> list[str]:
    lines: list[str] = []
    for finding in report.findings:
        for remedy in finding.remedies[:3]:
            lines += _remedy(remedy, screen)
    return lines


def _remedy(remedy: Remedy, screen: _Screen) -> list[str]:
    if remedy.kind is RemedyKind.COMMAND:
        return [f"    fix   {command_line(remedy.command)}", *screen.wrap(remedy.title, 10)]
    words = f"{remedy.title} {remedy.link or ''}"
    lines = screen.wrap(words, 10)
    return ["    fix   " + lines[0].lstrip(), *lines[1:]]


def _looked_at(report: CrashReport, screen: _Screen) -> list[str]:
    lines: list[str] = []
    for each in report.inputs:
        words = f"{source_name(each.source)}: {plural(each.lines, 'line')} ({', '.join(each.formats) or 'plain'})"
        if each.not_understood:
            words += f", {each.not_understood:,} not understood"
        lines += screen.wrap(words, 2, 0)
    for each in report.skipped:
        lines += screen.wrap(f"skipped {source_name(each.source)}: {each.count} × {each.reason}", 2, 0)
    return lines
