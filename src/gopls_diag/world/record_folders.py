"""Where the flight recorder's files are. docs/explanation/recording.md tells what is in them and who writes them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from gopls_diag.world.state_folder import config_folder, state_folder


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """The files of one run of gopls. The launcher and the recorder write them; none of them must be there."""

    path: Path

    @property
    def start(self) -> Path:
        return self.path / "session.json"

    @property
    def end(self) -> Path:
        return self.path / "end.json"

    @property
    def recorder(self) -> Path:
        return self.path / "recorder.json"

    @property
    def coarse(self) -> Path:
        return self.path / "coarse.tsv"

    @property
    def looks(self) -> Path:
        return self.path / "looks"

    def parts(self, ring: str) -> tuple[Path, ...]:
        """The files of a ring (`stderr`, `rpc`, `samples`, `events`), oldest first; OSError if it cannot be read."""
        return tuple(sorted(self.path.glob(f"{ring}-[0-9]*"), key=lambda each: (len(each.name), each.name)))


@dataclass(frozen=True, slots=True)
class RecordFolders:
    """The recorder's own folder and what has a fixed place in it."""

    root: Path

    @property
    def launcher(self) -> Path:
        """The folder of the launcher, with nothing else in it that is called gopls."""
        return self.root / "launcher"

    @property
    def launcher_program(self) -> Path:
        """What the editor starts."""
        return self.launcher / ("gopls.exe" if sys.platform == "win32" else "gopls")

    @property
    def launcher_settings(self) -> Path:
        return self.launcher / "launcher.json"

    @property
    def launch_script(self) -> Path:
        """What a launcher that is a script runs: world/launcher/launch.py and its parts."""
        return self.launcher / "launch.pyz"

    @property
    def sessions(self) -> Path:
        return self.root / "sessions"

    @property
    def incidents(self) -> Path:
        return self.root / "incidents"

    @property
    def ends(self) -> Path:
        """The last ends of any gopls, a line of JSON each, oldest first."""
        return self.root / "ends.jsonl"

    @property
    def keep_alive(self) -> Path:
        """What the guard against crash loops tells the launcher."""
        return self.root / "keep-alive.json"

    @property
    def working(self) -> Path:
        """Arguments that were seen to work."""
        return self.root / "working.json"

    def session(self, name: str) -> SessionFolder:
        """The folder of the session of an id."""
        return SessionFolder(self.sessions / name)


def record_folders(root: Path | None = None) -> RecordFolders:
    """Below `root`, or `record` in the state folder, which the journal of changes uses too. Makes nothing."""
    return RecordFolders(root or state_folder() / "record")


def record_settings_file() -> Path:
    """The user's record.toml, whose keys are the fields of RecordSettings."""
    return config_folder() / "record.toml"
