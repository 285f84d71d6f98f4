"""What `go list` says about the packages of a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ListedError:
    """One error that go list hung on a package."""

    text: str
    """In go's words."""
    position: str = ""
    """`file.go:3:8`, relative to the folder; empty when it has none."""
    imports: tuple[str, ...] = ()
    """The import stack, outermost first."""


@dataclass(frozen=True, slots=True)
class ListedModule:
    """The module of a package."""

    path: str
    version: str = ""
    """Empty for a module of the workspace."""
    folder: str = ""
    """Where its code lies; empty when it is not on this machine."""
    is_main: bool = False
    go_version: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """One package of the folder, or one that has an error. Dependencies without fault are only counted."""

    path: str
    """Import path, with the variant that go list gives it: `example.com/a [example.com/a.test]`."""
    name: str = ""
    folder: str = ""
    module: str = ""
    """Path of its module; empty for the standard library and outside modules."""
    is_dependency: bool = False
    """True if it is here only because another package imports it."""
    is_standard: bool = False
    error: ListedError | None = None
    cgo_files: tuple[str, ...] = ()
    """Files with `import "C"` that take part."""
    ignored_files: tuple[str, ...] = ()
    """Go files that build constraints leave out; with CGO_ENABLED=0 those with `import "C"` too."""
    pkg_config: tuple[str, ...] = ()
    """What `#cgo pkg-config:` lines ask for."""
    go_files: int = 0
    """Number of Go files that take part, tests apart."""
    test_files: int = 0


@dataclass(frozen=True, slots=True)
class GoList:
    """One `go list -e -deps` over the folder, offline."""

    command: str
    """As a person would type it."""
    packages: tuple[ListedPackage, ...]
    """The packages of the folder, and every other package that has an error, holds cgo files or asks pkg-config."""
    total: int = 0
    """All packages that were listed, dependencies too."""
    errors: tuple[ListedError, ...] = ()
    """Distinct errors of packages, in the order in which they came."""
    modules: Mapping[str, ListedModule] = field(default_factory=dict)
    """By path: every module that a listed package belongs to."""
    stderr: str = ""
    is_ok: bool = True
    """False if go list itself failed: then nothing could be loaded."""
    ending: str = ""
    """How it ended when it failed: `exited with code 1`."""
    elapsed_seconds: float = 0.0
    not_understood: int = 0
    """Pieces of its output that were no package."""
    is_complete: bool = True
    """False if it printed more than we read, or was cut off."""

    @property
    def own(self) -> tuple[ListedPackage, ...]:
        """The packages that lie in the folder."""
        return tuple(each for each in self.packages if not each.is_dependency)
