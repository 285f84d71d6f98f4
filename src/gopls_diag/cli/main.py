"""The command group: a table of contents. A command's module is imported only when it runs or is asked for help."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from gopls_diag import __version__
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.shipped import OutputRefused

COMMANDS = {
    "doctor": "Examine this machine and workspace, and name the cause.",
    "crash": "Tell what happened, from logs, dumps and reports.",
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
    _open_closed_streams()
    _end_in_order()
    return run(words)


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
    except OutputRefused as refusal:
        _tell(f"gopls-diag: {refusal}", refusal.what_to_do)
        return int(ExitCode.FAILED)
    except Exception as problem:
        if "--debug" in words:
            import traceback  # noqa: PLC0415 - seldom needed, and slow to load

            traceback.print_exc()
        _tell(
            f"gopls-diag failed: {type(problem).__name__}: {problem}",
            "This is a defect of gopls-diag. Run again with --debug in front and report the trace.",
        )
        return int(ExitCode.FAILED)
    return int(done) if isinstance(done, int) else int(ExitCode.FINE)


def _open_closed_streams() -> None:
    """A stream that the caller closed (`>&-`) leads to nowhere, and its number is not taken by the next file opened."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end


def _end_in_order() -> None:
    """A closed terminal or a plain kill ends the program as Ctrl-C does: with nothing left running that it started."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for each in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, each, None)
        # Who starts a program with `nohup` wants it to live on.
        if number and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, leave)


def _complain(what: str, what_to_do: str) -> int:
    _tell(f"gopls-diag: {what}", what_to_do)
    return int(ExitCode.USAGE)


def _tell(*lines: str) -> None:
    try:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        # Full or gone as well: the exit code is all that can be told, and Python's last flush must not change it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
