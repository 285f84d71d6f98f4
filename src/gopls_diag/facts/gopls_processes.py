"""The gopls processes of this user: what they are, whose they are, and how they fare.

The telemetry side-car (`gopls ** telemetry **`) is not counted: every gopls since v0.16 has one, and it is a copy of
the same program under the same name (golang/telemetry start.go; seen with gopls v0.23.0). Nor is the launcher of
`record install`, which is named gopls and only waits for the gopls that it started.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gopls_diag.facts.declare import fact
from gopls_diag.facts.launchers import is_launcher_program
from gopls_diag.model.gopls_process import (
    EditorProcess,
    EnvironmentDifference,
    GoplsProcess,
    GoplsProcesses,
    GoplsRole,
)
from gopls_diag.model.system import Process, ProcessDetails
from gopls_diag.parse.editor_process import editor_of
from gopls_diag.parse.gopls_command import is_gopls_name, role_of
from gopls_diag.world import FileMissing, World, WorldError

_DELETED = " (deleted)"
_CREDENTIALS_PATTERN = re.compile(r"://[^/@\s,|]+@")
_SHOWN_NAMES = frozenset(
    [
        "PATH",
        "HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "GO111MODULE",
        "GOARCH",
        "GOBIN",
        "GOCACHE",
        "GODEBUG",
        "GOENV",
        "GOEXPERIMENT",
        "GOFLAGS",
        "GOGC",
        "GOINSECURE",
        "GOMAXPROCS",
        "GOMEMLIMIT",
        "GOMODCACHE",
        "GONOPROXY",
        "GONOSUMDB",
        "GOOS",
        "GOPACKAGESDRIVER",
        "GOPATH",
        "GOPRIVATE",
        "GOPROXY",
        "GOROOT",
        "GOSUMDB",
        "GOTMPDIR",
        "GOTOOLCHAIN",
        "GOTRACEBACK",
        "GOVCS",
        "GOWORK",
        "CGO_ENABLED",
        "CC",
        "CXX",
    ]
)
"""Names that Go or gopls read. A list, not `GO*`: that would show GOOGLE_… and GOAUTH, which hold secrets."""
_PROBE_MARK = "GOPLS_DIAG_SESSION"
"""In the environment of every gopls that a probe of ours starts (world/lsp_watch.py): it is no editor's server."""
_ANCESTORS_LIMIT = 40
_PROCESSES_LIMIT = 64
_REPLACED_GRACE_SECONDS = 5.0


@fact(limit_seconds=15.0)
def gopls_processes(world: World) -> GoplsProcesses:
    """Every gopls of this user (of everybody, for root), by pid."""
    table = {each.pid: each for each in world.processes()}
    found: list[GoplsProcess] = []
    side_cars = 0
    launchers = frozenset(each.pid for each in table.values() if _is_launcher(world, each))
    for process in sorted(table.values(), key=lambda each: each.pid):
        if process.pid in launchers or not _is_gopls(process) or not _is_ours(world, process):
            continue
        role = role_of(process.command)
        if role is None:
            side_cars += 1
        elif process.status != "zombie" and len(found) < _PROCESSES_LIMIT:
            described = _describe(world, process, role, table, launchers)
            found.extend([described] if described else [])
    return GoplsProcesses(tuple(found), side_cars, tuple(sorted(launchers)))


def _is_launcher(world: World, process: Process) -> bool:
    """A program, or a script (which runs as its interpreter), of a launcher's folder."""
    words = (process.executable.removesuffix(_DELETED), *process.command[:3])
    names = ((each, _base(each)) for each in words if each)
    return any((is_gopls_name(n) or n == "launch.pyz") and is_launcher_program(world, each) for each, n in names)


def _is_gopls(process: Process) -> bool:
    if process.executable:
        # A script named gopls runs as its interpreter; what it starts is in the table by itself.
        return is_gopls_name(_base(process.executable))
    return is_gopls_name(process.name) or bool(process.command and is_gopls_name(_base(process.command[0])))


def _base(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _is_ours(world: World, process: Process) -> bool:
    if not process.user or world.machine.user_id == 0:
        return True
    return _base(process.user).lower() == world.machine.user.lower()


def _describe(
    world: World, process: Process, role: GoplsRole, table: Mapping[int, Process], launchers: frozenset[int]
) -> GoplsProcess | None:
    try:
        details = world.process(process.pid)
    except FileMissing:
        return None
    except WorldError:
        details = ProcessDetails(process.pid)
    if _PROBE_MARK in (details.environment or {}):
        return None
    ancestors = _ancestors(process, table)
    launcher = next((each.pid for each in ancestors[:1] if each.pid in launchers), None)
    ancestors = [each for each in ancestors if each.pid not in launchers]
    editor = _editor(ancestors)
    environment = _shown(details.environment or {})
    return GoplsProcess(
        pid=process.pid,
        parent_pid=process.parent_pid,
        role=role,
        command=process.command,
        executable=process.executable.removesuffix(_DELETED),
        is_replaced=_is_replaced(world, process),
        status=process.status,
        started_seconds=process.started_seconds,
        user=process.user,
        editor=editor,
        parents=tuple(each.name for each in ancestors),
        is_orphan=editor is None and role is not GoplsRole.DAEMON and _is_orphan(world, process, role, ancestors),
        folder=details.folder,
        resident_bytes=process.resident_bytes,
        peak_resident_bytes=details.peak_resident_bytes,
        cpu_seconds=details.cpu_seconds,
        open_files=details.open_files,
        limits=details.limits,
        cgroups=details.cgroups,
        environment=environment,
        differences=_differences(world, environment) if details.environment is not None else (),
        is_environment_known=details.environment is not None,
        launcher_pid=launcher,
    )


def _ancestors(process: Process, table: Mapping[int, Process]) -> list[Process]:
    """Parents, the nearest first; a parent younger than its child is another process with a reused pid (Windows)."""
    found: list[Process] = []
    here = process
    while len(found) < _ANCESTORS_LIMIT:
        parent = table.get(here.parent_pid)
        if parent is None or parent.pid == here.pid or parent.started_seconds > here.started_seconds + 1:
            break
        found.append(parent)
        here = parent
    return found


def _editor(ancestors: list[Process]) -> EditorProcess | None:
    for each in ancestors:
        named = editor_of(each.name, each.executable, each.command)
        if named:
            return EditorProcess(each.pid, *named)
    return None


def _is_orphan(world: World, process: Process, role: GoplsRole, ancestors: list[Process]) -> bool:
    """True if the process that started it has ended, so that the system's first process (or nobody) took it over.

    `gopls mcp -listen` serves addresses and needs no parent.
    """
    if role is GoplsRole.MCP and any(word.lstrip("-").startswith("listen") for word in process.command[1:]):
        return False
    if role is GoplsRole.OTHER:
        return False
    if not ancestors:
        return world.machine.os == "windows"
    parent = ancestors[0]
    if world.machine.os == "windows":
        return False
    return parent.pid == 1 or (parent.name == "systemd" and "--user" in parent.command)


def _is_replaced(world: World, process: Process) -> bool:
    """True if the file on the disk is no longer the program that runs. Linux marks it; elsewhere its age tells."""
    if not process.executable:
        return False
    if process.executable.endswith(_DELETED):
        return True
    if world.machine.os == "linux":
        return False
    try:
        seen = world.stat(process.executable)
    except WorldError:
        return False
    if seen is None:
        return True
    return 0 < process.started_seconds < seen.modified_seconds - _REPLACED_GRACE_SECONDS


def _shown(environment: Mapping[str, str]) -> dict[str, str]:
    names = {name.upper(): name for name in environment}
    return {
        upper: _CREDENTIALS_PATTERN.sub("://…@", environment[name])
        for upper, name in sorted(names.items())
        if upper in _SHOWN_NAMES or upper.startswith("GOPLS")
    }


def _differences(world: World, environment: Mapping[str, str]) -> tuple[EnvironmentDifference, ...]:
    shell = _shown(world.environment)
    return tuple(
        EnvironmentDifference(name, environment.get(name), shell.get(name))
        for name in sorted({*environment, *shell})
        if environment.get(name) != shell.get(name)
    )
