"""The workspace folder as the go command sees it: which go.mod and go.work hold it, and which modules lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gopls_diag.model.module_file import ModFile, Replacement, VendoredModules, WorkFile
from gopls_diag.model.system import TreeUsage
from gopls_diag.model.toolchain import GoSetting


@dataclass(frozen=True, slots=True)
class Module:
    """One module on the disk."""

    folder: str
    """Absolute path of its folder."""
    file: str
    """Absolute path of its go.mod."""
    mod: ModFile
    vendor: VendorFolder | None = None

    @property
    def path(self) -> str:
        """The module path that go.mod declares; empty when it declares none."""
        return self.mod.path


@dataclass(frozen=True, slots=True)
class VendorFolder:
    """A vendor folder next to a go.mod or go.work."""

    folder: str
    modules: VendoredModules | None
    """None when there is no modules.txt (then the go command takes the folder for no vendor folder of its own)."""


@dataclass(frozen=True, slots=True)
class WorkspaceUse:
    """One `use` of go.work, and what is there."""

    path: str
    """As written."""
    line: int
    folder: str
    """Absolute."""
    is_there: bool
    """True if that is a folder."""
    module: Module | None
    """None when the folder has no go.mod."""


@dataclass(frozen=True, slots=True)
class LocalReplacement:
    """A replace by a folder, and what is there."""

    file: str
    """The go.mod or go.work that says it."""
    replacement: Replacement
    folder: str
    """Absolute."""
    is_there: bool
    """True if the folder holds a go.mod."""


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The go.work that holds the folder."""

    file: str
    folder: str
    work: WorkFile
    uses: tuple[WorkspaceUse, ...] = ()
    vendor: VendorFolder | None = None


@dataclass(frozen=True, slots=True)
class WorkspaceHolders:
    """What holds the workspace folder, as far as is known without looking into it."""

    folder: str
    is_folder: bool
    module: Module | None
    work: WorkFolder | None


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace folder and what holds it."""

    folder: str
    """Absolute, in the spelling that the user gave."""
    is_folder: bool
    """False when there is no such folder (missing, or a file)."""
    module: Module | None
    """The module that holds the folder: the nearest go.mod in it or above it."""
    work: WorkFolder | None
    """The go.work in force: GOWORK's, or the nearest one in the folder or above it. None with GOWORK=off."""
    modules: tuple[Module, ...]
    """Modules in the folder or below it, the folder's own first; folders that go never enters left out."""
    gowork: str = ""
    """What GOWORK is set to: empty or `auto` to search, `off`, or a path."""
    gowork_setting: GoSetting | None = None
    """Who set it; None when nobody did."""
    nearest_work: str | None = None
    """The go.work file that searching finds, whatever GOWORK says."""
    is_gowork_missing: bool = False
    """True if GOWORK names a file that is not there, or none that go would take."""
    is_gowork_absolute: bool = True
    """False if GOWORK is a relative path, which go refuses."""
    replacements: tuple[LocalReplacement, ...] = ()
    """Every replace by a folder in the go.mod and go.work files above."""
    is_complete: bool = True
    """False if the search for modules stopped at its limits."""
    is_home_or_root: bool = False
    """True if the folder is the home folder, the folder of all homes, or the root of a disk."""

    @property
    def root(self) -> str:
        """The folder of the go.work in force, else of the module, else the workspace folder."""
        if self.work is not None:
            return self.work.folder
        return self.module.folder if self.module is not None else self.folder

    @property
    def is_in_work(self) -> bool:
        """True if a go.work is in force and uses the module that holds the folder."""
        return self.module is not None and self.is_used(self.module)

    def is_used(self, module: Module) -> bool:
        """True if the go.work in force uses that module. Letter case does not count: P03 tells where it differs."""
        if self.work is None:
            return False
        wanted = module.file.casefold()
        return any(use.module is not None and use.module.file.casefold() == wanted for use in self.work.uses)


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """What lies below the workspace folder, from one bounded walk."""

    folder: str
    usage: TreeUsage
    """`named` holds node_modules, vendor and testdata folders; `weighed` the Go files outside them."""
    module_files: tuple[str, ...] = ()
    """go.mod files, relative to the folder, with slashes."""
    work_files: tuple[str, ...] = ()
    """go.work files, relative to the folder, with slashes."""

    entered: Mapping[str, int] = field(default_factory=dict)
    """node_modules folders without a go.mod of their own, so that `./...` enters them: relative path to files below."""
