"""`gopls-diag checks`: everything that the doctor looks for."""

from __future__ import annotations

import click

from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.shipped import print_out
from gopls_diag.present import check_list


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
def checks(format_name: str) -> None:
    """List all checks: code, severity and what each finds."""
    declared = all_checks()
    print_out(check_list.json_text(declared) if format_name == "json" else check_list.text(declared))
