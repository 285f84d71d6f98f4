"""`gopls-diag incidents`: what the recorder kept."""

from __future__ import annotations

from typing import Any

import click

_FORMAT = click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group(invoke_without_command=True)
@_FORMAT
@click.pass_context
def incidents(ctx: click.Context, format_name: str) -> int:
    """List what the recorder kept of each bad end of gopls, newest first.

    An ID may be cut as long as it stays the only one that begins so; 'latest' is the newest, and a path is a folder or
    a packed incident that somebody sent.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from gopls_diag.cli import incidents_running  # noqa: PLC0415 - not for --help

    return incidents_running.show_list(format_name)


@incidents.command(short_help="Tell of one: what happened, what proves it, what to do.")
@click.argument("name", metavar="ID")
@_FORMAT
@click.option(
    "--html",
    "page",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="Write one page with the time line drawn, for a browser (incident-ID.html).",
)
@click.option("-v", "--verbose", is_flag=True, help="The whole time line, every finding, sources and files.")
def show(name: str, format_name: str, page: str | None, verbose: bool) -> int:
    """Tell of one incident: what happened, what proves it, what to do."""
    from gopls_diag.cli import incidents_running  # noqa: PLC0415

    return incidents_running.show(name, format_name, page=page, is_verbose=verbose)


@incidents.command(short_help="Make one file of it, to send.")
@click.argument("name", metavar="ID")
@click.argument("target", required=False, metavar="[FILE]")
@click.option("--with-private", is_flag=True, help="Also what holds source text: messages and profiles.")
def pack(name: str, target: str | None, with_private: bool) -> int:
    """Make one file of an incident, to send; 'gopls-diag crash FILE' reads it.

    Private words were taken out when the incident was made. What may hold source text stays here unless it is asked
    for.
    """
    from gopls_diag.cli import incidents_running  # noqa: PLC0415

    return incidents_running.pack(name, target, with_private=with_private)


@incidents.command(short_help="Take incidents away for good.")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--all", "is_all", is_flag=True, help="All of them.")
@click.option("--older-than", metavar="TIME", help="Those that ended longer ago: 7d, 12h.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(**given: Any) -> int:
    """Take incidents away for good."""
    from gopls_diag.cli import incidents_running  # noqa: PLC0415

    return incidents_running.remove(**given)
