"""`record uninstall`: editors get back what their settings said, and then, when nobody needs it, the launcher goes.

In this order: VS Code says nothing of an alternate tool that is not there, and takes another gopls (facts of 1.139.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.edit.readable import problem_of
from gopls_diag.engines.record.editor_places import bare_editor, known_editors
from gopls_diag.engines.record.installed import entry_put_back, installations, names_launcher
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.change import CannotChange, CannotEdit, FileChange
from gopls_diag.model.editor import Editors
from gopls_diag.model.installation import Installed, Removal, Uninstalled
from gopls_diag.model.request import Request
from gopls_diag.world import World, WorldError
from gopls_diag.world.change_journal import ChangeJournal
from gopls_diag.world.launcher_store import (
    is_launcher_there,
    kept_incidents,
    remove_launcher,
    running_launchers,
)
from gopls_diag.world.record_folders import RecordFolders

_FILE_LIMIT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RemovalOrder:
    """What the user asked for."""

    request: Request
    """An editor in it takes out that editor's places only."""
    folder: str = ""
    """Only what was installed for that folder; empty: everything."""
    is_dry: bool = False


def chosen_places(order: RemovalOrder, journal: ChangeJournal) -> tuple[Installed, ...]:
    """The installations that are to be taken out, the newest first."""
    return tuple(
        each
        for each in installations(journal)
        if order.request.editor in (None, each.editor) and (not order.folder or _is_in(each.file, order.folder))
    )


def _is_in(file: str, folder: str) -> bool:
    return file.replace("\\", "/").startswith(folder.replace("\\", "/").rstrip("/") + "/")


def change_of(world: World, place: Installed) -> FileChange | None:
    """The file before and after; None where there is nothing to do or it cannot be told."""
    if not names_launcher(world, place):
        return None
    try:
        before, after = entry_put_back(world, place)
    except (CannotEdit, WorldError):
        return None
    return FileChange(place.file, before, after)


def uninstall(
    look: Callable[[], World], order: RemovalOrder, folders: RecordFolders, journal: ChangeJournal
) -> Removal:
    """Take out what was installed; nothing is done for a dry run."""
    places = chosen_places(order, journal)
    if order.is_dry:
        return Removal(tuple(Uninstalled(each, "planned") for each in places), False)
    done = tuple(_put_back(look(), each, journal) for each in places)
    reasons = tuple(_still_needed(look(), order.request, folders, journal, done))
    is_gone = False
    if not reasons and is_launcher_there(folders):
        try:
            remove_launcher(folders)
            is_gone = True
        except OSError as problem:
            reasons = (f"{problem.filename or folders.launcher} could not be deleted: {problem.strerror}",)
    return Removal(done, is_gone, reasons, kept_incidents(folders))


def _put_back(world: World, place: Installed, journal: ChangeJournal) -> Uninstalled:
    if not names_launcher(world, place):
        _forget(place, journal)
        return Uninstalled(place, "gone", f"{place.key} names something else now, and was left alone")
    try:
        back = journal.undo(place.change_id)
        if back.restored or back.already:
            return Uninstalled(place, "restored")
    except CannotChange:
        # A newer change of the same file: our entry alone goes back.
        pass
    try:
        before, after = entry_put_back(world, place)
        title = f"Let {place.label} start gopls without the recorder"
        changes = [FileChange(place.file, before, after)]
        journal.apply(changes, titles=(title,), about={"record": "uninstall"}, check=_must_parse)
    except (CannotChange, CannotEdit, WorldError) as problem:
        return Uninstalled(place, "failed", str(problem))
    _forget(place, journal)
    return Uninstalled(place, "edited")


def _forget(place: Installed, journal: ChangeJournal) -> None:
    """Mark the installation as undone, so that it is not looked for again; it is known by its file all the same."""
    try:
        journal.undo(place.change_id)
    except CannotChange:
        return


def _must_parse(path: str, content: bytes) -> None:
    problem = problem_of(path, content)
    if problem:
        raise CannotChange(f"{path} does not parse any more: {problem}")


def _still_needed(
    world: World, request: Request, folders: RecordFolders, journal: ChangeJournal, done: Sequence[Uninstalled]
) -> Iterator[str]:
    for each in done:
        if each.fate == "failed":
            yield f"{each.place.file} still names it"
    launcher = str(folders.launcher_program)
    finished = {each.place.change_id for each in done}
    told = {each.place.file for each in done if each.fate == "failed"}
    for place in installations(journal):
        if place.change_id not in finished and names_launcher(world, place):
            told.add(place.file)
            yield f"{place.label} starts it, by {place.file}"
    for label, file in _mentions(world, request, launcher):
        if file not in told:
            yield f"{label} names it in {file}: take it out there"
    pids = running_launchers(folders)
    if pids:
        what = "a gopls runs" if len(pids) == 1 else f"{len(pids)} gopls run"
        yield f"{what} under it (pid {', '.join(map(str, pids))}): close or reload the editor's windows"


def _mentions(world: World, request: Request, launcher: str) -> Iterator[tuple[str, str]]:
    """Files of editors, also of such as are only shown and never written, in which the launcher's path stands."""
    gatherer = Gatherer(world, Request(folder=request.folder))
    gatherer.start([Editors])
    editors = gatherer.value(Editors)
    found = list(editors.all) if isinstance(editors, Editors) else []
    names = {each.name for each in found}
    bare = (bare_editor(world, name, request.folder) for name in known_editors() if name not in names)
    seen: set[str] = set()
    for editor in (*found, *(each for each in bare if each)):
        for file in (editor.user_settings_file, *(layer.file for layer in editor.layers)):
            if file and file not in seen and _stands_in(world, file, launcher):
                yield editor.label, file
            seen.add(file)


def _stands_in(world: World, file: str, launcher: str) -> bool:
    try:
        content = world.read_bytes(file, limit_bytes=_FILE_LIMIT_BYTES)
    except WorldError:
        return False
    return launcher.encode() in content or launcher.replace("\\", "\\\\").encode() in content
