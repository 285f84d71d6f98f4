"""Go files that only a build tag brings in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaggedFile:
    """One file that is left out, and would take part if its tags were set."""

    path: str
    """Relative to the workspace folder, with slashes."""
    line: int
    expression: str
    """What stands behind `//go:build`."""
    tags: tuple[str, ...]
    """The tags that are no system, processor or version, and are asked for rather than forbidden."""
    is_alone: bool
    """True if no file of its folder takes part."""


@dataclass(frozen=True, slots=True)
class SetTags:
    """The build tags that are set, and by whom."""

    all: frozenset[str]
    """By GOFLAGS, go.buildTags, go.buildFlags and gopls's build.buildFlags together."""
    for_gopls: tuple[str, ...] = ()
    """What the first editor's settings give gopls; on its command line they replace those of GOFLAGS."""


@dataclass(frozen=True, slots=True)
class BuildTags:
    """The files of the workspace that tags leave out, and which tags are set."""

    left_out: tuple[TaggedFile, ...]
    set_tags: frozenset[str] = frozenset()
    """By GOFLAGS, go.buildTags, go.buildFlags and gopls's build.buildFlags together."""
    packages: int = 0
    """Packages of the folder that do take part."""
    is_complete: bool = True
    """False if there were more files than are read."""
