"""What the recorder's tests ask of a home: the gopls behind the launcher, incidents, and the bytes of all files."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.editor.home import Home, wait_for
from tests.editor.window import Window

_EDITORS_OWN = (".local/share/code-server/", "go/pkg/", ".cache/", ".config/go/", ".config/gopls/", "code-server.log")
"""What code-server, go and gopls write by themselves."""
_OURS = ".local/state/gopls-diag/"
_EDITED = ".local/share/code-server/User/settings.json"
"""In the editor's own folder, and yet not written by it unasked."""
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ")
_OF_ENDS = re.compile(r"exited|Connection|connection|Restart|restart|could ?n.t|Stopping|given up")


def state(home: Home) -> Path:
    """Where the recorder of this home keeps its things."""
    return home.folder / ".local" / "state" / "gopls-diag" / "record"


def fingerprints(home: Home, *folders: Path) -> dict[str, str]:
    """SHA-256 of every file of the home and of the folders, but for what the editor itself writes, and our journal."""
    found: dict[str, str] = {}
    for path in home.folder.rglob("*"):
        name = path.relative_to(home.folder).as_posix()
        is_own = name.startswith(_EDITORS_OWN) and name != _EDITED
        if path.is_file() and not is_own and not name.startswith(_OURS):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def real_gopls(window: Window, home: Home) -> psutil.Process:
    """The gopls that the window's launcher started, once it runs."""

    def running() -> psutil.Process | None:
        launcher = window.gopls()
        assert Path(launcher.exe()) == state(home) / "launcher" / "gopls", launcher.exe()
        children = [each for each in launcher.children() if Path(each.cmdline()[0]).name == "gopls"]
        return children[0] if children else None

    return wait_for(running, "the gopls below the launcher")


def program_of(window: Window) -> str:
    """The file that the window's gopls runs from; empty while one ends and the next is started."""
    with suppress(psutil.Error):
        return window.gopls().exe()
    return ""


def incidents(home: Home) -> list[dict[str, Any]]:
    """Every incident that is kept, the oldest first."""
    files = sorted((state(home) / "incidents").glob("[!.]*/incident.json"))
    return [json.loads(each.read_bytes()) for each in files]


def said_of_ends(log: str) -> list[str]:
    """The lines of gopls's channel about its ends and starts, without the time."""
    return [_STAMP.sub("", each) for each in log.splitlines() if _OF_ENDS.search(each)]
