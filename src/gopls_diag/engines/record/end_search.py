"""How a gopls ended that somebody else started: from the kernel where it tells, else from what the editor wrote.

VS Code writes `Server process exited with signal SIGKILL.` within the second after the end (docs/explanation and
parse/editor_log.py have the forms); the sentence names neither pid nor folder, so its time and the window's folder have
to fit, and where two windows fit, both have to say the same.
"""

from __future__ import annotations

import contextlib
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
_LOG_BYTES = 8 << 20
_WORDS_BYTES = 1 << 20
_QUIET_SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE")


class FoundEnd(NamedTuple):
    """How it ended, and who says so."""

    ending: Ending
    how_known: str

    @property
    def is_crash(self) -> bool:
        """True if gopls will have written why."""
        if self.ending.signal:
            return self.ending.signal not in _QUIET_SIGNALS
        return self.ending.exit_code not in (0, None)


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

    def last_words(self, ended_seconds: float) -> bytes:
        """What the editor's log has of this gopls alone, up to its end: a crash's goroutines stand there; b"" if none.

        The lines between the exit before and this one, of a log that one window wrote.
        """
        with contextlib.suppress(WorldError):
            world = self.new_world()
            logs = editor_logs(world)
            found = [each for each in exits_at(logs, self.process, ended_seconds) if each.window.label != "Neovim"]
            if len(found) == 1:
                window, line = found[0].window, found[0].line
                before = max((each.line for each in window.log.exits if each.line < line), default=0)
                lines = world.read_text(window.path, limit_bytes=_LOG_BYTES).split("\n")
                # A log that is longer was read from its middle, where lines have other numbers.
                if len(lines) == window.log.lines:
                    return "\n".join([*lines[before : line - 1], ""]).encode("utf-8", "replace")[-_WORDS_BYTES:]
        return b""


class SeenExit(NamedTuple):
    """An exit in a log that may be that of one process."""

    window: WindowLog
    ending: str
    line: int


def endings_at(logs: EditorLogs, process: GoplsProcess, ended_seconds: float) -> set[str]:
    """What the windows that may have been its own say of that moment."""
    return {each.ending for each in exits_at(logs, process, ended_seconds)}


def exits_at(logs: EditorLogs, process: GoplsProcess, ended_seconds: float) -> list[SeenExit]:
    """The nearest exit of each window that may have been its own; those of its folder come before all others."""
    own: list[SeenExit] = []
    others: list[SeenExit] = []
    for window in logs.windows:
        if not _may_be_of(window, process):
            continue
        near = [
            (abs(each.seconds - ended_seconds), each.line, each.ending)
            for each in window.log.exits
            if each.seconds is not None and -_BEFORE_SECONDS <= each.seconds - ended_seconds <= _AFTER_SECONDS
        ]
        if not near:
            continue
        _, line, ending = min(near)
        seen = SeenExit(window, ending, line)
        folders = window.log.folders
        if not folders or not process.folder:
            others.append(seen)
        elif any(_is_inside(process.folder, each) or _is_inside(each, process.folder) for each in folders):
            own.append(seen)
    return own or others


def _may_be_of(window: WindowLog, process: GoplsProcess) -> bool:
    """Neovim has a log of its own; those of VS Code's family have one form, and forks of forks have many names."""
    if process.editor is None:
        return True
    return (window.editor == "neovim") == (process.editor.name == "neovim")


def _is_inside(path: str, folder: str) -> bool:
    plain, above = path.replace("\\", "/").rstrip("/"), folder.replace("\\", "/").rstrip("/")
    return plain == above or plain.startswith(above + "/")
