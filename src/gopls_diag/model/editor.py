"""Editors as they are set up for Go: which settings they read, from which files, and what holds in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """The layer that a settings file is, from the weakest to the strongest."""

    DEFAULT = "default"
    USER = "user"
    PROFILE = "profile"
    REMOTE = "remote"
    WORKSPACE = "workspace"
    """A `.code-workspace` file."""
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One setting as it stands in one file."""

    key: str
    """As written: `go.toolsEnvVars`; the inner key for what stands inside `gopls`, `go.alternateTools` and the like."""
    value: Any
    """As `json.loads` would give it."""
    file: str
    line: int
    """Of the key, from 1."""
    column: int
    """Of the key, in characters from 1."""
    scope: Scope
    path: str = ""
    """Where it stands in the file, keys joined with a slash as for SettingEdit: `gopls/build.directoryFilters`."""
    value_line: int = 0
    """Line on which the value begins."""
    language: str = ""
    """`go` when it stands in a `[go]` section."""

    @property
    def short(self) -> str:
        """The last segment of a dotted name, the only one that gopls looks at."""
        return self.key.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """A place at which a settings file does not parse."""

    file: str
    line: int
    """From 1; 0 when the whole file cannot be read."""
    column: int
    message: str
    """What is wrong there, in a few words."""
    text: str = ""
    """The line, cut to what fits on a screen."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something in a settings file that only the editor itself can evaluate."""

    file: str
    line: int
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SettingsLayer:
    """One settings file of one editor."""

    scope: Scope
    file: str
    settings: tuple[SettingValue, ...] = ()
    """What it says about Go (`go.…`, `gopls`, `gopls.…`), repeated keys included, in the order of the file."""
    gopls: tuple[SettingValue, ...] = ()
    """What stands inside its `gopls` object, repeated keys included."""
    problems: tuple[SettingsProblem, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    is_applied: bool = True
    """False for a file that the editor does not read for this folder, or where that could not be told."""
    note: str = ""
    """Why it is not applied."""


@dataclass(frozen=True, slots=True)
class DeclaredSetting:
    """A setting that the Go extension declares in its package.json."""

    name: str
    types: tuple[str, ...]
    """JSON schema types; empty means any."""
    choices: tuple[str, ...] = ()
    """The values that its enum allows; empty means any."""
    scope: str = "window"
    """window, resource, machine, machine-overridable, application."""


@dataclass(frozen=True, slots=True)
class EditorSetup:
    """One editor that is set up for Go on this machine, with its settings layered as it layers them."""

    name: str
    """vscode, vscode-insiders, vscodium, cursor, windsurf, code-server, vscode-server, neovim, helix, zed, emacs, …"""
    label: str
    """For people: `VS Code`."""
    version: str = ""
    extension_version: str = ""
    """Of the Go extension; empty where there is none."""
    extension_folder: str = ""
    layers: tuple[SettingsLayer, ...] = ()
    """Weakest first."""
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
    """What holds, by key; objects are merged and then carry the position of their strongest layer."""
    gopls_settings: Mapping[str, SettingValue] = field(default_factory=dict)
    """What is sent to gopls, by name as written."""
    alternate_tools: Mapping[str, SettingValue] = field(default_factory=dict)
    """Program (`gopls`, `go`) to the path or name that a setting gives for it."""
    tools_environment: Mapping[str, SettingValue] = field(default_factory=dict)
    """Environment names that the editor gives to gopls and to go."""
    language_server_flags: tuple[SettingValue, ...] = ()
    """One an argument; the key is `go.languageServerFlags` or what the editor calls it."""
    uses_language_server: bool = True
    declared: Mapping[str, DeclaredSetting] = field(default_factory=dict)
    """What its installed Go extension declares; empty when that could not be read."""
    workspace_folders: tuple[str, ...] = ()
    """The folders of the window: one, or those of the `.code-workspace` file that is open."""
    user_settings_file: str = ""
    """Where a person would change it for everything, existing or not."""

    @property
    def is_vscode(self) -> bool:
        """True for VS Code and what is built from it."""
        return bool(self.extension_version or self.extension_folder) or self.name not in (
            "neovim",
            "helix",
            "zed",
            "emacs",
        )

    @property
    def title(self) -> str:
        """`VS Code 1.139.1 + Go 0.57.2`, as far as is known."""
        words = f"{self.label} {self.version}".strip()
        return f"{words} + Go {self.extension_version}" if self.extension_version else words

    def written(self) -> Iterator[SettingValue]:
        """Every `go.…` and `gopls` setting in every file that applies."""
        for layer in self.layers:
            if layer.is_applied:
                yield from layer.settings

    def written_for_gopls(self) -> Iterator[SettingValue]:
        """Every setting inside a `gopls` object in every file that applies."""
        for layer in self.layers:
            if layer.is_applied:
                yield from layer.gopls


@dataclass(frozen=True, slots=True)
class Editors:
    """The editors that are set up for Go, the likeliest first."""

    all: tuple[EditorSetup, ...]
    looked_at: tuple[str, ...] = ()
    """Names of those that were looked for."""

    def named(self, name: str) -> EditorSetup | None:
        """The editor of that name, if it is set up for Go."""
        return next((each for each in self.all if each.name == name), None)
