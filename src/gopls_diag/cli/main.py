"""The command group: a table of contents. A command's module is imported only when it runs or is asked for help."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from gopls_diag import __version__
from gopls_diag.cli.exits import ExitCode, UserError

COMMANDS = {
    "doctor": "Examine this machine and workspace, and name the cause.",
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


def run(words: Sequence[str]) -> int:
    """Run one command line; returns its exit code. No traceback reaches the user but with --debug."""
    try:
        done: Any = program.main(args=list(words), prog_name="gopls-diag", standalone_mode=False)
    except UserError as mistake:
        return _complain(str(mistake), mistake.what_to_do)
    except click.UsageError as mistake:
        path = mistake.ctx.command_path if mistake.ctx else "gopls-diag"
        return _complain(mistake.format_message().rstrip("."), f"See '{path} --help'.")
    except click.ClickException as mistake:
        return _complain(mistake.format_message(), "See 'gopls-diag --help'.")
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`); what it wanted it has. Python must not try to flush again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.FINE)
    except Exception as problem:
        if "--debug" in words:
            import traceback  # noqa: PLC0415 - seldom needed, and slow to load

            traceback.print_exc()
        sys.stderr.write(f"gopls-diag failed: {type(problem).__name__}: {problem}\n")
        sys.stderr.write("This is a defect of gopls-diag. Run again with --debug in front and report the trace.\n")
        return int(ExitCode.FAILED)
    return int(done) if isinstance(done, int) else int(ExitCode.FINE)


def _complain(what: str, what_to_do: str) -> int:
    sys.stderr.write(f"gopls-diag: {what}\n{what_to_do}\n")
    return int(ExitCode.USAGE)
