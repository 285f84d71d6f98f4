"""How a gopls ended that somebody else started: from the kernel where it tells, else from what the editor wrote.

VS Code writes `Server process exited with signal SIGKILL.` within the second after the end (docs/explanation and
parse/editor_log.py have the forms); the sentence names neither pid nor folder, so its time and the window's folder have
to fit, and where two windows fit, both have to say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from gopls_diag.facts.editor_logs import editor_logs
from gopls_diag.model.editor_log import EditorLogs, WindowLog
from gopls_diag.model.gopls_process import GoplsProcess
from gopls_diag.parse.wait_status import Ending, ending_of_status, ending_of_words
from gopls_diag.world import World, WorldError

BY_KERNEL = "the kernel told it (pidfd)"
BY_LOG = "the editor's log"
_BEFORE_SECONDS = 2.5
"""Logs give whole seconds, and the last line of one may be a second older than the file."""
_AFTER_SECONDS = 10.0


class FoundEnd(NamedTuple):
    """How it ended, and who says so."""

    ending: Ending
    how_known: str


@dataclass(slots=True)
class EndSearch:
    """Asked again and again after the end, until it is found or given up."""

    process: GoplsProcess
    status: Callable[[], int | None]
    """The wait status, from the kernel."""
    new_world: Callable[[], World]
    why: str = "no editor's log tells of an end at that moment"

    def in_kernel(self) -> FoundEnd | None:
        """Costs nothing."""
        status = self.status()
        return None if status is None else FoundEnd(ending_of_status(status), BY_KERNEL)

    def in_logs(self, ended_seconds: float) -> FoundEnd | None:
        """Reads every log that an editor wrote lately. `ended_seconds`: since 1970."""
        try:
            logs = editor_logs(self.new_world())
        except WorldError as problem:
            self.why = f"the editors' logs could not be read: {problem}"
            return None
        if not logs.windows:
            self.why = "no editor keeps a log of its server here"
            return None
        words = endings_at(logs, self.process, ended_seconds)
        if len(words) > 1:
            self.why = f"two windows lost their server in the same moment: {', '.join(sorted(words))}"
            return None
        ending = ending_of_words(words.pop()) if words else None
        return FoundEnd(ending, BY_LOG) if ending else None


def endings_at(logs: EditorLogs, process: GoplsProcess, ended_seconds: float) -> set[str]:
    """What the windows that may have been its own say of that moment; one of its folder comes before all others."""
    own: set[str] = set()
    others: set[str] = set()
    for window in logs.windows:
        if not _may_be_of(window, process):
            continue
        near = [
            (abs(each.seconds - ended_seconds), each.ending)
            for each in window.log.exits
            if each.seconds is not None and -_BEFORE_SECONDS <= each.seconds - ended_seconds <= _AFTER_SECONDS
        ]
        if not near:
            continue
        folders = window.log.folders
        if not folders or not process.folder:
            others.add(min(near)[1])
        elif any(_is_inside(process.folder, each) or _is_inside(each, process.folder) for each in folders):
            own.add(min(near)[1])
    return own or others


def _may_be_of(window: WindowLog, process: GoplsProcess) -> bool:
    """Neovim has a log of its own; those of VS Code's family have one form, and forks of forks have many names."""
    if process.editor is None:
        return True
    return (window.editor == "neovim") == (process.editor.name == "neovim")


def _is_inside(path: str, folder: str) -> bool:
    plain, above = path.replace("\\", "/").rstrip("/"), folder.replace("\\", "/").rstrip("/")
    return plain == above or plain.startswith(above + "/")
