"""What one gopls build accepts: settings, analyzers and flags, as it tells itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GoplsOption:
    """One setting that `gopls api-json` lists."""

    name: str
    """The last segment only: `directoryFilters`."""
    type: str
    """As api-json writes it: bool, string, int64, enum, time.Duration, []string, map[string]bool, …"""
    choices: tuple[str, ...] = ()
    """Values of an enum, without quotes; gopls ignores their case."""
    keys: tuple[str, ...] = ()
    """Known keys of a map; empty when they are not listed."""
    default: str = ""
    """As JSON."""
    status: str = ""
    """Empty, experimental, debug or advanced."""
    hierarchy: str = ""
    """`ui.completion`; the long name is hierarchy, a dot, name."""
    deprecation: str = ""
    """What gopls says about its deprecation, often empty where it is deprecated all the same."""

    @property
    def long_name(self) -> str:
        """The name with its hierarchy, as the VS Code settings page writes it."""
        return f"{self.hierarchy}.{self.name}" if self.hierarchy else self.name


@dataclass(frozen=True, slots=True)
class GoplsApi:
    """The answer of `gopls api-json` of the gopls in use."""

    path: str
    """Of the binary."""
    version: str
    """As people say it, `v0.23.0`; empty when it is not known."""
    options: Mapping[str, GoplsOption]
    """By the last segment of the name."""
    analyzers: Mapping[str, bool]
    """Name to whether it is on by default."""
    lenses: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    others: Mapping[str, GoplsApi] = field(default_factory=dict)
    """By path, for editors that use another gopls."""

    def at(self, path: str | None) -> GoplsApi | None:
        """The answer of the gopls at that path; None when it was not asked or gave none."""
        return self if path == self.path else self.others.get(path or "")


@dataclass(frozen=True, slots=True)
class GoplsFlags:
    """The flags that the gopls in use accepts when it is started as a server."""

    path: str
    version: str
    flags: Mapping[str, bool]
    """Name without its dash to whether it takes a value."""
    server: frozenset[str] = frozenset()
    """Those that are also accepted after the word `serve`; the others must stand before it."""
    subcommands: tuple[str, ...] = ()
    others: Mapping[str, GoplsFlags] = field(default_factory=dict)
    """By path, for editors that use another gopls."""

    def at(self, path: str | None) -> GoplsFlags | None:
        """The flags of the gopls at that path; None when it was not asked or gave none."""
        return self if path == self.path else self.others.get(path or "")
