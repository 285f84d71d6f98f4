"""Write what is generated: help texts, docs/commands.md, docs/checks/, the examples of docs/crash.md.

`make docs` runs it; a test fails when something is stale.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.main import program
from gopls_diag.model.declaration import FAMILIES
from gopls_diag.present import check_page

ROOT = Path(__file__).resolve().parent.parent
HELP = ROOT / "src" / "gopls_diag" / "cli" / "help"
CHECKS = ROOT / "docs" / "checks"
COLUMNS = 80


def command_paths(command: click.Command = program, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The program's and each command's words, in the order of the help."""
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from command_paths(inner, (*names, name))


def help_text(names: tuple[str, ...]) -> str:
    """What click prints for `gopls-diag NAMES --help` in a terminal of 80 columns."""
    command: click.Command = program
    context = click.Context(command, info_name="gopls-diag", terminal_width=COLUMNS, **command.context_settings)
    for name in names:
        assert isinstance(command, click.Group)
        inner = command.get_command(context, name)
        assert inner is not None
        command = inner
        context = click.Context(command, parent=context, info_name=name, terminal_width=COLUMNS)
    return command.get_help(context) + "\n"


def commands_page() -> str:
    """All help texts as one page."""
    parts = ["# Commands\n\nWritten by `make docs` from the commands themselves.\n"]
    for names in command_paths():
        title = " ".join(("gopls-diag", *names))
        parts.append(f"## {title}\n\n```text\n{help_text(names)}```\n")
    return "\n".join(parts)


def checks_index() -> str:
    """The list of all checks by family."""
    lines = [
        "# Checks",
        "",
        "Written by `make docs` from the checks themselves. `gopls-diag explain CODE` prints a page.",
        "",
    ]
    for letter, family in FAMILIES.items():
        members = [each for each in all_checks() if each.code.startswith(letter)]
        if members:
            lines += [f"## {family}", "", "| code | severity | found when |", "|---|---|---|"]
            lines += [f"| [{each.code}]({each.code}.md) | {each.severity.value} | {each.title} |" for each in members]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def generated() -> dict[Path, str]:
    """Every generated file with what it must hold."""
    files = {HELP / ("-".join(("gopls-diag", *names)) + ".txt"): help_text(names) for names in command_paths()}
    files[ROOT / "docs" / "commands.md"] = commands_page()
    files[CHECKS / "README.md"] = checks_index()
    for each in all_checks():
        files[CHECKS / f"{each.code}.md"] = check_page.markdown(each)
    return files


def strays() -> list[Path]:
    """Generated files of things that are gone."""
    wanted = generated()
    return [each for folder in (HELP, CHECKS) if folder.is_dir() for each in folder.iterdir() if each not in wanted]


def with_examples(page: str) -> str:
    """The page with what `$ gopls-diag crash …` prints below each such line of it."""

    def printed(found: re.Match[str]) -> str:
        words = [sys.executable, "-m", "gopls_diag", *found[1].split()]
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        return f"```text\n$ gopls-diag {found[1]}\n\n{ended.stdout}```"

    return re.sub(r"(?ms)^```text\n\$ gopls-diag (crash [^\n]+)\n.*?^```", printed, page)


def main() -> None:
    """Write what differs and remove what is gone."""
    for path, text in generated().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}", file=sys.stderr)
    examples = ROOT / "docs" / "crash.md"
    examples.write_text(with_examples(examples.read_text(encoding="utf-8")), encoding="utf-8")
    for path in strays():
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
