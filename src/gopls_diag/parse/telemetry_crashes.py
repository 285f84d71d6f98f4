"""Ends of programs that only a counter remembers, and the bugs that gopls stored.

The side-car of golang.org/x/telemetry/internal/crashmonitor counts each traceback under the stack of its first running
goroutine, without the words before it: whether it was a panic, a fatal error or a signal is not written down. The stack
tells, though: a panic is below `runtime.gopanic` or `runtime.sigpanic`, a fatal error below `runtime.throw` or
`runtime.fatal`, and a signal from outside finds a goroutine in whatever it was doing. Counters without a stack
(`crash/no-running-goroutine`, `crash/malformed`) prove an end but not which: they stay counters.

Stored bugs are failed assertions of a gopls that went on (golang/tools gopls/internal/util/bug): never an end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.model.telemetry import Counter, CounterFile, CounterFrame
from gopls_diag.model.version import GoplsVersion, GoVersion
from gopls_diag.parse.go_crash.origin import origin_frame, top_frame
from gopls_diag.parse.go_crash.stack import parse_stack

_CRASH = "crash/crash"
_PANICS = ("runtime.gopanic", "runtime.sigpanic", "runtime.panicmem", "panic")
_THROWS = ("runtime.throw", "runtime.fatal", "runtime.fatalthrow", "internal/runtime/maps.fatal", "sync.fatal")
_RELEASE_PATTERN = re.compile(r"^v\d[\w.+-]{1,80}$")
_CRASHES_LIMIT = 1000


def crashes_of_counters(files: Iterable[CounterFile], *, source: str) -> tuple[Crash, ...]:
    """One end for each crash counter that carries a stack, however often it was counted."""
    found = [_crash(file, counter, source) for file in files for counter in file.crashes if counter.name == _CRASH]
    return tuple(each for each in found if each.crashing and each.crashing.stack.frames)[:_CRASHES_LIMIT]


def _crash(file: CounterFile, counter: Counter, source: str) -> Crash:
    frames = tuple(_frame(each) for each in counter.stack)
    program = file.program.rsplit("/", 1)[-1]
    release, go = str(file.version), str(file.go_version)
    first = Goroutine(0, "running", Stack(frames))
    said = f"counted {counter.count} times in the week that began {file.began or 'at an unknown time'}"
    return Crash(
        source,
        1,
        _kind(frames),
        counter.name,
        last_line=1,
        program="go" if file.program == "cmd/go" else program,
        program_version=release if _RELEASE_PATTERN.match(release) else "",
        go_version=go if go.startswith("go1") else "",
        exit_code=2,
        diagnostics=(said,),
        is_truncated=counter.is_truncated,
        truncation="the stack did not fit into the counter's name" if counter.is_truncated else "",
        crashing=first,
        first=first,
        top_frame=top_frame(frames),
        origin_frame=origin_frame(frames),
    )


def _frame(row: CounterFrame) -> Frame:
    """A line counted from the start of the function is none of the file."""
    line = row.line[1:] if row.line.startswith("=") else ""
    return Frame(row.function, line=int(line) if line.isascii() and line.isdigit() else None)


def _kind(frames: tuple[Frame, ...]) -> EndKind:
    names = {each.function for each in frames}
    if not names.isdisjoint(_THROWS):
        return EndKind.FATAL
    is_panic = not names.isdisjoint(_PANICS) or any(each.startswith("runtime.goPanic") for each in names)
    return EndKind.PANIC if is_panic else EndKind.SIGNAL


def parse_stored_bugs(text: str, *, path: str) -> CounterFile | None:
    """The bug reports in what `gopls stats` prints, as counters; None if it is no such output.

    Each becomes a counter `gopls/bug` with the stack that was stored, so that those who judge counters judge it too.
    """
    try:
        stats = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(stats, dict) or "GoplsVersion" not in stats or "BugReports" not in stats:
        return None
    reports = stats["BugReports"]
    bugs = [_bug(each) for each in (reports if isinstance(reports, list) else [])]
    return CounterFile(
        path=path,
        program="golang.org/x/tools/gopls",
        version=GoplsVersion.parse(_words(stats.get("GoplsVersion"))),
        go_version=GoVersion.parse(_words(stats.get("GoVersion"))),
        os=_words(stats.get("GOOS")),
        architecture=_words(stats.get("GOARCH")),
        began="",
        ended="",
        counters=tuple(each for each in bugs if each is not None),
    )


def _bug(report: Any) -> Counter | None:
    if isinstance(report, str):
        return Counter("gopls/bug", 1, _stack(report))
    if not isinstance(report, dict):
        return None
    frames = _stack(_words(report.get("Stack"), 100_000))
    if not frames and report.get("File"):
        frames = (CounterFrame(_words(report["File"]), f"={_words(report.get('Line'))}"),)
    return Counter("gopls/bug", 1, frames)


def _stack(text: str) -> tuple[CounterFrame, ...]:
    lines = [each for each in text.split("\n") if not each.startswith("goroutine ")]
    return tuple(CounterFrame(each.function, f"={each.line or ''}") for each in parse_stack(lines).stack.frames)


def _words(value: Any, limit: int = 300) -> str:
    return str(value)[:limit] if isinstance(value, str | int) and not isinstance(value, bool) else ""
