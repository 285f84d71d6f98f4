"""`gopls-diag crash`: what logs say happened."""

from __future__ import annotations

import click


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--html", "page", metavar="FILE", help="Also write one page with all stacks, for a browser.")
@click.option("--report", is_flag=True, help="Print title and body of an issue for gopls's maintainers instead.")
@click.option(
    "--group",
    type=click.Choice(["stack", "arguments"]),
    default="stack",
    show_default=True,
    help="When two goroutines are the same: by their stack, or by its arguments too.",
)
@click.option("--goroutine", type=int, metavar="ID", help="Print this goroutine whole, with its arguments, instead.")
@click.option("--all", "all_stacks", is_flag=True, help="Print every stack in full, not the most telling ones.")
@click.option("-v", "--verbose", is_flag=True, help="Print every end, all proof, and what could not be told.")
def crash(
    files: tuple[str, ...],
    format_name: str,
    page: str | None,
    report: bool,
    group: str,
    goroutine: int | None,
    all_stacks: bool,
    verbose: bool,
) -> int:
    """Tell what happened, from logs, dumps and reports.

    FILE is a file, a folder of logs, or - for standard input, in any mix: output channels of editors, journals,
    copies of a terminal, goroutine dumps, kernel logs, macOS reports, also packed with gzip or zip. The machine is not
    looked at and nothing is changed.
    """
    from gopls_diag.cli.log_telling import read_and_tell  # noqa: PLC0415 - not for --help

    return read_and_tell(
        files,
        format_name=format_name,
        page=page,
        report=report,
        group=group,
        goroutine=goroutine,
        all_stacks=all_stacks,
        verbose=verbose,
    )
