"""The home of one user of the editor: settings, logs and what gopls-diag keeps, apart from the machine's own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from tests.conftest import ROOT
from tools import setup_editor

MARK = "GOPLS_DIAG_EDITOR_MARK"
"""A variable that every process of a home has in its environment."""
CLIENT = Path(__file__).resolve().parent / "client"
EXTENSION = "golang.go-0.57.2"
QUIET_SETTINGS: Mapping[str, object] = {
    "remote.autoForwardPorts": False,
    "chat.disableAIFeatures": True,
    "update.mode": "none",
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "git.enabled": False,
    "files.autoSave": "off",
    "editor.minimap.enabled": False,
}
"""Settings that keep toasts and views out of the window which have nothing to do with Go."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Home:
    """One user's folders and environment."""

    folder: Path
    mark: str
    path: str
    """The PATH: the gopls of this home first."""

    @property
    def editor_folder(self) -> Path:
        """Where code-server keeps settings, logs and extensions unless it is told otherwise."""
        return self.folder / ".local" / "share" / "code-server"

    @property
    def user_settings(self) -> Path:
        return self.editor_folder / "User" / "settings.json"

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of the editor, gopls and gopls-diag; nothing of the shell's own but what is named."""
        return {
            "HOME": str(self.folder),
            "PATH": self.path,
            "SHELL": "/bin/sh",
            "LANG": "C.UTF-8",
            "GOTOOLCHAIN": "local",
            "GOCACHE": str(self.folder.parent / "go-build"),
            # No gallery of extensions to ask.
            "EXTENSIONS_GALLERY": "{}",
            MARK: self.mark,
        }

    def make(self) -> None:
        """The folders, quiet settings, and the client extension with its library."""
        self.folder.mkdir(parents=True)
        # VS Code asks a login shell for the environment of its extensions, and /etc/profile begins PATH anew.
        (self.folder / ".profile").write_text(f"export PATH={shlex.quote(self.path)}\n")
        extension = self.editor_folder / "extensions" / EXTENSION
        shutil.copytree(CLIENT, extension)
        library = setup_editor.FOLDER / "node_modules"
        for name in client_packages(library, "vscode-languageclient"):
            shutil.copytree(library / name, extension / "node_modules" / name, dirs_exist_ok=True)
        self.write_user_settings({})

    def write_user_settings(self, settings: Mapping[str, object]) -> bytes:
        """Write User/settings.json: the quiet settings and these; gives its bytes."""
        self.user_settings.parent.mkdir(parents=True, exist_ok=True)
        self.user_settings.write_text(json.dumps({**QUIET_SETTINGS, **settings}, indent=4) + "\n", encoding="utf-8")
        return self.user_settings.read_bytes()

    def run(self, *words: str, folder: Path, timeout_seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `gopls-diag` as this user would in a terminal of that folder."""
        program = Path(sys.executable).with_name("gopls-diag")
        return subprocess.run(
            [str(program), *words],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )

    def processes(self) -> list[psutil.Process]:
        """The living processes of this home."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end_processes(self, grace_seconds: float = 5) -> None:
        """End every process of this home, by its id."""
        processes = self.processes()
        for each in processes:
            _quietly(each.terminate)
        _, living = psutil.wait_procs(processes, timeout=grace_seconds)
        for each in (*living, *self.processes()):
            _quietly(each.kill)
        psutil.wait_procs(living, timeout=grace_seconds)


def client_packages(library: Path, name: str) -> set[str]:
    """The npm packages that a package needs, itself among them; all lie side by side."""
    found: set[str] = set()
    wanted = [name]
    while wanted:
        each = wanted.pop()
        if each in found:
            continue
        found.add(each)
        package = json.loads((library / each / "package.json").read_text(encoding="utf-8"))
        wanted += [needed for needed in package.get("dependencies", {}) if (library / needed).is_dir()]
    return found


def path_with(*programs: Path) -> str:
    """A PATH with the folders of those programs, of go, and of the system."""
    go = shutil.which("go")
    folders = [*(str(each.parent) for each in programs), *([str(Path(go).parent)] if go else [])]
    return os.pathsep.join(dict.fromkeys((*folders, "/usr/local/bin", "/usr/bin", "/bin")))


def wait_for(ask: Callable[[], _T | None], what: str, seconds: float = 30) -> _T:
    """The first answer that is neither None nor False nor empty; AssertionError when none came in time."""
    ends_at = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < ends_at, f"waited {seconds} s for {what}"
        time.sleep(0.1)


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.Error:
        return


__all__ = ["EXTENSION", "MARK", "ROOT", "Home", "client_packages", "path_with", "wait_for"]
