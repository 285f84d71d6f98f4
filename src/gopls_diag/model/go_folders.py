"""The folders that the go command lives on: its own, its caches, GOPATH."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.system import FileKind
from gopls_diag.model.toolchain import GoSetting


@dataclass(frozen=True, slots=True)
class FolderState:
    """One path that must be a folder, and what stands there."""

    path: str
    is_absolute: bool = True
    kind: FileKind | None = None
    """None when nothing is there."""
    is_writable: bool = True
    """For this user; false too when the file system is read-only."""
    is_hidden: bool = False
    """True if this user may not even look."""
    owner: int | None = None
    """User id, when something is there."""
    ancestor: str = ""
    """When nothing is there: the nearest thing above it that is there."""
    ancestor_kind: FileKind | None = None
    is_ancestor_writable: bool = True
    broken_link: str = ""
    """Where a link at this path leads, when that is not there."""

    @property
    def is_folder(self) -> bool:
        return self.kind is FileKind.FOLDER

    @property
    def can_be_made(self) -> bool:
        """True if nothing is there and this user may make the folder."""
        is_free = self.kind is None and not self.broken_link and not self.is_hidden
        return is_free and self.ancestor_kind is FileKind.FOLDER and self.is_ancestor_writable


@dataclass(frozen=True, slots=True)
class GoFolders:
    """What stands at the paths of the go environment. None where go has no such path."""

    goroot: FolderState | None = None
    goroot_has_source: bool = True
    """False if that folder holds no `src` folder: then it is no Go installation."""
    goroot_version: str = ""
    """First line of its VERSION file: `go1.26.5`."""
    build_cache: FolderState | None = None
    build_cache_part: FolderState | None = None
    """The first sub-folder of GOCACHE, which another user may have made."""
    module_cache: FolderState | None = None
    gopath: tuple[FolderState, ...] = ()
    editor_goroot: FolderState | None = None
    """What VS Code's `go.goroot` names."""
    editor_goroot_setting: GoSetting | None = None


@dataclass(frozen=True, slots=True)
class CgoTools:
    """The programs that cgo needs, and the files that need cgo."""

    compiler: str = ""
    """What CC names, without its arguments."""
    compiler_path: str = ""
    """Where that was found; empty when it was not."""
    developer_folder: str = ""
    """macOS: what `xcode-select -p` says."""
    developer_problem: str = ""
    """macOS: why there is no developer folder; empty when there is one."""
    pkg_config: str = ""
    """What PKG_CONFIG names, else pkg-config."""
    pkg_config_path: str = ""
    missing_libraries: tuple[tuple[str, str], ...] = ()
    """(name, words of pkg-config) of what `#cgo pkg-config:` lines ask for and pkg-config does not know."""
    left_out: tuple[tuple[str, int], ...] = ()
    """(path, line of `import "C"`) of files that CGO_ENABLED=0 leaves out, in packages that do not speak of cgo."""
