"""What makes a command line a well-behaved process: streams, signals, and every error as lines for people."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.shipped import OutputRefused


def become_program() -> None:
    """Prepare this process to be the program, not a part of another."""
    _open_closed_streams()
    _end_in_order()


def guarded(command: Callable[[], int], *, is_debugged: bool = False) -> int:
    """Run a command; its exit code. What goes wrong is told in two lines, with a trace only if that was asked for."""
    try:
        return command()
    except UserError as mistake:
        _tell(f"gopls-diag: {mistake}", mistake.what_to_do)
        return int(ExitCode.USAGE)
    except KeyboardInterrupt:
        return 130
    except OutputRefused as refusal:
        _tell(f"gopls-diag: {refusal}", refusal.what_to_do)
        return int(ExitCode.FAILED)
    except Exception as problem:
        if is_debugged:
            import traceback  # noqa: PLC0415 - seldom needed, and slow to load

            traceback.print_exc()
        _tell(
            f"gopls-diag failed: {type(problem).__name__}: {problem}",
            "This is a defect of gopls-diag. Run again with --debug in front and report the trace.",
        )
        return int(ExitCode.FAILED)


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


def _tell(*lines: str) -> None:
    try:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        # Full or gone as well: the exit code is all that can be told, and Python's last flush must not change it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
