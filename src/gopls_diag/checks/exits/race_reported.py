"""The race detector reported a data race."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import need_standard_error, short
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings


@check(
    "X28",
    Severity.WARNING,
    why="Two goroutines used the same memory with nothing to order them: results are by chance.",
)
def race_reported(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """The race detector reported a data race.

    What it means: A program built with -race saw two accesses to one address, at least one of them a write, that
    nothing orders.
    Why it matters: What the program does is by chance, up to crashes in innocent places.
    How to fix: Guard the memory with a lock, or hand it over through a channel. In gopls: report it.
    When to ignore: Not at all: the detector has no false alarms about the accesses that it saw.
    Source: go.dev/doc/articles/race_detector; LLVM compiler-rt lib/tsan/rtl/tsan_report.cpp (the Go part).
    """
    alike: dict[str, list[Crash]] = {}
    for crash in crashes.all:
        if crash.kind is EndKind.RACE and not crash.message.startswith(_RACES):
            yield Finding(
                f"The race detector gave up: {crash.message[:200]}",
                evidence=(Evidence(crash.source, crash.message[:400], crash.line),),
                remedies=(advise("Run the program without -race, or with more memory"),),
                why="It is a limit of the detector, and no race.",
            )
        elif crash.kind is EndKind.RACE:
            alike.setdefault(crash.signature or str(crash.line), []).append(crash)
    for ends in alike.values():
        first = ends[0]
        between = " and ".join(dict.fromkeys(_places(first)))
        count = f" ({len(ends)} reports)" if len(ends) > 1 else ""
        yield Finding(
            f"A data race{' between ' + between if between else ''} was reported{count}",
            evidence=tuple(
                Evidence(
                    first.source, f"{each.title}: {each.frames[0].function if each.frames else 'no stack'}", first.line
                )
                for each in first.race[:4]
            ),
            remedies=(advise("Guard that memory with a lock, or hand it over through a channel"),),
        )
    need_standard_error(crashes, sayings)


_RACES = ("WARNING: ", "race: limit on ")


def _places(crash: Crash) -> Iterator[str]:
    for access in crash.race:
        own = [each for each in access.frames if not each.function.startswith(("runtime.", "internal/runtime/"))]
        if own and " at 0x" in access.title:
            yield short(own[0].function)
