"""macOS's reports of the last days that name gopls: crashes and kills (.ips), and reports about memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.facts.declare import fact
from gopls_diag.model.kernel_log import is_gopls_name
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.macos_report import MacReport, MacReports
from gopls_diag.model.outcome import CannotTell, DoesNotApply, Unknown
from gopls_diag.parse.macos_report import parse_macos_report
from gopls_diag.world import World, WorldError

DAYS = 7
_REPORTS_LIMIT = 40
_REPORT_BYTES = 4 * 1024 * 1024


@fact(limit_seconds=15.0)
def macos_reports(world: World, readings: LogReadings | Unknown) -> MacReports:
    """Reports about gopls, newest first; those that the user gave come before those of this machine."""
    given = _given(readings)
    try:
        own = _own(world)
    except (CannotTell, DoesNotApply):
        if not given:
            raise
        return MacReports(given, (), world.now.timestamp())
    return replace(own, reports=given + own.reports)


def _given(readings: LogReadings | Unknown) -> tuple[MacReport, ...]:
    read = readings.all if isinstance(readings, LogReadings) else ()
    return tuple(report for each in read for report in each.mac_reports if is_gopls_name(report.process))


def _own(world: World) -> MacReports:
    if world.machine.os != "darwin":
        raise DoesNotApply("only macOS writes reports about processes that it ended")
    folders = (
        world.join(world.home, "Library", "Logs", "DiagnosticReports"),
        "/Library/Logs/DiagnosticReports",
    )
    found: list[tuple[float, str]] = []
    looked_in: list[str] = []
    for folder in folders:
        try:
            entries = world.list(folder)
        except WorldError:
            continue
        looked_in.append(folder)
        found += _candidates(world, folder, [each.name for each in entries])
    if not looked_in:
        raise CannotTell("no folder of diagnostic reports could be read")
    newest = sorted(found, reverse=True)[:_REPORTS_LIMIT]
    reports = [
        replace(each, written_seconds=written)
        for written, path in newest
        if (each := _read(world, path)) and is_gopls_name(each.process)
    ]
    return MacReports(tuple(reports), tuple(looked_in), world.now.timestamp())


def _candidates(world: World, folder: str, names: list[str]) -> Iterator[tuple[float, str]]:
    oldest = world.now.timestamp() - DAYS * 86400
    for name in names:
        # A report that is not yet sent may begin with a dot (golang/go#63997).
        plain = name.removeprefix(".")
        if not plain.endswith(".ips") or not plain.startswith(("gopls", "JetsamEvent")):
            continue
        path = world.join(folder, name)
        try:
            seen = world.stat(path)
        except WorldError:
            continue
        if seen and seen.modified_seconds >= oldest:
            yield seen.modified_seconds, path


def _read(world: World, path: str) -> MacReport | None:
    try:
        return parse_macos_report(world.read_text(path, limit_bytes=_REPORT_BYTES), path=path)
    except WorldError:
        return None
