"""`record status`: what is installed where, whether editors use it, what it keeps, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.health.launcher_astray import launcher_astray
from gopls_diag.engines.record.installed import installations, names_launcher
from gopls_diag.facts.gather import Gatherer
from gopls_diag.facts.launchers import launcher_at
from gopls_diag.model.editor import Editors
from gopls_diag.model.gopls import GoplsBinary, GoplsChoice, GoplsCommands
from gopls_diag.model.gopls_process import GoplsProcesses, GoplsRole
from gopls_diag.model.installation import EditorUse, Installed, RecordStatus
from gopls_diag.model.launcher import Launcher, LauncherSettings
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoCommand
from gopls_diag.world import World
from gopls_diag.world.change_journal import ChangeJournal
from gopls_diag.world.launcher_store import (
    is_launcher_there,
    kept_bytes,
    kept_incidents,
    known_binary,
    live_sessions,
)
from gopls_diag.world.record_folders import RecordFolders


def record_status(
    world: World,
    request: Request,
    folders: RecordFolders,
    journal: ChangeJournal,
    record: RecordSettings,
    complaints: tuple[str, ...],
    record_file: str,
) -> RecordStatus:
    """The recorder as it stands, seen from a folder."""
    gatherer = Gatherer(world, request)
    gatherer.start([Editors, GoplsCommands, GoplsProcesses, GoCommand])
    commands, processes = gatherer.value(GoplsCommands), gatherer.value(GoplsProcesses)
    choices = commands.editors if isinstance(commands, GoplsCommands) else ()
    program = str(folders.launcher_program)
    launcher = launcher_at(world, program) if is_launcher_there(folders) else None
    uses = tuple(_uses(world, journal, choices, program, processes))
    settings = launcher.settings if launcher else None
    binary = next((each.binary for each in choices if each.launcher and each.binary), None)
    problems = list(_problems(commands, gatherer.value(GoCommand), launcher, uses, settings))
    return RecordStatus(
        launcher=program if launcher else "",
        is_script=launcher.is_script if launcher else False,
        settings=settings,
        gopls=launcher.gopls if launcher else "",
        gopls_version=_version(binary, settings),
        uses=uses,
        sources=tuple(_sources(settings, launcher)) if settings else (),
        sessions=live_sessions(folders),
        incidents=kept_incidents(folders),
        bytes=kept_bytes(folders),
        record=record,
        record_file=record_file,
        complaints=complaints,
        problems=tuple(problems),
    )


def _version(binary: GoplsBinary | None, settings: LauncherSettings | None) -> str:
    if binary and binary.version.text:
        return str(binary.version)
    return settings.binary.version if settings and settings.binary else ""


def _uses(
    world: World,
    journal: ChangeJournal,
    choices: tuple[GoplsChoice, ...],
    program: str,
    processes: GoplsProcesses | Unknown,
) -> Iterator[EditorUse]:
    """Editors whose settings name the launcher, for this folder or by the journal."""
    everything = processes.all if isinstance(processes, GoplsProcesses) else ()
    servers = [each for each in everything if each.role is not GoplsRole.OTHER]
    placed: dict[str, list[Installed]] = {}
    for place in installations(journal):
        if names_launcher(world, place):
            placed.setdefault(place.editor, []).append(place)
    found = {each.asker for each in choices}
    named = {each.asker for each in choices if each.launcher and each.launcher.path == program}
    labels = {each.asker: each.label for each in choices} | {name: each[0].label for name, each in placed.items()}
    for editor, label in labels.items():
        own = [each for each in servers if each.editor is not None and each.editor.name == editor]
        under = sum(each.launcher_pid is not None for each in own)
        is_effective = editor in named if editor in found else None
        if editor not in placed and not is_effective and not under:
            continue
        first, *others = [each.file for each in placed.get(editor, ())] or [""]
        yield EditorUse(
            editor, label, first, bool(first) or is_effective is True, is_effective, under, len(own) - under
        )
        for file in others:
            yield EditorUse(editor, label, file, True, is_effective)


def _sources(settings: LauncherSettings, launcher: Launcher | None) -> Iterator[tuple[str, bool, str]]:
    is_same = _is_same_binary(settings, launcher)
    changed = "gopls was changed since it was asked for its flags: the next session asks it again"
    has_otel = settings.binary is not None and settings.binary.has_otel
    unknown = "what is started is no gopls itself, so its flags are not known"
    yield "process", True, ""
    yield "standard error", True, ""
    if not settings.otel:
        yield "otel", False, "switched off"
    elif not has_otel:
        old = f"{settings.binary.version} does not take -otel (v0.22.0 and newer do)" if settings.binary else unknown
        yield "otel", False, old
    else:
        yield "otel", is_same, "" if is_same else changed
    yield (
        "debug",
        settings.debug and is_same,
        (changed if settings.binary else unknown) if settings.debug and not is_same else _why_debug(settings),
    )
    yield "gctrace", settings.gctrace, "" if settings.gctrace else "only when asked for (--gctrace)"
    yield "rpc trace", settings.rpc_trace, "" if settings.rpc_trace else "only when asked for (--rpc-trace)"


def _why_debug(settings: LauncherSettings) -> str:
    if settings.debug_choice != "auto":
        return "" if settings.debug else "switched off"
    if settings.debug_until:
        return f"they were missed: on until {settings.debug_until}"
    return "" if settings.debug else "on for a day after trouble (--debug-pages always: a tenth of gopls's time)"


def _is_same_binary(settings: LauncherSettings, launcher: Launcher | None) -> bool:
    known = settings.binary
    if known is None or launcher is None or not launcher.gopls:
        return False
    return known == known_binary(launcher.gopls, known.version, has_otel=known.has_otel)


def _problems(
    commands: GoplsCommands | Unknown,
    go: GoCommand | Unknown,
    launcher: Launcher | None,
    uses: tuple[EditorUse, ...],
    settings: LauncherSettings | None,
) -> Iterator[str]:
    if isinstance(commands, GoplsCommands):
        for finding in launcher_astray(commands, go):
            yield f"{finding.summary}: gopls-diag record install makes it anew"
    if launcher is not None and not launcher.gopls and not any(use.is_effective for use in uses):
        yield "the launcher finds no gopls to start: install one, or gopls-diag record uninstall"
    for use in uses:
        if use.is_named and launcher is None:
            yield f"{use.label} is told to start a launcher that is gone: gopls-diag record install makes it anew"
        elif use.is_named and use.is_effective is None:
            yield f"{use.file} names the launcher, but {use.label} was not seen here: what it starts is not known"
        elif use.is_named and not use.is_effective:
            yield f"{use.file or use.label} names the launcher, but for this folder {use.label} starts another gopls"
        if use.running_bare:
            noun = "gopls of" if use.running_bare == 1 else "gopls processes of"
            yield f"{use.running_bare} {noun} {use.label} run without the launcher: reload its windows"
    if launcher is not None and not any(use.is_named for use in uses):
        yield "no editor that is known here is told to start the launcher"
    if settings is not None and not settings.recorder:
        yield "launcher.json names no recorder, so only ends and last words are kept: gopls-diag record install"
