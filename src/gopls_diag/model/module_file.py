"""What go.mod, go.work and vendor/modules.txt say, line by line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModuleFileProblem:
    """Something that the go command would refuse, or that it does not know."""

    line: int
    text: str
    """What is wrong, in the go command's words where it has words for it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A directive with one value (`module`, `go`, `toolchain`, `tool`, `ignore`, `godebug`), and where it stands."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of `require`, or of `exclude`."""

    path: str
    version: str
    line: int
    is_indirect: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    """One line of `replace`."""

    old_path: str
    old_version: str
    """Empty when every version is replaced."""
    new_path: str
    new_version: str
    """Empty when the new path is a folder."""
    line: int

    @property
    def is_folder(self) -> bool:
        """True if the replacement is a folder on this machine."""
        return not self.new_version


@dataclass(frozen=True, slots=True)
class Retraction:
    """One line of `retract`: the versions from low to high."""

    low: str
    high: str
    rationale: str
    line: int


@dataclass(frozen=True, slots=True)
class ModFile:
    """A go.mod file. Empty tuples and None mean that the file does not say."""

    module: Statement | None
    go: Statement | None
    toolchain: Statement | None
    require: tuple[Requirement, ...] = ()
    replace: tuple[Replacement, ...] = ()
    exclude: tuple[Requirement, ...] = ()
    retract: tuple[Retraction, ...] = ()
    tool: tuple[Statement, ...] = ()
    ignore: tuple[Statement, ...] = ()
    godebug: tuple[Statement, ...] = ()
    """Values as `name=value`."""
    deprecated: str = ""
    """The words after `Deprecated:` in the comment of the module directive."""
    problems: tuple[ModuleFileProblem, ...] = ()

    @property
    def path(self) -> str:
        """The module's path; empty when the file names none."""
        return self.module.value if self.module else ""


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A go.work file."""

    go: Statement | None
    toolchain: Statement | None
    use: tuple[Statement, ...] = ()
    """Folders as written."""
    replace: tuple[Replacement, ...] = ()
    godebug: tuple[Statement, ...] = ()
    problems: tuple[ModuleFileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class VendoredModule:
    """One module of vendor/modules.txt."""

    path: str
    version: str
    """Empty for a workspace module."""
    line: int
    is_explicit: bool = False
    go: str = ""
    replaced_by: str = ""
    """`path version` or a folder, as written after `=>`."""
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VendoredModules:
    """vendor/modules.txt."""

    modules: tuple[VendoredModule, ...] = ()
    is_workspace: bool = False
    """True if `go work vendor` wrote it."""
    problems: tuple[ModuleFileProblem, ...] = ()
