"""`gopls-diag fix`: show, apply and undo repairs."""

from __future__ import annotations

import click


@click.command()
@click.argument("folder", required=False, type=click.Path())
@click.option("--yes", is_flag=True, help="Apply all safe repairs without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--select", metavar="CODES", help="Repair only what these checks find: codes, families or ids (S,E04).")
@click.option("--editor", metavar="NAME", help="Repair this editor's set-up only (vscode, neovim, helix, zed, …).")
@click.option("--probe", is_flag=True, help="Start gopls before and after, and judge what it says.")
@click.option(
    "--memory",
    metavar="SIZE",
    help="Bound gopls's memory (2GiB), where it is measured to work: gopls is started several times.",
)
@click.option("--cold", is_flag=True, help="With --memory: measure with an empty cache, as after an update.")
@click.option("--isolate", is_flag=True, help="Give FOLDER flags, a log and a debug port of its own.")
@click.option(
    "--undo", is_flag=False, flag_value="newest", metavar="[ID]", help="Take back the newest change, or this."
)
@click.option("--history", is_flag=True, help="List the changes that were made.")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def fix(
    folder: str | None,
    yes: bool,
    dry_run: bool,
    select: str | None,
    editor: str | None,
    probe: bool,
    memory: str | None,
    cold: bool,
    isolate: bool,
    undo: str | None,
    history: bool,
    format_name: str,
) -> int:
    """Repair what the doctor finds in FOLDER (default: here), with a way back.

    Shows each repair as the lines that would change, and asks. What was written can be taken back with --undo, byte
    for byte. Changes to the project itself (go.mod, go.work, vendor) are always asked for one by one.

    With --memory or --isolate only that is done.
    """
    from gopls_diag.cli import fix_running  # noqa: PLC0415 - not for --help

    if undo is not None:
        return fix_running.undo(None if undo == "newest" else undo, format_name)
    if history:
        return fix_running.history(format_name)
    return fix_running.fix(
        folder,
        yes=yes,
        dry_run=dry_run,
        select=select,
        editor=editor,
        probe=probe,
        memory=memory,
        cold=cold,
        isolate=isolate,
        format_name=format_name,
    )
