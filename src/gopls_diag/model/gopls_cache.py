"""gopls's cache folders on the disk."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_BUDGET_BYTES = 1_000_000_000
"""The budget that gopls sweeps its cache down to (gopls/internal/filecache/filecache.go, `defaultBudget`)."""
MAX_AGE_DAYS = 5
"""An entry that was not used for so long is swept (filecache.go, `maxAge`; one hour in v0.12 and v0.13)."""
BUDGET_FACTOR = 3
"""The real use may be so many times the budget before something is wrong (filecache.go, comment at SetBudget)."""


@dataclass(frozen=True, slots=True)
class GoplsBug:
    """One assertion of gopls that failed, as it stored it."""

    file: str
    """The stored report."""
    position: str
    """`check.go:123` in gopls's source; empty when the report could not be read."""
    description: str
    reported: str
    """RFC 3339, as stored."""


@dataclass(frozen=True, slots=True)
class GoplsCacheFolder:
    """The part of a cache that belongs to one binary."""

    path: str
    key: str
    """Eight hex digits: the beginning of the binary's SHA-256."""
    executable_sha256: str
    """What exe.sha256 in it says; empty when that file is missing (gopls before v0.24 makes none) or no hash."""
    binary: str
    """Path of the installed gopls with that hash; empty when none that was found has it."""
    files: int
    disk_bytes: int
    """As du counts."""
    newest_seconds: float
    """Newest modification of a file in it, seconds since 1970: touched on use, at most hourly; 0 if empty."""
    is_complete: bool
    """False if counting stopped at its limit."""
    is_writable: bool = True
    """True if this user may write to it."""
    bug_count: int = 0
    """Number of stored internal bug reports."""
    bugs: tuple[GoplsBug, ...] = ()
    """Some of them, at most five."""


@dataclass(frozen=True, slots=True)
class GoplsCacheRoot:
    """One folder that gopls keeps its cache in."""

    path: str
    origin: str
    """How gopls comes to it: `GOPLSCACHE`, `user cache folder` or `temporary folder`."""
    is_there: bool
    is_in_use: bool
    """True for the one that a gopls started now would use."""
    problem: str
    """Why gopls could not use it, in words; empty when it could."""
    free_bytes: int | None = None
    """On its volume; None when that could not be told."""
    free_files: int | None = None
    folders: tuple[GoplsCacheFolder, ...] = ()

    @property
    def disk_bytes(self) -> int:
        return sum(each.disk_bytes for each in self.folders)

    @property
    def files(self) -> int:
        return sum(each.files for each in self.folders)


@dataclass(frozen=True, slots=True)
class GoplsCaches:
    """Every cache of gopls that was found."""

    roots: tuple[GoplsCacheRoot, ...]
    looked_seconds: float = 0.0
    """When they were counted, seconds since 1970."""
    budget_bytes: int = DEFAULT_BUDGET_BYTES
    """What gopls sweeps down to: the `maxFileCacheBytes` setting, or gopls's own."""

    @property
    def in_use(self) -> GoplsCacheRoot | None:
        """The one that a gopls started now would use; None when it can use none."""
        return next((each for each in self.roots if each.is_in_use), None)
