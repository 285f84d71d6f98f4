"""Runs `gopls-diag crash`: opens the inputs, shows progress, chooses a presenter, gives the exit code.

Without click, which costs as much as reading 2 MB: quick.py calls it straight for command lines that are plain.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from gopls_diag import __version__
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.log_inputs import STDIN, LogInputs
from gopls_diag.cli.screen import screen
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.crash import Finished, Progress, read_logs
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.parse.go_crash.same_stack import GroupingRule

_SHOW_PROGRESS_AFTER_SECONDS = 0.5
_BETWEEN_PROGRESS_SECONDS = 0.1
_OUTPUT_CHARACTERS = 64 * 1024
"""So much is put together before it is written: a write for each of 100,000 lines would take as long as reading."""


def read_and_tell(
    files: Sequence[str],
    *,
    format_name: str = "text",
    page: str | None = None,
    report: bool = False,
    group: str = "stack",
    goroutine: int | None = None,
    all_stacks: bool = False,
    verbose: bool = False,
) -> int:
    """What `crash` does, its options as in crash.py; the exit code."""
    result = _read(files, group, goroutine)
    if page:
        _write_page(page, result)
    if goroutine is not None and format_name == "text":
        _print_goroutine(result, goroutine)
    elif report:
        _print_issue(result)
    elif format_name == "json":
        _print_json(result)
    else:
        _print_text(result, is_verbose=verbose, all_stacks=all_stacks)
    return ExitCode.FOUND if result.verdict or result.has_ends else ExitCode.FINE


def _read(files: Sequence[str], group: str, goroutine: int | None) -> CrashReport:
    if not files and sys.stdin.isatty():
        raise UserError("no log was given", "Give files or folders, or - to read standard input.")
    inputs = LogInputs(files or (STDIN,))
    choice = DumpChoice(GroupingRule(group), frozenset() if goroutine is None else frozenset((goroutine,)))
    line = _ProgressLine()
    try:
        for event in read_logs(inputs, now_seconds=time.time(), choice=choice, skipped=inputs.skipped):
            match event:
                case Progress():
                    line.show(event)
                case Finished(report):
                    return report
    finally:
        line.end()
    raise AssertionError("the logs were read without a report")


class _ProgressLine:
    """One line on standard error while a long input is read; nothing where no terminal is."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._next = time.monotonic() + _SHOW_PROGRESS_AFTER_SECONDS
        self._is_open = False

    def show(self, event: Progress) -> None:
        """Tell how far it is, but not too often."""
        if not self._is_shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _BETWEEN_PROGRESS_SECONDS
        words = f"{event.read_bytes / 1e6:,.0f} MB"
        if event.size_bytes:
            share = min(100, event.read_bytes * 100 // event.size_bytes)
            words = f"{share:3d} %  {words} of {event.size_bytes / 1e6:,.0f} MB"
        sys.stderr.write(f"\r\x1b[K{words}  {event.source}"[:79])
        sys.stderr.flush()
        self._is_open = True

    def end(self) -> None:
        """Take the line away."""
        if self._is_open:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _write_page(path: str, report: CrashReport) -> None:
    from gopls_diag.present import crash_page  # noqa: PLC0415

    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123 - keeps the spelling
            file.writelines(crash_page.pieces(report, __version__))
    except OSError as problem:
        raise UserError(f"{path}: {problem.strerror}", "Give a path that can be written to.") from None


def _print_goroutine(report: CrashReport, wanted: int) -> None:
    from gopls_diag.present import crash_goroutine  # noqa: PLC0415

    text = crash_goroutine.render(report)
    if not text:
        raise UserError(f"goroutine {wanted} stands in none of the dumps", "--html FILE lists the ids of all.")
    print_out(text, unknown="backslashreplace")


def _print_issue(report: CrashReport) -> None:
    from gopls_diag.present import crash_issue  # noqa: PLC0415

    chosen = crash_issue.worth_reporting(report.crashes)
    if chosen is None:
        raise UserError("the logs hold no crash of gopls to report", "Run without --report to see what they hold.")
    if chosen.known:
        fixed = chosen.known[0]
        sys.stderr.write(
            f"{fixed.issue} may be this very crash, fixed in {fixed.fixed_in}: upgrade before you report.\n"
        )
    count = sum(1 for each in report.crashes if chosen.signature and each.signature == chosen.signature)
    print_out(crash_issue.render(chosen, count=count, diag_version=__version__), unknown="backslashreplace")


def _print_json(report: CrashReport) -> None:
    from gopls_diag.present import crash_json  # noqa: PLC0415

    held: list[str] = []
    size = 0
    for piece in crash_json.pieces(report, __version__):
        held.append(piece)
        size += len(piece)
        if size > _OUTPUT_CHARACTERS:
            print_out("".join(held))
            held, size = [], 0
    print_out("".join(held))


def _print_text(report: CrashReport, *, is_verbose: bool, all_stacks: bool) -> None:
    from gopls_diag.present import crash_text  # noqa: PLC0415

    width, with_colour = screen()
    text = crash_text.render(report, width=width, with_colour=with_colour, is_verbose=is_verbose, all_stacks=all_stacks)
    # What a log says may hold characters that the terminal's encoding lacks; they are shown escaped.
    print_out(text, unknown="backslashreplace")
