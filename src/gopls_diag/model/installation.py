"""Putting the recorder's launcher in gopls's place, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gopls_diag.model.change import FileChange
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.line_change import LineChange
from gopls_diag.model.record_settings import RecordSettings


class CannotInstall(Exception):
    """Why nothing was installed or taken away: one line of what, one of what to do."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(what)
        self.what_to_do = what_to_do


@dataclass(frozen=True, slots=True)
class Installed:
    """One place at which an editor is told to start the launcher, as the journal has it."""

    change_id: str
    editor: str
    label: str
    file: str
    key: str
    """As SettingEdit names it."""
    launcher: str
    """What was written."""
    was: Any = None
    """The value that stood there before."""
    had: bool = False
    """False if nothing stood there before."""
    made: str = ""
    """RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class InstallPlan:
    """What installing for one editor would do."""

    editor: str
    label: str
    gopls: str
    """The gopls that the launcher will start: that of the editor, as far as that is known."""
    gopls_version: str
    launcher: str
    settings: LauncherSettings
    file: str = ""
    """The settings file; empty where somebody has to write it by hand."""
    key: str = ""
    changes: tuple[FileChange, ...] = ()
    """Empty where the setting names the launcher already, or is written by hand."""
    was: Any = None
    had: bool = False
    lines: tuple[LineChange, ...] = ()
    """Lines of `file` to change by hand."""
    example: str = ""
    """What to write by hand."""
    notes: tuple[str, ...] = ()
    is_editors_own: bool = True
    """True if it is known that the editor starts this gopls now."""

    @property
    def is_by_hand(self) -> bool:
        """True if the editor's configuration is a program, which only its owner writes."""
        return not self.key


@dataclass(frozen=True, slots=True)
class Trial:
    """What the launcher did when it was tried."""

    is_good: bool
    steps: tuple[str, ...]
    """What was seen, one sentence each."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """What became of one place when the launcher was taken out."""

    place: Installed
    fate: str
    """`restored` (its bytes are as they were), `edited` (our entry is as it was, the rest is newer), `gone` (it names
    the launcher no more), `failed`."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """What taking out did."""

    places: tuple[Uninstalled, ...]
    is_launcher_gone: bool
    kept_for: tuple[str, ...] = ()
    """Why the launcher's folder stays, in words."""
    incidents: int = 0
    """How many incidents are kept."""


@dataclass(frozen=True, slots=True)
class EditorUse:
    """Whether one editor starts the launcher."""

    editor: str
    label: str
    file: str
    """The settings that say so; empty where they are not known."""
    is_named: bool
    """True if its settings name the launcher."""
    is_effective: bool | None
    """True if that is what it starts for the folder; None where that editor was not seen."""
    running: int = 0
    """gopls of this editor that run under the launcher now."""
    running_bare: int = 0
    """gopls of this editor that run without it."""


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """The recorder as it stands on this machine."""

    launcher: str
    """Its path; empty when there is none."""
    is_script: bool = False
    settings: LauncherSettings | None = None
    gopls: str = ""
    gopls_version: str = ""
    uses: tuple[EditorUse, ...] = ()
    sources: tuple[tuple[str, bool, str], ...] = ()
    """(name, whether it is used, why not)."""
    sessions: int = 0
    """That run now."""
    incidents: int = 0
    bytes: int = 0
    """Of sessions and incidents together."""
    record: RecordSettings = field(default_factory=RecordSettings)
    record_file: str = ""
    complaints: tuple[str, ...] = ()
    """About record.toml."""
    problems: tuple[str, ...] = ()
    """What does not fit, and what to do."""
