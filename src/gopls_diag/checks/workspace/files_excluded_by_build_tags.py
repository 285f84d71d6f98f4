"""W05: files that only a build tag brings in, while that tag is set nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.build_tags import BuildTags, TaggedFile
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(
    r"No packages found for open file ([^\n]{1,1000}?)[.:]? ?\n?"
    r"[^\n]{0,40}This file may be excluded due to its build tags"
)
_ORDINARY_TAGS = (
    "ignore tools tool generate gen codegen generator wireinject mage none never exclude skip integration e2e "
    "acceptance functional system smoke unit test tests testing bench benchmark fuzz gofuzz manual live debug dev "
    "example examples appengine noasm asm nounsafe safe unsafe js nethttpomithttp2 netgo netcgo osusergo timetzdata "
    "docs disabled"
)
ORDINARY = frozenset(_ORDINARY_TAGS.split())
"""Tags that are usual for files which are meant to be left out of an ordinary build."""


@check("W05", Severity.INFO, why="In files that are left out gopls offers nothing.", explains=("W06",))
def files_excluded_by_build_tags(tags: BuildTags | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """Files are left out because their build tag is set nowhere.

    What it means: The first lines of these files ask for a tag (//go:build TAG), and neither GOFLAGS nor the settings
        of the editor set it.
    Why it matters: For gopls they belong to no package: no completion in them, and what they define is unknown
        elsewhere. gopls sets tags of systems and processors by itself when such a file is opened, but no others.
    How to fix: Set "build.buildFlags": ["-tags=TAG"] in the gopls settings (or go.buildTags), for this folder only.
    When to ignore: For files that are not worked on; tags such as ignore, tools or integration are never reported.
    Source: golang/tools gopls/doc/settings.md (buildFlags), gopls/internal/cache/snapshot.go; golang/go#65089; seen
        with gopls v0.23.0.
    """
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"The open file {heard.match[1]} is left out by its build tags",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(
                    advise('Set "build.buildFlags": ["-tags=TAG"] in the gopls settings, with the tag of the file'),
                ),
                severity=Severity.WARNING,
            )
    if isinstance(tags, Unknown):
        return
    odd = [each for each in tags.left_out if not ORDINARY.issuperset(each.tags)]
    if odd:
        yield _found(odd, is_all=tags.packages == 0 and all(each.is_alone for each in odd))


def _found(odd: list[TaggedFile], *, is_all: bool) -> Finding:
    """One finding for all tags: with no package at all, they are what hides the whole workspace."""
    counts = Counter(tag for each in odd for tag in each.tags if tag not in ORDINARY)
    tags = [tag for tag, _ in counts.most_common()]
    files = odd[0].path if len(odd) == 1 else f"{len(odd)} files ({odd[0].path}, …)"
    named = tags[0] if len(tags) == 1 else f"{', '.join(tags[:4])}{', …' if len(tags) > 4 else ''}"
    what = f"the build tag {named}, which is" if len(tags) == 1 else f"build tags ({named}) that are"
    takes = "takes" if len(odd) == 1 else "take"
    summary = f"{files} {takes} part only with {what} set nowhere"
    if is_all:
        summary = f"All Go files here ask for {what} set nowhere: {files}"
    return Finding(
        summary=summary,
        evidence=tuple(Evidence(each.path, f"//go:build {each.expression}", each.line) for each in odd[:3]),
        remedies=(advise(f'Set "build.buildFlags": ["-tags={tags[0]}"] in the gopls settings of this folder'),),
        severity=Severity.WARNING if is_all else Severity.INFO,
    )
