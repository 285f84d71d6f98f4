"""`record install`: which gopls an editor starts, and what is to be changed so that it starts the launcher instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gopls_diag.edit.readable import problem_of
from gopls_diag.engines.fix.planning import file_changes
from gopls_diag.engines.record.debug_pages_choice import debug_at_first
from gopls_diag.engines.record.editor_places import CommandPlace, bare_editor, known_editors, place_by_hand, place_of
from gopls_diag.engines.record.installed import (
    about_install,
    entry_put_back,
    installations,
    names_launcher,
    value_at,
)
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.facts.gather import Gatherer
from gopls_diag.facts.vscode_products import PRODUCTS
from gopls_diag.model.change import CannotChange, CannotEdit, FileChange, KeptChange
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.gopls import GoplsBinary, GoplsChoice, GoplsCommands
from gopls_diag.model.gopls_api import GoplsFlags
from gopls_diag.model.installation import CannotInstall, Installed, InstallPlan
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.request import Request
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world import World, WorldError
from gopls_diag.world.change_journal import ChangeJournal
from gopls_diag.world.launcher_store import known_binary, read_launcher_settings
from gopls_diag.world.overlay import OverlayWorld
from gopls_diag.world.record_folders import RecordFolders

FIRST_WITH_OTEL = "v0.22.0"


@dataclass(frozen=True, slots=True)
class InstallOrder:
    """What the user asked for."""

    request: Request
    record: RecordSettings
    """record.toml, with what the command line says over it."""
    recorder: tuple[str, ...]
    """The recorder's command, without the session's folder."""
    is_for_folder: bool = False
    """The folder's own settings are changed, not the user's."""
    gopls: str = ""
    """The gopls to start; empty: the one that the editor starts now."""


def plan_install(
    look: Callable[[], World], order: InstallOrder, folders: RecordFolders, journal: ChangeJournal
) -> InstallPlan:
    """What is to be done; nothing is changed.

    Args:
        look: gives a world that sees this moment.
        order: what the user asked for.
        folders: the recorder's.
        journal: of changes.

    Raises:
        CannotInstall: there is no editor, no gopls, or another editor's launcher starts another gopls.
    """
    world = OverlayWorld(look())
    launcher = str(folders.launcher_program)
    editor = _editor(world, order.request)
    if editor is None:
        place = place_by_hand(order.request.editor or "", launcher)
        if place is None:
            raise _no_editor(order.request.editor)
    else:
        request = order.request
        place = place_of(world, editor, request.folder, launcher, is_for_folder=order.is_for_folder)
    was, had = value_at(world, place.file, place.key) if place.key else (None, False)
    old = next((p for p in installations(journal) if (p.file, p.key) == (place.file, place.key)), None)
    if was == launcher and old is not None:
        was, had = old.was, old.had
    binary, facts = _gopls(world, order, editor, place, old)
    _refuse_another(world, order, folders, journal, place, binary.path)
    try:
        changes = file_changes(world, place.edits(launcher))
    except (CannotEdit, WorldError) as problem:
        raise CannotInstall(
            f"{place.file} was not changed: {problem}", "Repair that file, and install again."
        ) from None
    return InstallPlan(
        editor=place.editor,
        label=place.label,
        gopls=binary.path,
        gopls_version=str(binary.version),
        launcher=launcher,
        settings=_settings(order, folders, binary, facts),
        file=place.file,
        key=place.key,
        changes=changes,
        was=None if was == launcher else was,
        had=had and was != launcher,
        lines=place.lines,
        example=place.example,
        is_editors_own=not order.gopls and _is_choice(facts, editor, binary),
        notes=tuple(_notes(world, order, editor, place, changes)),
    )


def _editor(world: World, request: Request) -> EditorSetup | None:
    editors = _gathered(world, request).value(Editors)
    found = editor_in_question(editors, request) if isinstance(editors, Editors) else None
    return found or (bare_editor(world, request.editor, request.folder) if request.editor else None)


def _gathered(world: World, request: Request) -> Gatherer:
    gatherer = Gatherer(world, request)
    gatherer.start([Editors, GoplsCommands, GoplsFlags])
    return gatherer


def _no_editor(wanted: str | None) -> CannotInstall:
    names = ", ".join((*(each.name for each in PRODUCTS[:6]), *known_editors()))
    if wanted is None:
        return CannotInstall("no editor that is set up for Go was found", f"Name yours with --editor: {names}.")
    return CannotInstall(f"no editor called {wanted} is known", f"These are: {names}, and others of VS Code's family.")


def _gopls(
    world: OverlayWorld, order: InstallOrder, editor: EditorSetup | None, place: CommandPlace, old: Installed | None
) -> tuple[GoplsBinary, Gatherer]:
    """The gopls that the editor would start if the launcher had never been."""
    planned: dict[str, bytes | None] = {}
    if old is not None and names_launcher(world, old):
        try:
            planned = {old.file: entry_put_back(world, old)[1]}
        except (CannotEdit, WorldError):
            planned = {}
    gathered = _gathered(world.over(planned), order.request)
    commands = gathered.value(GoplsCommands)
    if not isinstance(commands, GoplsCommands):
        raise CannotInstall(f"gopls could not be looked for: {commands.reason}", "Run 'gopls-diag doctor'.")
    if order.gopls:
        return _named(world, order.gopls), gathered
    choice = commands.used(editor.name) if editor else None
    binary = choice.binary if choice else commands.in_shell or (commands.all[0] if commands.all else None)
    if binary is None:
        where = f" where {choice.label} looks" if choice else ""
        raise CannotInstall(
            f"there is no gopls{where}, so there is nothing to record",
            "Install it: go install golang.org/x/tools/gopls@latest. Or name one with --gopls.",
        )
    if binary.problem:
        raise CannotInstall(
            f"{binary.path}, which {place.label} starts, does not work: {binary.problem}",
            "Run 'gopls-diag doctor', or name another with --gopls.",
        )
    return binary, gathered


def _is_choice(gathered: Gatherer, editor: EditorSetup | None, binary: GoplsBinary) -> bool:
    commands = gathered.value(GoplsCommands)
    choice = commands.used(editor.name) if editor and isinstance(commands, GoplsCommands) else None
    return choice is not None and choice.binary == binary


def _named(world: World, path: str) -> GoplsBinary:
    from gopls_diag.facts.gopls_binary import inspect_gopls  # noqa: PLC0415 - seldom wanted
    from gopls_diag.facts.launchers import launcher_at  # noqa: PLC0415

    try:
        resolved = world.resolve(path).path
    except WorldError:
        resolved = path
    if launcher_at(world, path, resolved) is not None:
        raise CannotInstall(f"{path} is the launcher itself", "Name the gopls that it shall start.")
    binary = inspect_gopls(world, path, resolved)
    if binary.problem:
        raise CannotInstall(f"{path} does not work as gopls: {binary.problem}", "Name another.")
    return binary


def _refuse_another(
    world: World, order: InstallOrder, folders: RecordFolders, journal: ChangeJournal, place: CommandPlace, gopls: str
) -> None:
    """One launcher starts one gopls: another editor's must not change under its hands."""
    settings, _ = parse_launcher_settings(read_launcher_settings(folders) or b"")
    if settings is None or order.gopls or settings.gopls in ("", gopls):
        return
    others = [
        each
        for each in installations(journal)
        if (each.file, each.key) != (place.file, place.key) and names_launcher(world, each)
    ]
    if others:
        raise CannotInstall(
            f"the launcher starts {settings.gopls} for {others[0].label}, and {place.label} uses {gopls}",
            "Choose one for both with --gopls PATH.",
        )


def _settings(order: InstallOrder, folders: RecordFolders, binary: GoplsBinary, gathered: Gatherer) -> LauncherSettings:
    commands = gathered.value(GoplsCommands)
    search = commands.install_folder if isinstance(commands, GoplsCommands) else ""
    record = order.record
    return LauncherSettings(
        gopls=binary.path,
        search=(search,) if search else (),
        state=str(folders.root),
        recorder=order.recorder,
        # The shim of a version manager starts now this gopls and now that, so nothing is known of its flags.
        binary=None
        if binary.is_wrapper
        else known_binary(binary.path, binary.version.text, has_otel=_has_otel(binary, gathered)),
        otel=record.otel,
        debug=debug_at_first(record.debug, binary.version.text, binary.built_with.text),
        debug_choice=record.debug,
        gctrace=record.gctrace,
        rpc_trace=record.rpc_trace,
        keep_alive=record.keep_alive,
        stderr_bytes=record.stderr_bytes,
        rpc_bytes=record.rpc_bytes,
        otlp=record.otlp,
    )


def _has_otel(binary: GoplsBinary, gathered: Gatherer) -> bool:
    """By its version; a build that has none is asked for its flags."""
    if binary.version.is_known:
        return binary.version.is_at_least(FIRST_WITH_OTEL)
    flags = gathered.value(GoplsFlags)
    known = flags.at(binary.path) if isinstance(flags, GoplsFlags) else None
    return known is not None and "otel" in known.flags


def _notes(
    world: World, order: InstallOrder, editor: EditorSetup | None, place: CommandPlace, changes: tuple[FileChange, ...]
) -> list[str]:
    """What keeps the setting from having its effect, as far as it can be foreseen."""
    if editor is None or not place.key or not changes:
        return []
    planned = {each.path: each.after for each in changes}
    commands = _gathered(OverlayWorld(world, planned), order.request).value(GoplsCommands)
    choice: GoplsChoice | None = commands.used(editor.name) if isinstance(commands, GoplsCommands) else None
    if choice is None or choice.launcher is not None or choice.is_proved:
        return []
    tool = editor.alternate_tools.get("gopls")
    if tool is not None and tool.file != place.file:
        return [
            f"in {order.request.folder} {tool.file} names another gopls, which stays: give the folder to install there"
        ]
    return []


def write_setting(plan: InstallPlan, journal: ChangeJournal) -> KeptChange | None:
    """Point the editor at the launcher; None where that is so already or is done by hand. Raises CannotChange."""
    if not plan.changes:
        return None
    place = Installed("", plan.editor, plan.label, plan.file, plan.key, plan.launcher, plan.was, plan.had)
    title = f"Let {plan.label} start gopls under the recorder"
    return journal.apply(plan.changes, titles=(title,), about=about_install(place), check=_must_parse)


def _must_parse(path: str, content: bytes) -> None:
    problem = problem_of(path, content)
    if problem:
        raise CannotChange(f"{path} does not parse any more: {problem}")
