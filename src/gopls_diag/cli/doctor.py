"""`gopls-diag doctor`: examine this machine and workspace."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gopls_diag import __version__
from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.screen import screen
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.doctor import CheckDone, Finished, Started, examine
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.report import Report
from gopls_diag.model.request import Request
from gopls_diag.parse.incident_files import INCIDENT
from gopls_diag.world import World

Checks = Sequence[Declaration] | Callable[[], Sequence[Declaration]]
_SWITCH_SECONDS = 0.0005
_PRESENTERS = {"text": "text_report", "json": "json_report", "sarif": "sarif", "markdown": "markdown"}


@click.command()
@click.argument("folder", required=False, type=click.Path())
@click.option("--probe", is_flag=True, help="Also start the installed gopls on the folder and judge what it says.")
@click.option("--cold", is_flag=True, help="Give the probe an empty cache of its own.")
@click.option("--editor", metavar="NAME", help="Judge this editor's set-up only (vscode, neovim, helix, zed, …).")
@click.option("--log", "logs", multiple=True, metavar="FILE", help="Also read this log. May be repeated.")
@click.option("--select", metavar="CODES", help="Run only these checks: codes, families or ids, with commas (E,S02).")
@click.option("--world", "world_file", metavar="FILE", help="Examine a recording instead of this machine.")
@click.option("--save-world", metavar="FILE", help="Write a recording of what was seen, with private parts removed.")
@click.option("--format", "format_name", type=click.Choice(list(_PRESENTERS)), default="text", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Also list consequences and what could not be told.")
def doctor(
    folder: str | None,
    probe: bool,
    cold: bool,
    editor: str | None,
    logs: tuple[str, ...],
    select: str | None,
    world_file: str | None,
    save_world: str | None,
    format_name: str,
    verbose: bool,
) -> int:
    """Examine this machine and the workspace in FOLDER (default: here).

    Names the cause, what proves it and what repairs it. Nothing is changed, and no gopls server is started unless
    --probe asks for one.
    """
    if cold and not probe:
        raise UserError("--cold is for the probe", "Add --probe, or leave --cold out.")
    chosen = all_checks if select is None else choose(select)
    world, request = _open(world_file, folder)
    request = replace(
        request,
        editor=editor or request.editor,
        probe=probe or request.probe,
        cold=cold or request.cold,
        logs=_logs(logs) or request.logs,
    )
    recorder = None
    if save_world:
        from gopls_diag.world.recorder import Recorder  # noqa: PLC0415 - seldom wanted

        world = recorder = Recorder(world)
    report = _examine(world, request, chosen, lambda: _presenter(format_name))
    if recorder and save_world:
        _save(recorder, request, Path(save_world))
    _show(report, format_name, world, is_verbose=verbose)
    return ExitCode.FOUND if report.verdict else ExitCode.FINE


def choose(select: str) -> tuple[Declaration, ...]:
    """The checks that a --select names."""
    everything = all_checks()
    chosen: list[Declaration] = []
    for word in filter(None, (each.strip() for each in select.split(","))):
        fits = [c for c in everything if word in (c.id, c.id.split("/")[0]) or c.code.startswith(word.upper())]
        if not fits:
            raise UserError(f"no check is called {word}", "List them with 'gopls-diag checks'.")
        chosen.extend(each for each in fits if each not in chosen)
    if not chosen:
        raise UserError("--select names no check", "List them with 'gopls-diag checks'.")
    return tuple(sorted(chosen, key=lambda each: each.code))


def _open(world_file: str | None, folder: str | None) -> tuple[World, Request]:
    if world_file is None:
        return open_machine(folder)
    world, request = _open_recording(Path(world_file))
    return world, replace(request, folder=folder) if folder else request


def open_machine(folder: str | None) -> tuple[World, Request]:
    """This machine, and the request for a folder (None: the one the user is in)."""
    from gopls_diag.world.live import LiveWorld  # noqa: PLC0415 - not for recordings
    from gopls_diag.world.live_limits import fit_address_space  # noqa: PLC0415

    path = _here() if folder is None else os.path.abspath(folder)  # noqa: PTH100 - links stay links
    if not os.path.lexists(path):
        raise UserError(f"{folder} does not exist", "Give the folder that you open in the editor.")
    if not Path(path).is_dir():
        raise UserError(f"{folder} is not a folder", f"Give the folder that holds it: {Path(path).parent}")
    fit_address_space()
    return LiveWorld(), Request(folder=path)


def _here() -> str:
    try:
        here = str(Path.cwd())
    except FileNotFoundError:
        raise UserError("the folder that you are in was deleted", "Change to the folder of your project.") from None
    # The shell's own spelling keeps links and letter case as the user went there.
    spelled = os.environ.get("PWD", "")
    try:
        return spelled if spelled and Path(spelled).is_absolute() and Path(spelled).samefile(here) else here
    except OSError:
        return here


def _open_recording(path: Path) -> tuple[World, Request]:
    from gopls_diag.world import recorded, sketch  # noqa: PLC0415 - only for recordings

    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise UserError(f"{path}: {problem.strerror}", "Give a file that 'doctor --save-world' wrote.") from None
    try:
        if path.suffix == ".md":
            scenes = sketch.read_scenes(text, lambda name: _base(path, name))
            world = sketch.play(scenes[0])
            return world, world.request
        recording = recorded.load(text)
    except (recorded.NotAWorld, sketch.BadSketch) as problem:
        raise UserError(f"{path}: {problem}", "Give a file that this version's 'doctor --save-world' wrote.") from None
    return recording, recording.request


def _base(page: Path, name: str) -> str:
    """A base page: a file NAME.md beside the page, or in a folder `base` beside it or above."""
    for folder in (page.parent, *page.resolve().parents):
        for candidate in (folder / f"{name}.md", folder / "base" / f"{name}.md"):
            if candidate.is_file() and candidate.resolve() != page.resolve():
                return candidate.read_text(encoding="utf-8")
    raise UserError(f"{page}: its base {name} was not found", f"Put {name}.md beside it or into a folder named base.")


def _logs(logs: Sequence[str]) -> tuple[str, ...]:
    for each in logs:
        if not Path(each).is_file() and not (Path(each) / INCIDENT).is_file():
            raise UserError(f"{each} is not a file", "Give the path of a log file, or of an incident's folder.")
    return tuple(os.path.abspath(each) for each in logs)  # noqa: PTH100


def _examine(world: World, request: Request, chosen: Checks, prepare: Callable[[], object]) -> Report:
    progress = _Progress()
    # Facts are asked in threads that ask the system little and often, while checks are still being loaded. With
    # Python's 5 ms each would wait that long to go on after every question: a quarter of a second in all.
    sys.setswitchinterval(_SWITCH_SECONDS)
    for event in examine(world, request, chosen):
        match event:
            case Started(checks):
                progress.total = checks
                prepare()
            case CheckDone(outcome):
                progress.step(outcome.declaration.id)
            case Finished(report):
                progress.end()
                return report
    raise AssertionError("the examination ended without a report")


class _Progress:
    """One line on standard error while people wait; nothing where no terminal is."""

    def __init__(self) -> None:
        self.total = 0
        self._done = 0
        self._is_shown = sys.stderr.isatty()

    def step(self, name: str) -> None:
        self._done += 1
        if self._is_shown:
            sys.stderr.write(f"\r\x1b[K{self._done} of {self.total}  {name}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _save(recorder: Any, request: Request, path: Path) -> None:
    from gopls_diag.world.recorded import dump  # noqa: PLC0415
    from gopls_diag.world.redaction import redact  # noqa: PLC0415

    heard, request, removed = redact(recorder.heard, request)
    try:
        path.write_text(dump(heard, request, __version__, removed), encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{path}: {problem.strerror}", "Give a path that can be written to.") from None
    listed = ", ".join(f"{count} {name}" for name, count in removed.items()) or "nothing"
    sys.stderr.write(f"Saved {path}. Removed from it: {listed}. Look at it before you send it.\n")


def _presenter(format_name: str) -> Any:
    """The module that renders a format; loaded while the facts are asked."""
    return importlib.import_module(f"gopls_diag.present.{_PRESENTERS[format_name]}")


def _show(report: Report, format_name: str, world: World, *, is_verbose: bool) -> None:
    if format_name == "text":
        text = _text(report, world, is_verbose=is_verbose)
    else:
        text = _presenter(format_name).render(report, __version__)
    # Paths may hold bytes that are not text; they are shown escaped rather than failing the print.
    print_out(text, unknown="backslashreplace")


def _text(report: Report, world: World, *, is_verbose: bool) -> str:
    from gopls_diag.present import text_report  # noqa: PLC0415

    width, with_colour = screen()
    return text_report.render(report, width=width, with_colour=with_colour, is_verbose=is_verbose, home=world.home)
