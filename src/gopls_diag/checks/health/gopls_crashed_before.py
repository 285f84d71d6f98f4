"""gopls crashed on this machine, though no log of it may be left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.outcome import CannotTell, DoesNotApply, Unknown
from gopls_diag.model.telemetry import Counter, CounterFile, TelemetryCounters

_IDLE = "crash/no-running-goroutine"
"""What a fatal signal to an idle gopls counts as, be it SIGSEGV or the SIGQUIT of somebody who wanted a dump."""
_RUNTIME = ("runtime.", "internal/runtime/", "internal/sync.", "sync.")
_RECENT = timedelta(days=14)
_STACKS = 3
_FRAMES = 8


@check(
    "H07",
    Severity.WARNING,
    why="Each crash takes completion away for a while; after the fifth VS Code does not start gopls again.",
)
def gopls_crashed_before(counters: TelemetryCounters, commands: GoplsCommands | Unknown) -> Iterator[Finding]:
    """gopls crashed on this machine, though no log of it may be left.

    What it means: Every gopls has a side-car that reads its last words. When it crashes, the side-car adds one to a
    counter whose name is the stack of the crash, in a file on this machine. So crashes are known even where the
    editor kept no log. Being killed (out of memory, kill -9) leaves no such trace.
    Why it matters: A crash is a defect of gopls, as a rule one that was reported and repaired in a later version.
    How to fix: Upgrade gopls. If it goes on, search the functions of the stack among gopls's issues, or report it.
    Make the folder `debug` beside `local`: the side-car then keeps the whole report of the next crash in it.
    When to ignore: When somebody ended gopls with a signal on purpose: that counts as a crash too.
    Source: golang/telemetry internal/crashmonitor/monitor.go and start.go; seen with gopls v0.23.0
    and Go 1.27.3 on Linux.
    """
    by_build: dict[tuple[str, str], list[CounterFile]] = defaultdict(list)
    for file in counters.files:
        if file.crashes:
            by_build[str(file.version), file.go_version.name].append(file)
    installed = {str(each.version) for each in commands.all} if isinstance(commands, GoplsCommands) else set()
    now = datetime.fromtimestamp(counters.looked_seconds, UTC)
    for (version, go_version), files in by_build.items():
        crashes = [(file, each) for file in files for each in file.crashes]
        # A crash with a stack tells more than any number of those without.
        crashes.sort(key=lambda each: (not each[1].stack, -each[1].count))
        count = sum(each.count for _, each in crashes)
        is_old = max(_day(file.ended or file.began) for file in files) < now - _RECENT
        is_gone = bool(installed) and version not in installed and files[0].version.is_known
        times = "once" if count == 1 else f"{count} times"
        began = min((file.began for file in files if file.began), default="")[:10]
        # A weekly report only tells the day on which its week ended.
        since = f"since {began}" if began else f"in the week to {max(file.ended for file in files)[:10]}"
        yield Finding(
            f"gopls {version} ({go_version}) crashed {times} on this machine {since}, {_place(crashes[0][1])}",
            evidence=tuple(Evidence(file.path, _words(each)) for file, each in crashes[:_STACKS]),
            remedies=tuple(_remedies(counters, is_gone=is_gone)),
            severity=Severity.INFO if is_old or is_gone else None,
            confidence=Confidence.CERTAIN if crashes[0][1].stack else Confidence.LIKELY,
            why="It was another gopls than those that are installed now." if is_gone else None,
        )
    damaged = next((each for each in counters.files if each.not_understood), None)
    if damaged:
        raise CannotTell(f"{damaged.path} could not be read: {damaged.not_understood}")
    if counters.mode == "off":
        raise DoesNotApply("go telemetry is off, so gopls counts no crashes")


def _place(counter: Counter) -> str:
    """Where or how it ended: the innermost function that is not the runtime's."""
    if counter.name == "crash/malformed":
        return "in a place that its side-car could not read"
    if counter.name == _IDLE:
        return "by a fatal signal while it was idle"
    own = next((each for each in counter.stack if not each.function.startswith(_RUNTIME)), None)
    if own is None:
        return "in the Go runtime (a signal from outside, or damaged memory)"
    return f"in {own.function}"


def _words(counter: Counter) -> str:
    frames = [f"{each.function}:{each.line}" for each in counter.stack[:_FRAMES]]
    more = len(counter.stack) - len(frames)
    stack = " < ".join(frames) + (f" < {more} more" if more > 0 else "")
    return f"{counter.count} × {counter.name}" + (f": {stack}" if stack else "")


def _day(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _remedies(counters: TelemetryCounters, *, is_gone: bool) -> Iterator[Remedy]:
    if not is_gone:
        # Who has another version by now has done this.
        yield run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls")
    if counters.sidecar_log:
        yield run("gopls-diag", "crash", counters.sidecar_log.path, title="Read the whole report of the crash")
    elif counters.folder and not counters.has_debug_folder:
        yield advise(f"Make the folder debug in {counters.folder}: the next crash then leaves its whole report there")
