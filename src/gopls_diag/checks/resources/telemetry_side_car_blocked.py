"""gopls could not start its telemetry side-car."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"(?:failed to start telemetry sidecar|can't start telemetry child process)[^\n]{0,400}")


@check(
    "R14",
    Severity.INFO,
    why="Crashes of gopls are not counted, and something on this machine stops programs from being started.",
)
def telemetry_side_car_blocked(sayings: Sayings) -> Iterator[Finding]:
    """gopls could not start its telemetry side-car.

    What it means: gopls starts a copy of itself that counts crashes on this machine. Starting it failed: a security
    program, a container profile or a volume that is mounted noexec stops it, or there are too many processes.
    Why it matters: gopls itself goes on. But it also has to start go commands, and what stops one may stop the other.
    How to fix: Let gopls be executed where it lies, or switch counting off with `go telemetry off`.
    When to ignore: When everything else works.
    Source: golang/telemetry start.go (startChild).
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
        yield Finding(
            "gopls could not start its side-car, which counts crashes",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                advise("Allow the gopls binary to be executed in your security program"),
                run("go", "telemetry", "off", title="Or do without counting"),
            ),
        )
    sayings.need(Channel.STDERR, Channel.LOG)
