"""What the user asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the doctor. Facts may depend on it like on any other value."""

    folder: str
    """Absolute path of the workspace folder, in the spelling that the user gave."""
    editor: str | None = None
    """Judge this editor only (`vscode`, `neovim`, `helix`, `zed`, `emacs`, a VS Code fork's name); None means all."""
    probe: bool = False
    """Start the installed gopls on the folder and judge what it says."""
    cold: bool = False
    """The probe uses an empty cache of its own."""
    probe_limit_seconds: float = 120.0
    probe_memory_bytes: int = 4 * 1024**3
    logs: tuple[str, ...] = ()
    """Log files to read besides what is found on the machine."""
