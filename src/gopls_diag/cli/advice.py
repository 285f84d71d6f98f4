"""`gopls-diag advice`: which of the names in a text are real."""

from __future__ import annotations

import sys
from pathlib import Path

import click

LONGEST_TEXT_BYTES = 50 * 1024 * 1024


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...", required=True)
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def advice(files: tuple[str, ...], format_name: str) -> int:
    """Tell which of the flags, settings and commands in a text are real.

    FILE is an article, a settings.json, a script, an answer of a forum, in English or Chinese; - is standard input.
    Every flag, setting, environment variable, command and path in it that claims to concern gopls, go, the Go
    extension or delve is looked up in what is installed here, and in tables of what any release ever had.
    """
    from gopls_diag import __version__  # noqa: PLC0415 - not for --help
    from gopls_diag.cli.doctor import open_machine  # noqa: PLC0415
    from gopls_diag.cli.exits import ExitCode  # noqa: PLC0415
    from gopls_diag.cli.screen import screen  # noqa: PLC0415
    from gopls_diag.cli.shipped import print_out  # noqa: PLC0415
    from gopls_diag.engines.advice.judging import judge_claims, look_up  # noqa: PLC0415
    from gopls_diag.model.claim import Truth  # noqa: PLC0415
    from gopls_diag.parse.advice import read_claims  # noqa: PLC0415
    from gopls_diag.present import advice_json, advice_text  # noqa: PLC0415

    texts = [(_name(each), _read(each)) for each in files]
    world, request = open_machine(None)
    installed = look_up(world, request)
    judged = [(name, judge_claims(read_claims(text, name=name), installed)) for name, text in texts]
    if format_name == "json":
        print_out(advice_json.render(judged, __version__))
    else:
        width, with_colour = screen()
        shown = [advice_text.render(one, name, width=width, with_colour=with_colour) for name, one in judged]
        print_out("\n".join(shown), unknown="backslashreplace")
    is_all_real = all(each.truth is Truth.REAL for _, one in judged for each in one.judgements)
    return ExitCode.FINE if is_all_real else ExitCode.FOUND


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


def _read(file: str) -> str:
    from gopls_diag.cli.exits import UserError  # noqa: PLC0415

    try:
        if file == "-":
            content = sys.stdin.buffer.read(LONGEST_TEXT_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(LONGEST_TEXT_BYTES + 1)
    except OSError as problem:
        raise UserError(
            f"{file}: {problem.strerror}", "Give the path of a text file, or - for standard input."
        ) from None
    if len(content) > LONGEST_TEXT_BYTES:
        raise UserError(f"{_name(file)} is larger than 50 MB", "Give the part of it that gives advice.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, "replace")
