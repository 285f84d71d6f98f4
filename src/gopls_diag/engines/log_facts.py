"""Facts of examinations that have nothing but logs: what the logs tell, and machines of which nothing is known.

Many checks judge a machine first, and what was said there where the machine shows nothing. They are given a machine
that shows nothing, and of what they find only that counts which a line of a log proves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Finding
from gopls_diag.model.log_reading import Crashes, LogReading, LogReadings
from gopls_diag.model.request import Request
from gopls_diag.model.saying import Channel, Sayings

LOG_FACTS = ("Sayings", "LogReadings", "Crashes", "KernelLog", "MacReports", "TelemetryCounters", "RecordedEnds")
"""Names of the facts that logs alone can give."""


def facts_of(readings: tuple[LogReading, ...], now_seconds: float) -> dict[type, Any]:
    """What the readings tell, as the facts that checks ask for; one that they do not tell of is missing."""
    sources = tuple(each.source for each in readings)
    given: dict[type, Any] = {
        LogReadings: LogReadings(readings),
        Crashes: Crashes(_once(readings)),
        Sayings: Sayings(
            tuple(saying for each in readings for saying in each.sayings),
            sources,
            frozenset().union(*(each.channels for each in readings)),
        ),
        Request: Request(folder="", logs=sources),
    }
    kernel = [each for each in readings if each.kernel_events or Channel.KERNEL in each.channels]
    if kernel:
        from gopls_diag.model.kernel_log import KernelLog  # noqa: PLC0415 - a dump has no need of these three

        named = tuple(each.source for each in kernel)
        events = tuple(event for each in kernel for event in each.kernel_events)
        given[KernelLog] = KernelLog(events, named, (), now_seconds, named)
    reports = tuple(report for each in readings for report in each.mac_reports)
    if reports:
        from gopls_diag.model.macos_report import MacReports  # noqa: PLC0415

        given[MacReports] = MacReports(reports, sources, now_seconds)
    counters = tuple(counter for each in readings for counter in each.counters)
    if counters:
        from gopls_diag.model.telemetry import TelemetryCounters  # noqa: PLC0415

        given[TelemetryCounters] = TelemetryCounters("", "local", counters, now_seconds)
    recorded = tuple(each.recorded for each in readings if each.recorded is not None)
    if recorded:
        from gopls_diag.model.recorded_end import RecordedEnds  # noqa: PLC0415

        given[RecordedEnds] = RecordedEnds(recorded)
    return given


def _once(readings: tuple[LogReading, ...]) -> tuple[Crash, ...]:
    """Every end; one that an incident and the kernel tell of stands there once, in the kernel's words."""
    kernel = "\n".join(each.message for one in readings if one.kernel_events for each in one.crashes)
    told = {
        each.source
        for each in (one.recorded for one in readings)
        if each and each.is_killed and f"Killed process {each.incident.start.gopls_pid} (" in kernel
    }
    crashes = (crash for each in readings for crash in each.crashes)
    return tuple(each for each in crashes if not (each.source in told and each.kind is EndKind.KILLED))


def silent_machine() -> Mapping[type, Any]:
    """Facts about a machine that show nothing, neither good nor bad."""
    # Imported on use: a dump of goroutines has no need of them, and loading them takes as long as reading it.
    from gopls_diag.model.go_folders import CgoTools, GoFolders  # noqa: PLC0415
    from gopls_diag.model.gopls import GoplsCommands  # noqa: PLC0415
    from gopls_diag.model.gopls_cache import GoplsCaches  # noqa: PLC0415
    from gopls_diag.model.packages_driver import PackagesDriver  # noqa: PLC0415
    from gopls_diag.model.toolchain import GoCommand, GoEnvironment  # noqa: PLC0415
    from gopls_diag.model.version import GoVersion  # noqa: PLC0415
    from gopls_diag.model.workspace import Workspace  # noqa: PLC0415

    return {
        CgoTools: CgoTools(),
        GoCommand: GoCommand("", GoVersion.parse(""), "", ()),
        GoEnvironment: GoEnvironment("", {}),
        GoFolders: GoFolders(),
        GoplsCaches: GoplsCaches(()),
        GoplsCommands: GoplsCommands((), ()),
        PackagesDriver: PackagesDriver(None),
        Workspace: Workspace("", is_folder=True, module=None, work=None, modules=()),
    }


def proved_by_logs(finding: Finding, sources: Collection[str]) -> bool:
    """True if lines of these logs, and nothing else, prove the finding."""
    return bool(finding.evidence) and all(each.source in sources for each in finding.evidence)
