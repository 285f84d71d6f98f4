"""Runs `gopls-diag record install`, `uninstall` and `status`: opens world and journal, asks the user, prints."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gopls_diag import __version__
from gopls_diag.cli.doctor import open_machine
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.record_run import recorder_command
from gopls_diag.cli.screen import screen
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.record.installed import starts_launcher
from gopls_diag.engines.record.installing import InstallOrder, plan_install, write_setting
from gopls_diag.engines.record.overriding import overridden
from gopls_diag.engines.record.status import record_status
from gopls_diag.engines.record.trying import Tried, try_launcher
from gopls_diag.engines.record.uninstalling import RemovalOrder, change_of, chosen_places
from gopls_diag.engines.record.uninstalling import uninstall as take_out
from gopls_diag.model.change import CannotChange
from gopls_diag.model.installation import CannotInstall, InstallPlan
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.present import record_json
from gopls_diag.present.record_text import RecordText
from gopls_diag.present.wording import Places
from gopls_diag.world import World
from gopls_diag.world.change_journal import ChangeJournal
from gopls_diag.world.launcher_build import LauncherNotBuilt, build_launcher
from gopls_diag.world.launcher_store import is_launcher_there, remove_launcher, write_launcher_settings
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.record_folders import RecordFolders, record_folders, record_settings_file
from gopls_diag.world.record_start import read_settings


def install(
    folder: str | None,
    *,
    editor: str | None,
    program: str | None,
    yes: bool,
    is_dry: bool,
    given: Mapping[str, Any],
    format_name: str,
) -> int:
    """Find, build, try, show, ask, write; returns the exit code."""
    if yes and is_dry:
        raise UserError("--yes and --dry-run contradict each other", "Leave one of them out.")
    world, request = open_machine(folder)
    request = replace(request, editor=editor)
    gopls = "" if program is None else world.paths.abspath(program)
    record, complaints = read_settings()
    order = InstallOrder(
        request, overridden(record, given), recorder_command(given), is_for_folder=folder is not None, gopls=gopls
    )
    folders, journal = record_folders(), ChangeJournal()
    try:
        plan = plan_install(LiveWorld, order, folders, journal)
    except CannotInstall as refusal:
        raise UserError(str(refusal), refusal.what_to_do) from None
    plan = replace(plan, notes=(*plan.notes, *(f"record.toml: {each}" for each in complaints)))
    tried = try_launcher(LiveWorld, plan.settings, folders, go=None)
    text = _text(world, request.folder) if format_name == "text" else None
    if text:
        _print(text.tried(plan, tried.trial))
    is_wanted = tried.trial.is_good and not is_dry
    if text and tried.trial.is_good:
        _print(text.proposal(plan))
        is_wanted = is_wanted and (yes or _is_agreed())
    is_wanted = is_wanted and (yes or text is not None)
    is_effective: bool | None = None
    if is_wanted:
        _apply(plan, folders, journal)
        is_effective = starts_launcher(LiveWorld(), request, plan.editor, plan.launcher)
    return _tell(text, plan, tried, is_done=is_wanted, is_dry=is_dry, is_effective=is_effective)


def _tell(
    text: RecordText | None, plan: InstallPlan, tried: Tried, *, is_done: bool, is_dry: bool, is_effective: bool | None
) -> int:
    trial = tried.trial
    if text is None:
        print_out(record_json.render_install(plan, trial, __version__, is_done=is_done, is_effective=is_effective))
    elif is_done:
        is_script = tried.built is not None and tried.built.form == "script"
        _print(text.installed(plan, is_effective=is_effective, is_script=is_script))
    elif trial.is_good:
        _print("Nothing was changed." + ("\n" if is_dry else " To do it: the same command with --yes\n"))
    if not trial.is_good:
        return ExitCode.FAILED
    return ExitCode.FINE if is_done or is_dry else ExitCode.FOUND


def _apply(plan: InstallPlan, folders: RecordFolders, journal: ChangeJournal) -> None:
    """The launcher first: a setting that names what is not there would make VS Code take another gopls."""
    was_there = is_launcher_there(folders)
    try:
        built = build_launcher(folders.launcher, plan.settings)
        settings: LauncherSettings = replace(plan.settings, built_with=built.built_with)
        write_launcher_settings(folders.launcher, settings)
        write_setting(plan, journal)
    except (LauncherNotBuilt, CannotChange, OSError) as refusal:
        if not was_there:
            with contextlib.suppress(OSError):
                remove_launcher(folders)
        raise UserError(f"nothing was installed: {refusal}", "Repair that, and install again.") from None


def _is_agreed() -> bool:
    """Whether somebody at a terminal says yes; nobody there says no."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    print_out("Do this? [y]es [n]o ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def uninstall(folder: str | None, *, editor: str | None, is_dry: bool, format_name: str) -> int:
    """Put back, then take the launcher away; exit code 1 if something is left."""
    world, request = open_machine(folder)
    request = replace(request, editor=editor)
    order = RemovalOrder(request, request.folder if folder is not None else "", is_dry=is_dry)
    journal = ChangeJournal()
    changes = [each for each in (change_of(world, place) for place in chosen_places(order, journal)) if each]
    done = take_out(LiveWorld, order, record_folders(), journal)
    if format_name == "json":
        print_out(record_json.render_removal(done, __version__))
    else:
        _print(_text(world, request.folder).removal(done, changes if is_dry else ()))
    # Who takes out one editor's does not ask for the launcher to go.
    is_whole = folder is None and editor is None
    is_left = (is_whole and bool(done.kept_for)) or any(each.fate == "failed" for each in done.places)
    return ExitCode.FOUND if is_left else ExitCode.FINE


def status(folder: str | None, format_name: str) -> int:
    """Print the state; exit code 1 if something does not fit."""
    world, request = open_machine(folder)
    record, complaints = read_settings()
    told = record_status(
        world, request, record_folders(), ChangeJournal(), record, complaints, str(record_settings_file())
    )
    if format_name == "json":
        print_out(record_json.render_status(told, __version__))
    else:
        _print(_text(world, request.folder).status(told))
    return ExitCode.FOUND if told.problems else ExitCode.FINE


def _text(world: World, folder: str) -> RecordText:
    return RecordText(Places(folder, world.home), screen()[1])


def _print(text: str) -> None:
    print_out(text, unknown="backslashreplace")
