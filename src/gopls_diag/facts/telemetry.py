"""What gopls has counted about itself on this machine: crashes and failed assertions above all.

golang.org/x/telemetry keeps it below os.UserConfigDir()/go/telemetry: `mode`, `local/*.v1.count` (the running week),
`local/local.DATE.json` (weeks that ended); a crash report that its side-car could not read goes to `$TMPDIR/*.crash`
(internal/crashmonitor/monitor.go), and all of them to debug/sidecar.log if that folder was made (start.go).
"""

from __future__ import annotations

import re

from gopls_diag.facts.declare import fact
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.system import FileKind
from gopls_diag.model.telemetry import CounterFile, CrashReportFile, TelemetryCounters
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.parse.telemetry_counters import COUNTER_FILE_LIMIT_BYTES, parse_counter_file, parse_weekly_report
from gopls_diag.world import World, WorldError

_FILES = 40
_CRASH_FILES = 10
_CRASH_HEAD_BYTES = 64 * 1024
_SENTINEL_PATTERN = re.compile(r"(?:^|\n)sentinel [0-9a-f]{1,16}\n([^\n]{0,300})")
_GOPLS_FRAME = "golang.org/x/tools/gopls/"


@fact(limit_seconds=20)
def telemetry_counters(world: World, environment: GoEnvironment | Unknown) -> TelemetryCounters:
    """The mode, gopls's counter files, and crash reports that were kept as files."""
    values = environment.values if isinstance(environment, GoEnvironment) else {}
    folder = values.get("GOTELEMETRYDIR") or _default_folder(world)
    found: list[CounterFile] = []
    mode = "local"
    if folder:
        mode = _mode(world, folder)
        found = _counter_files(world, world.join(folder, "local"))
    found.sort(key=lambda each: each.began, reverse=True)
    sidecar = _report(world, world.join(folder, "debug", "sidecar.log")) if folder else None
    return TelemetryCounters(
        folder=folder,
        mode=mode,
        files=tuple(found),
        looked_seconds=world.now.timestamp(),
        crash_files=tuple(_crash_files(world)),
        sidecar_log=sidecar,
        has_debug_folder=bool(folder) and world.is_folder(world.join(folder, "debug")),
    )


def _default_folder(world: World) -> str:
    own = world.environment
    if world.machine.os == "windows":
        config = own.get("APPDATA", "")
    elif world.machine.os == "darwin":
        config = world.join(world.home, "Library", "Application Support") if world.home else ""
    else:
        config = own.get("XDG_CONFIG_HOME") or (world.join(world.home, ".config") if world.home else "")
    return world.join(config, "go", "telemetry") if config else ""


def _mode(world: World, folder: str) -> str:
    try:
        words = world.read_text(world.join(folder, "mode"), limit_bytes=200).split()
    except WorldError:
        return "local"
    return words[0] if words else "local"


def _counter_files(world: World, folder: str) -> list[CounterFile]:
    try:
        names = [each.name for each in world.list(folder) if each.kind is FileKind.FILE]
    except WorldError:
        return []
    found: list[CounterFile] = []
    current = [each for each in names if each.startswith("gopls@") and each.endswith(".v1.count")]
    weekly = [each for each in names if each.startswith("local.") and each.endswith(".json")]
    for name in sorted(current, key=_date)[-_FILES:]:
        path = world.join(folder, name)
        try:
            found.append(parse_counter_file(world.read_bytes(path, limit_bytes=COUNTER_FILE_LIMIT_BYTES), path=path))
        except WorldError as reason:
            found.append(parse_counter_file(b"", path=path, problem=str(reason)))
    for name in sorted(weekly)[-_FILES:]:
        path = world.join(folder, name)
        try:
            text = world.read_text(path, limit_bytes=COUNTER_FILE_LIMIT_BYTES)
        except WorldError:
            continue
        found += [each for each in parse_weekly_report(text, path=path) if each.program == GOPLS_PACKAGE]
    return found


def _date(name: str) -> str:
    return name.removesuffix(".v1.count")[-len("2026-11-22") :]


def _crash_files(world: World) -> list[CrashReportFile]:
    folder = world.machine.temporary_folder
    try:
        names = [
            each.name for each in world.list(folder) if each.kind is FileKind.FILE and each.name.endswith(".crash")
        ]
    except WorldError:
        return []
    reports = [_report(world, world.join(folder, each)) for each in names[: _CRASH_FILES * 5]]
    kept = [each for each in reports if each]
    kept.sort(key=lambda each: each.modified_seconds, reverse=True)
    return kept[:_CRASH_FILES]


def _report(world: World, path: str) -> CrashReportFile | None:
    """The report in that file; None when it holds none."""
    try:
        head = world.read_text(path, limit_bytes=_CRASH_HEAD_BYTES)
        seen = world.stat(path)
    except WorldError:
        return None
    found = _SENTINEL_PATTERN.search(head)
    if not found or not seen:
        return None
    return CrashReportFile(path, seen.size_bytes, seen.modified_seconds, found[1].strip(), _GOPLS_FRAME in head)
