"""W21: gopls refuses a setting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"setting option \"([^\"\n]{1,200})\": ([^\n]{1,400})")
CAUSES = (("unexpected setting", "S02"), ("deprecated", "S03"), ("invalid filter", "S09"), ("", "S04"))
"""Words of the refusal and the check that names the setting's file and line."""


@check("W21", Severity.WARNING, why="The setting has no effect; gopls uses its default.")
def settings_refused(sayings: Sayings) -> Iterator[Finding]:
    """gopls refuses a setting that it was given.

    What it means: At its start gopls said which of its settings it does not know, no longer has, or cannot read.
    Why it matters: What the setting was for does not happen, and a pop-up says so at each start.
    How to fix: Correct or remove the named setting in the gopls object of the editor's settings.
    When to ignore: A deprecated setting that you keep for older versions of gopls.
    Source: golang/tools gopls/internal/settings/settings.go; seen with gopls v0.23.0.
    """
    seen: set[str] = set()
    for saying in sayings.all:
        for found in PATTERN.finditer(saying.text):
            if found[0] in seen:
                continue
            seen.add(found[0])
            yield Finding(
                summary=f'gopls refuses the setting "{found[1]}": {found[2].strip()}',
                evidence=(Evidence(saying.source, found[0].strip(), saying.line),),
                remedies=(advise(f'Correct or remove "{found[1]}" in the gopls settings of the editor'),),
                because_of=next(code for words, code in CAUSES if words in found[2]),
            )
    sayings.need(Channel.SHOW, Channel.LOG)
