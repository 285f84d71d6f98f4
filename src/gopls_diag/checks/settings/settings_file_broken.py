"""S16: a settings file that does not parse."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import need_editors
from gopls_diag.model.editor import Editors, SettingsLayer
from gopls_diag.model.finding import Evidence, Finding, Severity, advise


@check(
    "S16",
    Severity.WARNING,
    why="The editor uses what it could read of the file, and leaves out the rest without a word.",
)
def settings_file_broken(editors: Editors) -> Iterator[Finding]:
    """A settings file does not parse.

    What it means: There is a mistake in the file: a comma or a quote is missing, a bracket is not closed, a merge left
        its marks. Comments and a comma before a closing bracket are fine in the settings of VS Code and Zed.
    Why it matters: VS Code goes on with what it could read, so settings near the mistake are missing or differ from
        what the file seems to say, and the settings page cannot change the file. Helix falls back to its defaults.
    How to fix: Go to the place that is named. The first mistake often causes the others.
    When to ignore: Never, as long as the editor is used for Go.
    Source: microsoft/node-jsonc-parser src/impl/parser.ts (it goes on after a mistake); TOML 1.0.
    """
    need_editors(editors)
    seen: set[str] = set()
    for editor in editors.all:
        for layer in editor.layers:
            if not layer.problems or layer.file in seen:
                continue
            seen.add(layer.file)
            yield _unread(layer) if layer.problems[0].line == 0 else _mistake(layer)


def _unread(layer: SettingsLayer) -> Finding:
    problem = layer.problems[0]
    return Finding(
        f"{layer.file} cannot be read: it {problem.message.removeprefix(layer.file).strip()}"
        if problem.message.startswith(layer.file)
        else f"{layer.file} cannot be read: {problem.message}",
        (Evidence(problem.file, problem.message),),
        (advise(f"Make {layer.file} a file that you may read"),),
        why="The editor cannot read it either, and works without these settings.",
        severity=None if layer.is_applied else Severity.INFO,
    )


def _mistake(layer: SettingsLayer) -> Finding:
    first, more = layer.problems[0], len(layer.problems) - 1
    place = f"line {first.line}, column {first.column}"
    return Finding(
        f"{layer.file} does not parse: {place}: {first.message}",
        tuple(
            Evidence(each.file, f"column {each.column}: {each.message}: {each.text}", each.line)
            for each in layer.problems[:3]
        ),
        (advise(f"Correct {place}" + (f" (and {more} more, which may follow from it)" if more else "")),),
        severity=None if layer.is_applied else Severity.INFO,
    )
