"""The go command that gopls would run, and the environment that it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gopls_diag.model.finding import Evidence
from gopls_diag.model.version import GoVersion

NO_ANSWER = "gave no answer within"
"""The words of CommandResult.ending for a command that ran out of time."""


@dataclass(frozen=True, slots=True)
class GoChoice:
    """Which go one asker would run, and by which rule."""

    asker: str
    """The name of the editor (`vscode`, `neovim`, …) or `shell`."""
    label: str
    """For people: `VS Code`, `the shell`."""
    path: str
    """Absolute path of the program; empty when none is found."""
    rule: str
    """Why this one: `PATH`, `go.alternateTools.go`, `go.goroot`, `GOROOT`, `usual place`; empty when there is none."""
    search_path: str = ""
    """The PATH that it searches."""


@dataclass(frozen=True, slots=True)
class GoCommand:
    """The go command of this machine: the one in use, and all others on PATH."""

    path: str
    """The go that gopls would run: the first editor's, else the shell's; empty when there is none."""
    version: GoVersion
    """Of that program itself, before go.mod makes it switch; not known when there is none or it did not answer."""
    rule: str
    """Why that one; see GoChoice.rule."""
    choices: tuple[GoChoice, ...]
    """One an editor that was found, then the shell's."""
    candidates: tuple[str, ...] = ()
    """Every go on the shell's PATH, in its order."""
    resolved_path: str = ""
    """Where the path leads once links are followed."""
    problem: str = ""
    """Why it did not tell its version, in words; empty when it did."""
    shell_version: GoVersion = field(default_factory=lambda: GoVersion.parse(""))
    """Of the first go on the shell's PATH."""

    @property
    def is_there(self) -> bool:
        """True if there is a go command to run."""
        return bool(self.path)

    @property
    def is_silent(self) -> bool:
        """True if it was started and gave no answer in its time: asking it more would only make the reader wait."""
        return NO_ANSWER in self.problem

    def used(self, asker: str) -> GoChoice | None:
        """The choice of that editor (or `shell`); None when that editor was not found."""
        return next((each for each in self.choices if each.asker == asker), None)


class Origin(StrEnum):
    """Who gave a go variable its value; the earlier ones win."""

    EDITOR = "editor"
    """A setting of the editor: go.toolsEnvVars and its like."""
    ENVIRONMENT = "environment"
    """The environment of the shell."""
    FILE = "go env file"
    """The file that `go env -w` writes."""
    GOROOT_FILE = "go.env in GOROOT"
    """What the distributor of this Go set."""


@dataclass(frozen=True, slots=True)
class GoSetting:
    """One go variable that somebody set, and where."""

    name: str
    value: str
    """As set, before go makes anything of it."""
    origin: Origin
    source: str
    """For evidence: `environment`, or the path of the file."""
    line: int | None = None
    setting_path: str = ""
    """For an editor's setting, its place in the file as SettingEdit wants it: `go.toolsEnvVars/GOFLAGS`."""

    @property
    def evidence(self) -> Evidence:
        """The words that set it, and where they stand."""
        return Evidence(self.source, f"{self.name}={self.value}", self.line)

    @property
    def place(self) -> str:
        """Where it was set, for a sentence: `the environment`, `~/.config/go/env line 3`."""
        if self.origin is Origin.ENVIRONMENT:
            return "the environment"
        return f"{self.source} line {self.line}" if self.line else self.source


@dataclass(frozen=True, slots=True)
class EditorEnvironment:
    """What one editor adds to the environment of gopls and of the go that gopls runs."""

    editor: str
    """Its name; empty when no editor was found."""
    label: str
    settings: Mapping[str, GoSetting] = field(default_factory=dict)
    """By name, any name and not only go's; placeholders are replaced."""

    @property
    def values(self) -> Mapping[str, str]:
        """What it adds, by name."""
        return {name: each.value for name, each in self.settings.items()}


@dataclass(frozen=True, slots=True)
class GoEnvironmentLine:
    """One assignment of a go env file."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class GoEnvironmentFile:
    """The file that `go env -w` writes (`go env GOENV`)."""

    path: str
    """Empty when there is none by choice (GOENV=off) or no place for one."""
    is_there: bool
    lines: tuple[GoEnvironmentLine, ...] = ()
    """In the order of the file; go lets the last one of a name win."""
    not_understood: tuple[tuple[int, str], ...] = ()
    """(line, text) of lines that go passes over: no `=`, or a name that is no name."""

    def find(self, name: str) -> GoEnvironmentLine | None:
        """The line that counts for a name; None when the file does not set it."""
        return next((each for each in reversed(self.lines) if each.name == name), None)


@dataclass(frozen=True, slots=True)
class GoEnvironment:
    """What `go env` says in the folder, as gopls would hear it.

    When go env failed, `values` is empty; `settings` still tells what was set where, so that a check can name a line.
    """

    command: str
    """As a person would type it."""
    values: Mapping[str, str]
    """Every go variable by name; empty when go env failed."""
    settings: Mapping[str, GoSetting] = field(default_factory=dict)
    """The names that somebody set, with the value that wins."""
    error: str = ""
    """What go env said on standard error when it failed; empty when it worked."""
    ending: str = ""
    """How it ended when it failed: `exited with code 1`."""
    warning: str = ""
    """What it said on standard error although it worked."""
    wanted_toolchain: str = ""
    """`go1.99.0` when go.mod, go.work or GOTOOLCHAIN ask for one that is not on this machine; the values are then those
    of the local toolchain, because doctor downloads nothing."""
    wanted_problem: str = ""
    """Why go will not get that toolchain, as far as can be told without the network; empty when it may well get it."""

    @property
    def is_silent(self) -> bool:
        """True if go gave no answer in its time."""
        return NO_ANSWER in self.ending

    @property
    def is_known(self) -> bool:
        """True if go env answered."""
        return bool(self.values)

    def value(self, name: str) -> str:
        """What go makes of a name; what was set when go env failed; else empty."""
        if name in self.values:
            return self.values[name]
        setting = self.settings.get(name)
        return setting.value if setting else ""

    def origin(self, name: str) -> GoSetting | None:
        """Who set a name; None when it has its default."""
        return self.settings.get(name)

    @property
    def version(self) -> GoVersion:
        """Of the toolchain that works in this folder."""
        return GoVersion.parse(self.values.get("GOVERSION", ""))
