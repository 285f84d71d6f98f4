"""The command group: a table of contents. A command's module is imported only when it runs or is asked for help."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

from gopls_diag import __version__
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.process import become_program, guarded

COMMANDS = {
    "doctor": "Examine this machine and workspace, and name the cause.",
    "crash": "Tell what happened, from logs, dumps and reports.",
    "fix": "Repair what was found, with a way back.",
    "advice": "Tell which names in an article or a settings file are real.",
    "record": "Keep a record of gopls, so that its end explains itself.",
    "incidents": "List and tell what the recorder kept of bad ends.",
    "explain": "Print the page of a check: what it means, why, how to fix it.",
    "checks": "List all checks.",
}
"""Name and one line of each command, in reading order; the file of each is cli/NAME.py."""


class _Commands(click.Group):
    """Loads a command when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"gopls_diag.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Exit codes: 0 nothing wrong, 1 something found, 2 wrong command line or input, 3 gopls-diag itself failed.",
)
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="gopls-diag")
@click.option("--debug", is_flag=True, help="Show the trace when gopls-diag itself fails.")
def program(debug: bool) -> None:
    """Find out why gopls fails, prove it, and repair it."""


def start(words: Sequence[str]) -> int:
    """Run one command line as the program that this process is; returns its exit code."""
    become_program()
    return run(words)


def run(words: Sequence[str]) -> int:
    """Run one command line; returns its exit code. No traceback reaches the user but with --debug."""

    def by_click() -> int:
        try:
            done: Any = program.main(args=list(words), prog_name="gopls-diag", standalone_mode=False)
        except click.UsageError as mistake:
            path = mistake.ctx.command_path if mistake.ctx else "gopls-diag"
            raise UserError(mistake.format_message().rstrip("."), f"See '{path} --help'.") from None
        except click.ClickException as mistake:
            raise UserError(mistake.format_message(), "See 'gopls-diag --help'.") from None
        except click.Abort:
            raise KeyboardInterrupt from None
        return int(done) if isinstance(done, int) else int(ExitCode.FINE)

    return guarded(by_click, is_debugged="--debug" in words)
