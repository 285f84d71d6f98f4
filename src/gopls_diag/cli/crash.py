"""`gopls-diag crash`: what logs say happened."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import click

from gopls_diag import __version__
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.shipped import print_out

_SHOW_PROGRESS_AFTER = 0.5
_BETWEEN_PROGRESS = 0.1


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...|-")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--html", metavar="FILE", help="Also write one self-contained page with all stacks.")
@click.option("--report", is_flag=True, help="Print a ready title and body for an issue instead.")
@click.option(
    "--group",
    type=click.Choice(["stack", "arguments"]),
    default="stack",
    show_default=True,
    help="What makes two goroutines the same: their stack, or its arguments too.",
)
@click.option(
    "--goroutine", "goroutine", type=int, metavar="ID", help="Print this goroutine whole, with its arguments."
)
@click.option("--all", "all_stacks", is_flag=True, help="Print every stack, not the most telling ones only.")
@click.option("-v", "--verbose", is_flag=True, help="Print more proof, and what could not be told.")
def crash(
    files: tuple[str, ...],
    format_name: str,
    html: str | None,
    report: bool,
    group: str,
    goroutine: int | None,
    all_stacks: bool,
    verbose: bool,
) -> int:
    """Tell what happened, from logs, dumps and reports.

    Takes any mix of files, folders and - for standard input: output channels of editors, journals, terminal copies,
    goroutine dumps, kernel logs, macOS reports, also packed (gzip, zip). No machine is asked and nothing is changed.
    """
    from gopls_diag.cli.log_inputs import STDIN, LogInputs  # noqa: PLC0415 - not for --help
    from gopls_diag.engines.crash import Finished, Progress, read_logs  # noqa: PLC0415

    if not files:
        if sys.stdin.isatty():
            raise UserError("no log was given", "Give files or folders, or - for standard input.")
        files = (STDIN,)
    inputs = LogInputs(files)
    line = _ProgressLine()
    result = None
    try:
        for event in read_logs(inputs, now_seconds=time.time(), skipped=inputs.skipped):
            if isinstance(event, Progress):
                line.show(event)
            elif isinstance(event, Finished):
                result = event.report
    finally:
        line.end()
    assert result is not None
    if html:
        _write_page(html, result)
    if format_name == "json":
        from gopls_diag.present import crash_json  # noqa: PLC0415

        for piece in crash_json.pieces(result, __version__):
            print_out(piece)
    else:
        print_out(_text(result, is_verbose=verbose, all_stacks=all_stacks), unknown="backslashreplace")
    return ExitCode.FOUND if result.verdict or result.has_ends else ExitCode.FINE


class _ProgressLine:
    """One line on standard error while a long input is read; nothing where no terminal is."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._next = time.monotonic() + _SHOW_PROGRESS_AFTER
        self._is_open = False

    def show(self, event: Any) -> None:
        if not self._is_shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _BETWEEN_PROGRESS
        read = f"{event.read_bytes / 1e6:,.0f} MB"
        share = (
            f" of {event.size_bytes / 1e6:,.0f} MB, {event.read_bytes * 100 // event.size_bytes} %"
            if event.size_bytes
            else ""
        )
        sys.stderr.write(f"\r\x1b[K{read}{share}  {event.source}"[:100])
        sys.stderr.flush()
        self._is_open = True

    def end(self) -> None:
        if self._is_open:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _write_page(path: str, report: Any) -> None:
    from gopls_diag.present import crash_page  # noqa: PLC0415

    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
            file.write(crash_page.render(report, __version__))
    except OSError as problem:
        raise UserError(f"{path}: {problem.strerror}", "Give a path that can be written to.") from None


def _text(report: Any, *, is_verbose: bool, all_stacks: bool) -> str:
    import shutil  # noqa: PLC0415

    from gopls_diag.present import crash_text  # noqa: PLC0415

    is_terminal = sys.stdout.isatty()
    with_colour = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = min(100, max(40, shutil.get_terminal_size((80, 24)).columns)) if is_terminal else 80
    return crash_text.render(report, width=width, with_colour=with_colour, is_verbose=is_verbose, all_stacks=all_stacks)
