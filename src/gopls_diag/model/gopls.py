"""The gopls binaries of a machine, and which of them each editor and the shell would start."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.executable import ExecutableHeader
from gopls_diag.model.launcher import Launcher
from gopls_diag.model.version import GoplsVersion, GoVersion


@dataclass(frozen=True, slots=True)
class GoplsBinary:
    """One file named gopls (or what a setting names in its place), and what it says about itself."""

    path: str
    """As it was found; it may be a link."""
    version: GoplsVersion
    """Not known when it did not answer, and for a build from the repository."""
    built_with: GoVersion
    """The Go that built it."""
    resolved_path: str = ""
    """Where the path leads once links are followed."""
    header: ExecutableHeader | None = None
    """None when the file may not be read."""
    module_sum: str = ""
    """`h1:…` of the gopls module; empty for a build from a folder."""
    sha256: str = ""
    """In hex; the first eight digits name its cache folder; empty when the file may not be read."""
    problem: str = ""
    """Why it did not say its version, in words; empty when it did."""
    answered: str = ""
    """The command that told the version: `gopls version -json`, `gopls version` or `go version -m …`."""
    wraps: str = ""
    """The package that it is built from, when that is not gopls: `example.com/wrapper`."""

    @property
    def is_script(self) -> bool:
        """True if it is a script that starts something else."""
        return self.header is not None and self.header.is_script

    @property
    def is_wrapper(self) -> bool:
        """True if it is no gopls itself: a script, or another program of that name."""
        return self.is_script or bool(self.wraps)

    @property
    def is_usable(self) -> bool:
        """True if it answered when it was asked for its version."""
        return not self.problem

    @property
    def cache_key(self) -> str:
        """The name of its folder in gopls's cache (filecache.go: the first four bytes of the SHA-256)."""
        return self.sha256[:8]


ALTERNATE = "go.alternateTools.gopls"
"""The rule by which VS Code takes the gopls that its settings name."""


@dataclass(frozen=True, slots=True)
class GoplsChoice:
    """Which gopls one asker would start, and why that one."""

    asker: str
    """The name of the editor (`vscode`, `neovim`, …) or `shell`."""
    label: str
    """For people: `VS Code`, `the shell`."""
    binary: GoplsBinary | None
    """None when it finds none."""
    rule: str
    """Why this one: `go.alternateTools`, `GOBIN`, `GOPATH/bin`, `GOROOT/bin`, `PATH`, …; empty when none was found."""
    searched: tuple[str, ...] = ()
    """The places looked at, in their order, as `rule: path`."""
    configured: str = ""
    """The path or name that a setting gives; empty when none does."""
    is_proved: bool = False
    """True if it was read from a gopls that this editor runs now."""
    launcher: Launcher | None = None
    """What it starts in gopls's place (`record install`); `binary` is then the gopls that the launcher starts."""


@dataclass(frozen=True, slots=True)
class GoplsCommands:
    """All gopls binaries that were found, and who starts which."""

    all: tuple[GoplsBinary, ...]
    """Each file once, in the order in which they were found."""
    choices: tuple[GoplsChoice, ...]
    """One an editor that was found, then the shell's."""
    install_folder: str = ""
    """Where `go install` would put it: GOBIN, else GOPATH/bin."""
    not_executable: tuple[str, ...] = ()
    """Files named gopls in the places that are searched, which this user may not execute."""

    def used(self, editor: str) -> GoplsChoice | None:
        """The choice of that editor (or `shell`); None when that editor was not found."""
        return next((each for each in self.choices if each.asker == editor), None)

    @property
    def in_shell(self) -> GoplsBinary | None:
        """The one that the shell starts."""
        shell = self.used("shell")
        return shell.binary if shell else None

    @property
    def in_use(self) -> GoplsBinary | None:
        """The one that the first editor starts; when no editor was found the shell's, else the first that was found."""
        if len(self.choices) > 1:
            return self.choices[0].binary
        return self.in_shell or (self.all[0] if self.all else None)

    @property
    def editors(self) -> tuple[GoplsChoice, ...]:
        """The choices of editors, without the shell's."""
        return tuple(each for each in self.choices if each.asker != "shell")
