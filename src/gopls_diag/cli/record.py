"""`gopls-diag record`: the flight recorder around gopls."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import click

from gopls_diag.cli.exits import UserError

_SEPARATED = "gopls_diag.is_separated"
_WATCH = "--watch"
_PRIVATE = 'Write it into record.toml: otlp = "…". gopls-diag record status tells where that is.'
_FORMAT = click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True
)


def _recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What may be said of a recording, at installing it and at a run; each is over what record.toml says."""
    for option in reversed(
        (
            click.option("--otlp", metavar="URL", help="Send the measures to this collector too (OTLP over HTTP)."),
            click.option("--keep-alive", is_flag=True, help="In a crash loop start gopls with the proven remedy."),
            click.option("--gctrace", is_flag=True, help="Let gopls tell of each garbage collection."),
            click.option("--rpc-trace", is_flag=True, help="Keep the last messages, source text and all."),
            click.option("--no-otel", is_flag=True, help="Do not let gopls tell of its requests."),
            click.option(
                "--debug-pages",
                type=click.Choice(["auto", "always", "never"]),
                help="Let gopls serve its debug pages on loopback, for goroutines and heap.",
            ),
        )
    ):
        command = option(command)
    return command


def _overrides(
    otlp: str | None, *, keep_alive: bool, gctrace: bool, rpc_trace: bool, no_otel: bool, debug_pages: str | None
) -> dict[str, Any]:
    """Fields of RecordSettings that the command line gives."""
    if otlp is not None and not otlp.startswith(("http://", "https://")):
        raise UserError(f"--otlp {otlp} is no URL of a collector", "Give it as http://HOST:4318.")
    if otlp is not None and "@" in otlp.split("/")[2]:
        raise UserError("--otlp has a name or password in it, which every user of this machine could read", _PRIVATE)
    given = {"keep_alive": keep_alive, "gctrace": gctrace, "rpc_trace": rpc_trace}
    found: dict[str, Any] = {name: True for name, is_wanted in given.items() if is_wanted}
    if no_otel:
        found["otel"] = False
    if debug_pages is not None:
        found["debug"] = debug_pages
    if otlp is not None:
        found["otlp"] = otlp
    return found


class _Record(click.Group):
    """Commands of its own; any other first word, and all that stands behind `--`, is a gopls to run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, _WATCH]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name != _WATCH:
            return self.commands.get(name)
        command = importlib.import_module("gopls_diag.cli.record_watch").record_watch
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options, separated = _leading_options(args)
        ctx.meta[_SEPARATED] = separated
        if _WATCH in options:
            # Its options are its own, wherever they stand.
            rest = list(args)
            rest.remove(_WATCH)
            args = ["--", _WATCH, *rest]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.meta[_SEPARATED] and args[0] in self.list_commands(ctx):
            return args[0], self.get_command(ctx, args[0]), args[1:]
        return "--", _run, args

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = [(name, each.short_help or "") for name, each in self.commands.items()]
        lines += [(_WATCH, "Watch gopls that run already; nothing is changed.")]
        with formatter.section("Commands"):
            formatter.write_dl([*lines, ("[--] GOPLS ARGS…", "Run this gopls under the recorder; end as gopls ends.")])


def _leading_options(args: list[str]) -> tuple[list[str], bool]:
    """The words before the first that is no option, and whether that is a `--`."""
    found: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            return found, True
        if not word.startswith("-"):
            break
        found.append(word)
        if word in ("--otlp", "--debug-pages"):
            next(words, None)
    return found, False


@click.group(cls=_Record, no_args_is_help=False)
@_recording_options
@click.pass_context
def record(ctx: click.Context, /, otlp: str | None, **switches: Any) -> None:
    """Keep a record of gopls, so that its end explains itself.

    An editor starts a launcher in gopls's place, which starts gopls on the editor's own streams: no byte of them passes
    through the recorder. What becomes of gopls is kept, and 'gopls-diag incidents' lists what ended badly.
    """
    ctx.obj = _overrides(otlp, **switches)


@record.command(short_help="Let an editor start gopls under the recorder.")
@click.argument("folder", required=False, type=click.Path())
@click.option("--editor", metavar="NAME", help="For this editor (vscode, neovim, helix, zed, emacs, …).")
@click.option("--gopls", "program", metavar="PATH", help="The gopls to start; else the one that the editor starts now.")
@click.option("--yes", is_flag=True, help="Change the setting without asking.")
@click.option("--dry-run", is_flag=True, help="Try the launcher and show what would change; change nothing.")
@_recording_options
@_FORMAT
@click.pass_obj
def install(
    obj: dict[str, Any],
    /,
    folder: str | None,
    editor: str | None,
    program: str | None,
    yes: bool,
    dry_run: bool,
    otlp: str | None,
    format_name: str,
    **switches: Any,
) -> int:
    """Let an editor start gopls under the recorder.

    Builds the launcher with your own go, tries it with the gopls that the editor starts now, and only then points the
    editor's setting at it: the user's, or with FOLDER that folder's. What an editor's configuration says as a program
    (Neovim, Emacs) is shown as lines to write.
    """
    from gopls_diag.cli import record_install  # noqa: PLC0415 - not for --help

    given = {**(obj or {}), **_overrides(otlp, **switches)}
    return record_install.install(
        folder, editor=editor, program=program, yes=yes, is_dry=dry_run, given=given, format_name=format_name
    )


@record.command(short_help="Put back what was, and take the launcher away.")
@click.argument("folder", required=False, type=click.Path())
@click.option("--editor", metavar="NAME", help="Only for this editor.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@_FORMAT
def uninstall(folder: str | None, editor: str | None, dry_run: bool, format_name: str) -> int:
    """Put back what editors started before, then take the launcher away.

    With FOLDER only what was installed for that folder. Incidents are kept. The launcher stays as long as a setting
    names it or a gopls runs under it.
    """
    from gopls_diag.cli import record_install  # noqa: PLC0415 - not for --help

    return record_install.uninstall(folder, editor=editor, is_dry=dry_run, format_name=format_name)


@record.command(short_help="Tell what is installed, kept, and does not fit.")
@click.argument("folder", required=False, type=click.Path())
@_FORMAT
def status(folder: str | None, format_name: str) -> int:
    """Tell what is installed, whether editors use it, what is kept, and what does not fit."""
    from gopls_diag.cli import record_install  # noqa: PLC0415 - not for --help

    return record_install.status(folder, format_name)


@click.command(
    "--",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
)
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def _run(obj: dict[str, Any], words: tuple[str, ...]) -> int:
    """Run a gopls under the recorder."""
    from gopls_diag.cli import record_run  # noqa: PLC0415 - not for --help

    return record_run.run(words, obj or {})
