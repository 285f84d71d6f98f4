"""Watches gopls processes that editors started by themselves: those that run, and those that come.

Each gets a session like one of the launcher's, with `watch` in the launcher's place, so that what becomes of it is an
incident like any other. A gopls that our launcher started has its own recorder and is left to it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from gopls_diag.engines.record.watched_gopls import Fate, WatchedGopls, WatchTools
from gopls_diag.facts.gopls_processes import gopls_processes
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses
from gopls_diag.world import WorldError
from gopls_diag.world.process_arrivals import Arrivals

LOOK_SECONDS = 1.0
"""Between two looks for new processes."""
_FULL_SECONDS = 60.0
"""Between two looks at all of them, whatever the quick one says."""
_SESSIONS = 32
"""Watched at once; a machine with more has other worries."""


@dataclass(frozen=True, slots=True)
class WatchScope:
    """Which of them are meant."""

    folder: str = ""
    """Absolute; those that work in it, or in a folder below. Empty: all."""
    editor: str = ""
    """As in EditorProcess.name; empty: all."""

    def takes(self, process: GoplsProcess) -> bool:
        if self.editor and (process.editor is None or process.editor.name != self.editor):
            return False
        if not self.folder:
            return True
        inside = (process.folder or "").replace("\\", "/").rstrip("/")
        above = self.folder.replace("\\", "/").rstrip("/")
        return inside == above or inside.startswith(above + "/")


@dataclass(slots=True)
class _Thread:
    gopls: WatchedGopls
    thread: threading.Thread


@dataclass(slots=True)
class Watching:
    """All of them, by one process."""

    tools: WatchTools
    scope: WatchScope
    on_begin: Callable[[GoplsProcess], None]
    on_end: Callable[[Fate], None]
    on_pass: Callable[[GoplsProcess, str], None]
    """A gopls that is not watched, and why."""
    fates: list[Fate] = field(default_factory=list)
    """Of those that are no longer watched, in the order in which they ended."""
    _arrivals: Arrivals = field(default_factory=Arrivals)
    _full_at: float = float("-inf")
    _running: dict[tuple[int, float], _Thread] = field(default_factory=dict)
    _passed: set[tuple[int, float]] = field(default_factory=set)

    @property
    def watched(self) -> tuple[GoplsProcess, ...]:
        """Now, by pid."""
        return tuple(each.gopls.process for _, each in sorted(self._running.items()))

    def step(self) -> None:
        """One look for new ones and for those that ended; to be called every LOOK_SECONDS."""
        self._collect()
        now = self.tools.clocks().steady
        has_come = self._arrivals.look()
        if not has_come and now - self._full_at < _FULL_SECONDS:
            return
        self._full_at = now
        for process in self._processes().all:
            key = (process.pid, process.started_seconds)
            if key in self._running or key in self._passed:
                continue
            why = self._why_not(process)
            if why is not None:
                self._passed.add(key)
                if why:
                    self.on_pass(process, why)
                continue
            self._begin(key, process)

    def close(self, seconds: float) -> None:
        """Ends all of them; waits at most so long in all. What ends only now is in `fates` as well."""
        self.tools.ask_to_end()
        until = self.tools.clocks().steady + seconds
        for each in self._running.values():
            each.thread.join(max(0.0, until - self.tools.clocks().steady))
        self._collect()

    def _processes(self) -> GoplsProcesses:
        with contextlib.suppress(WorldError):
            return gopls_processes(self.tools.new_world())
        return GoplsProcesses(())

    def _why_not(self, process: GoplsProcess) -> str | None:
        """None if it is to be watched; "" for what needs no words."""
        if not self.scope.takes(process):
            return ""
        if process not in GoplsProcesses((process,)).servers:
            return ""
        if process.launcher_pid is not None:
            return "it is recorded already, by the launcher that started it"
        if len(self._running) >= _SESSIONS:
            return f"{_SESSIONS} are watched at once, and no more"
        return None

    def _begin(self, key: tuple[int, float], process: GoplsProcess) -> None:
        gopls = WatchedGopls(process, self.tools)
        problem = gopls.open()
        if problem:
            self._passed.add(key)
            self.on_pass(process, problem)
            return
        thread = threading.Thread(target=gopls.run, name=f"gopls {process.pid}", daemon=True)
        self._running[key] = _Thread(gopls, thread)
        thread.start()
        self.on_begin(process)

    def _collect(self) -> None:
        for key, each in list(self._running.items()):
            if each.thread.is_alive():
                continue
            del self._running[key]
            self._arrivals.forget(key[0])
            self._passed.add(key)
            self.fates.append(each.gopls.fate)
            self.on_end(each.gopls.fate)
