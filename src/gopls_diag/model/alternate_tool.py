"""Programs that an editor's settings name in place of the ones it would find."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.editor import SettingValue


@dataclass(frozen=True, slots=True)
class AlternateTool:
    """One entry of `go.alternateTools`, or what another editor calls the command of gopls."""

    editor: str
    """Name of the editor."""
    label: str
    tool: str
    """gopls, go, dlv, …"""
    setting: SettingValue
    path: str
    """With its variables filled in; a bare name stays one."""
    is_found: bool
    """True if there is a file of that path, or a program of that name on PATH or in the folders where go installs."""
    is_bare: bool
    """True for a name without a folder."""
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class AlternateTools:
    """All of them."""

    all: tuple[AlternateTool, ...]
