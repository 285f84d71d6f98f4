"""`gopls-diag record --watch`: watches gopls processes that run already, and those that come; no setting is changed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import click

from gopls_diag.cli.exits import ExitCode, UserError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION_PATTERN = re.compile(r"^(\d{1,6}(?:\.\d{1,3})?)([smhd])$")


@click.command("--watch")
@click.argument("folder", required=False, type=click.Path())
@click.option("--for", "duration", metavar="TIME", help="Watch for so long (90s, 45m, 8h, 1d); else until Ctrl-C.")
@click.option("--editor", metavar="NAME", help="Only gopls of this editor (vscode, neovim, helix, zed, …).")
@click.option("--otlp", metavar="URL", help="Send the measures to this collector too (OTLP over HTTP).")
def record_watch(folder: str | None, duration: str | None, editor: str | None, otlp: str | None) -> int:
    """Watch gopls processes that run already, and those that come.

    No setting is changed and nothing is started: memory, processor, children and control group are measured from the
    side, and the debug pages are read where gopls serves them on a port that its command line names. What ends badly,
    or had trouble, becomes an incident like any other. With FOLDER only gopls that work in it or below.

    How gopls ended is taken from the kernel (Linux 6.15 and newer), else from the editor's log, else it is unknown.
    """
    from gopls_diag.parse.otel_variables import metrics_url  # noqa: PLC0415 - not for --help
    from gopls_diag.world.record_start import read_settings  # noqa: PLC0415

    seconds = _seconds(duration)
    settings, complaints = read_settings()
    if otlp is not None:
        settings = replace(settings, otlp=otlp)
    if settings.otlp and metrics_url(settings.otlp) is None:
        raise UserError(f"{settings.otlp} is no URL of a collector", "Give it as http://HOST:4318.")
    if folder is not None and not Path(folder).is_dir():
        raise UserError(f"there is no folder {folder}", "Name the folder that the editor opens, or none.")
    from gopls_diag.cli.watch_running import watch  # noqa: PLC0415

    inside = os.path.realpath(folder) if folder is not None else ""
    found = watch(settings, complaints, folder=inside, editor=editor or "", seconds=seconds)
    sys.stdout.flush()
    return int(ExitCode.FOUND if found else ExitCode.FINE)


def _seconds(duration: str | None) -> float | None:
    if duration is None:
        return None
    found = _DURATION_PATTERN.match(duration.strip())
    if not found or float(found[1]) <= 0:
        raise UserError(f"--for {duration} is no length of time", "Write it as 90s, 45m, 8h or 1d.")
    return float(found[1]) * _UNITS[found[2]]
