"""W21: gopls refuses a setting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"(?:setting option|parsing setting|applying setting) \"(?P<refused>[^\"\n]{1,200})\": "
    r"|unexpected gopls setting \"(?P<unknown>[^\"\n]{1,200})\""
    r"|gopls setting \"(?P<old>[^\"\n]{1,200})\" is (?P<words>deprecated)"
    r"|[Ii]nvalid options type (?P<type>[^;\n]{1,200})"
)
"""The words of gopls v0.19 and newer, then those of older releases, then those for settings that are no object."""
CAUSES = (("unexpected setting", "S02"), ("deprecated", "S03"), ("invalid filter", "S09"), ("", "S04"))
"""Words of the refusal and the check that names the setting's file and line."""
_WORDS_LIMIT = 400


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
        for found, words in _refusals(saying.text):
            proof = f"{found[0]}{words}" if found["refused"] else found[0]
            if proof in seen:
                continue
            seen.add(proof)
            yield _finding(found, words, Evidence(saying.source, proof.strip(), saying.line))
    sayings.need(Channel.SHOW, Channel.LOG)


def _refusals(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each refusal with the words behind it, up to the next one or the end of the line."""
    heads = list(PATTERN.finditer(text))
    for at, found in enumerate(heads):
        end = heads[at + 1].start() if at + 1 < len(heads) else len(text)
        yield found, text[found.end() : end].partition("\n")[0][:_WORDS_LIMIT].strip().rstrip(";")


def _finding(found: re.Match[str], words: str, proof: Evidence) -> Finding:
    if found["type"]:
        return Finding(
            summary=f"gopls refuses all its settings: they are no object but {found['type'].strip()}",
            evidence=(proof,),
            remedies=(advise("Give gopls its settings as one object: {}, where there are none"),),
            why="None of the settings has an effect; gopls uses its defaults.",
        )
    name = found["refused"] or found["unknown"] or found["old"]
    said = words if found["refused"] else (found["words"] or "unexpected setting")
    return Finding(
        summary=f'gopls refuses the setting "{name}": {said}',
        evidence=(proof,),
        remedies=(advise(f'Correct or remove "{name}" in the gopls settings of the editor'),),
        because_of=next(code for each, code in CAUSES if each in said),
    )
