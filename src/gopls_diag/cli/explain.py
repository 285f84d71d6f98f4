"""`gopls-diag explain CODE|ID`: the page of a check."""

from __future__ import annotations

import difflib
import json

import click

from gopls_diag.cli.exits import UserError
from gopls_diag.cli.quick import written_page
from gopls_diag.cli.shipped import check_files, print_out
from gopls_diag.present import check_page


@click.command()
@click.argument("check", metavar="CODE|ID")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
def explain(check: str, format_name: str) -> None:
    """Print the page of a check: what it means, why it matters, how to fix it, when to ignore it.

    CODE is what a finding starts with (E04); ID is its long name (env/goroot-missing).
    """
    page = written_page(check)
    if page is None:
        raise UserError(f"no check is called {check}", _hint(check))
    if format_name == "json":
        print_out(json.dumps(check_page.record(page), indent=2, ensure_ascii=False) + "\n")
    elif format_name == "markdown":
        print_out(check_page.markdown(page))
    else:
        print_out(check_page.text(page))


def _hint(wanted: str) -> str:
    ids = [f"{family}/{name.replace('_', '-')}" for family, name in check_files()]
    near = difflib.get_close_matches(wanted.lower(), ids, n=1)
    return f"Did you mean {near[0]}?" if near else "List them with 'gopls-diag checks'."
