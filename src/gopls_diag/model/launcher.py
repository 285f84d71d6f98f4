"""The launcher that an editor starts in gopls's place: what `launcher.json` beside it says, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gopls_diag.model.record_settings import RecordSettings

SCHEMA = "gopls-diag/launcher/1"
SETTINGS_NAME = "launcher.json"


@dataclass(frozen=True, slots=True)
class KnownBinary:
    """The gopls whose flags are known; flags are added only to this very file."""

    path: str
    """Links followed."""
    bytes: int
    modified_ns: int
    version: str = ""
    """`v0.24.0`; empty for a build from the repository."""
    has_otel: bool = False
    """True if it takes `-otel`."""

    def to_json(self) -> dict[str, Any]:
        """The entry `binary` of launcher.json."""
        return {
            "path": self.path,
            "bytes": self.bytes,
            "modified_ns": self.modified_ns,
            "version": self.version,
            "otel": self.has_otel,
        }


@dataclass(frozen=True, slots=True)
class LauncherSettings:
    """`launcher.json`; what is not given is as here."""

    gopls: str = ""
    """The program to start; empty: look for it."""
    search: tuple[str, ...] = ()
    """Folders that are searched after PATH."""
    state: str = ""
    """Where sessions and incidents go."""
    recorder: tuple[str, ...] = ()
    """The recorder's command, without the session's folder."""
    binary: KnownBinary | None = None
    otel: bool = True
    debug: bool = False
    """What the launcher does; it follows from the next two."""
    debug_choice: str = RecordSettings().debug
    """`auto`, `always` or `never`."""
    debug_until: str = ""
    """RFC 3339, UTC: with `auto`, until when the pages are wanted because they were missed; "" if they were not."""
    gctrace: bool = False
    rpc_trace: bool = False
    keep_alive: bool = False
    stderr_bytes: int = RecordSettings().stderr_bytes
    rpc_bytes: int = RecordSettings().rpc_bytes
    otlp: str = ""
    """URL of a collector, over that of record.toml."""
    built_with: str = ""
    """Version of the go that built the launcher, `go1.26.1`; empty for a script."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a newer gopls-diag wrote besides; it is kept."""

    def to_json(self) -> dict[str, Any]:
        """The whole file as a JSON value."""
        return {
            **self.extra,
            "schema": SCHEMA,
            "gopls": self.gopls,
            "search": list(self.search),
            "state": self.state,
            "recorder": list(self.recorder),
            "binary": self.binary.to_json() if self.binary else None,
            "otel": self.otel,
            "debug": self.debug,
            "debug_choice": self.debug_choice,
            "debug_until": self.debug_until,
            "gctrace": self.gctrace,
            "rpc_trace": self.rpc_trace,
            "keep_alive": self.keep_alive,
            "stderr_bytes": self.stderr_bytes,
            "rpc_bytes": self.rpc_bytes,
            "otlp": self.otlp,
            "built_with": self.built_with,
        }


@dataclass(frozen=True, slots=True)
class Launcher:
    """A launcher as it stands on the disk."""

    path: str
    """The program that the editor starts, as its settings name it."""
    settings_file: str
    settings: LauncherSettings | None
    """None if the file cannot be used; the launcher then looks for gopls along PATH."""
    problem: str = ""
    """Why it cannot be used, in words."""
    gopls: str = ""
    """The gopls that it starts; empty when it finds none."""
    is_script: bool = False
    is_damaged: bool = False
    """True if the file is neither a script nor a program of any system."""

    @property
    def is_astray(self) -> bool:
        """True if it does not start the gopls that it was told to start."""
        return bool(self.settings and self.settings.gopls and self.settings.gopls != self.gopls)
