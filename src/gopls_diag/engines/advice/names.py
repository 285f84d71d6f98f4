"""The names that gopls, the Go extension, go and delve have or ever had, with the releases that had them."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.version import GoplsVersion


@dataclass(frozen=True, slots=True)
class Span:
    """The releases that have a name."""

    first: str
    last: str | None
    """None for the newest of the table."""


Spans = Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Names:
    """The table of facts/claimed_names.json; tools/claimed_names.py says how it is made."""

    made: str
    gopls_releases: tuple[str, ...]
    settings: Spans
    flags: Spans
    subcommand_flags: Spans
    subcommands: Spans
    analyzers: Spans
    commands: Spans
    """LSP commands of gopls, without `gopls.`."""
    extension_releases: tuple[str, str]
    extension_settings: Spans
    palette: Spans
    go_release: str
    go_commands: Mapping[str, frozenset[str]]
    """Flags of each."""
    go_environment: frozenset[str]
    delve_release: str
    delve_commands: frozenset[str]
    delve_flags: frozenset[str]
    delve_prompt: frozenset[str]

    @property
    def gopls_source(self) -> str:
        """For evidence of what never was."""
        return f"golang/tools, gopls {self.gopls_releases[0]} to {self.gopls_releases[-1]} (read {self.made})"

    @property
    def extension_source(self) -> str:
        """The same of the extension."""
        first, last = self.extension_releases
        return f"golang/vscode-go package.json, {first} to {last} (read {self.made})"


@cache
def names() -> Names:
    """The table."""
    raw = json.loads(pkgutil.get_data("gopls_diag.facts", "claimed_names.json") or b"{}")
    gopls, extension, go, delve = raw["gopls"], raw["extension"], raw["go"], raw["delve"]

    def spans(table: Mapping[str, list[str]]) -> Spans:
        return {name: Span(*pair) for name, pair in table.items()}

    return Names(
        made=raw["made"],
        gopls_releases=tuple(gopls["releases"]),
        settings=spans(gopls["settings"]),
        flags=spans(gopls["flags"]),
        subcommand_flags=spans(gopls["subcommand_flags"]),
        subcommands=spans(gopls["subcommands"]),
        analyzers=spans(gopls["analyzers"]),
        commands=spans(gopls["commands"]),
        extension_releases=(extension["releases"][0], extension["releases"][1]),
        extension_settings=spans(extension["settings"]),
        palette=spans(extension["commands"]),
        go_release=go["release"],
        go_commands={name: frozenset(flags) for name, flags in go["commands"].items()},
        go_environment=frozenset(go["environment"]),
        delve_release=delve["release"],
        delve_commands=frozenset(delve["commands"]),
        delve_flags=frozenset(delve["flags"]),
        delve_prompt=frozenset(delve["prompt"]),
    )


@dataclass(frozen=True, slots=True)
class Installed:
    """What is installed here, as far as it could be asked."""

    api: GoplsApi | None = None
    flags: GoplsFlags | None = None
    extension_version: str = ""
    extension_settings: frozenset[str] = frozenset()
    """What the installed Go extension declares; empty where there is none."""

    @property
    def gopls(self) -> str:
        """`v0.23.0`; empty when there is no gopls, or it does not tell its version."""
        return (self.api.version if self.api else "") or (self.flags.version if self.flags else "")

    def is_before(self, release: str) -> bool:
        """True if the installed gopls is known to be older than a release."""
        own = GoplsVersion.parse(self.gopls) if self.gopls else None
        return bool(own and own.is_known and own < GoplsVersion.parse(release))

    def is_after(self, release: str) -> bool:
        """True if it is known to be newer, or if there is no gopls to ask: people install the newest."""
        if not self.gopls:
            return True
        own = GoplsVersion.parse(self.gopls)
        return not own.is_known or own > GoplsVersion.parse(release)
