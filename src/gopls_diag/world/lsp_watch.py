"""Watches a server's processes from a thread of its own: memory, processor time, the memory limit, and the end of all.

The server runs in a process group of its own. The go commands it starts are in that group and are counted; gopls's
telemetry side-car (`gopls ** telemetry **`) leaves the group and is not counted. What has left the group is found again
by a mark in its environment, and is not left behind either.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

_SAMPLE_SECONDS = 0.05
_LOOK_FOR_CHILDREN_SECONDS = 0.25
"""The least time between two looks through the process table, which cost 10 to 100 ms of processor each."""
_SIDE_CAR_WAIT_SECONDS = 3.0
"""It ends by itself when its gopls is gone, after it has written down a crash."""
_IDLE_WINDOW_SECONDS = 0.5
_IDLE_SHARE = 0.2
"""Of one processor; a server that uses less has nothing to do but to collect garbage."""
_KILL_WAIT_SECONDS = 2.0
_POLL_SECONDS = 0.01
_SIDE_CAR_MARK = "** telemetry **"

MARK_NAME = "GOPLS_DIAG_SESSION"
"""Environment name by which everything that a session started can be told from other processes."""

_watched: set[Watch] = set()


class Watch:
    """One server and what it has started, until `end`."""

    def __init__(self, pid: int, mark: str, limit_bytes: int, on_limit: Callable[[], None]) -> None:
        """Begin to watch.

        Args:
            pid: of the server, which leads its own process group.
            mark: value of MARK_NAME in its environment, nobody else's.
            limit_bytes: when the server and its go commands hold more resident memory, the group is killed at once.
            on_limit: called in the watching thread just before that.
        """
        self.pid = pid
        self._mark = mark
        self._began_seconds = time.time()
        self.peak_bytes: int | None = None
        self.resident_bytes: int | None = None
        self.cpu_seconds: float | None = None
        self.is_idle = False
        """True if the server used hardly any processor time in the last half second."""
        self._idle_since: tuple[float, float] = (time.monotonic(), 0.0)
        self._limit_bytes = limit_bytes
        self._on_limit = on_limit
        self._children: dict[int, psutil.Process] = {}
        self._side_cars: set[int] = set()
        self._is_over = threading.Event()
        _watched.add(self)
        try:
            self._server: psutil.Process | None = psutil.Process(pid)
        except psutil.Error:
            self._server = None
        self._thread = threading.Thread(target=self._watch, daemon=True, name=f"watch {pid}")
        self._thread.start()

    def _watch(self) -> None:
        looked_at, look_cost = 0.0, 0.0
        while self._server is not None and not self._is_over.is_set():
            began = time.monotonic()
            if began - looked_at >= max(_LOOK_FOR_CHILDREN_SECONDS, 10 * look_cost):
                self._look_for_children(self._server)
                looked_at = time.monotonic()
                look_cost = looked_at - began
            if not self._sample(self._server):
                return
            if self.resident_bytes is not None and self.resident_bytes > self._limit_bytes:
                # Told first, so that the end is not taken for the server's own.
                try:
                    self._on_limit()
                finally:
                    self._kill_group()
                return
            self._is_over.wait(_SAMPLE_SECONDS)

    def _look_for_children(self, server: psutil.Process) -> None:
        with contextlib.suppress(psutil.Error):
            for child in server.children(recursive=True):
                if child.pid in self._children or child.pid in self._side_cars:
                    continue
                with contextlib.suppress(psutil.Error):
                    if _SIDE_CAR_MARK in " ".join(child.cmdline()):
                        self._side_cars.add(child.pid)
                    else:
                        self._children[child.pid] = child

    def _sample(self, server: psutil.Process) -> bool:
        """Read memory and time once; False when the server is gone."""
        try:
            with server.oneshot():
                if server.status() == psutil.STATUS_ZOMBIE:
                    return False
                resident = server.memory_info().rss
                times = server.cpu_times()
        except psutil.Error:
            return False
        # children_user is of the children that were waited for; Windows and macOS do not tell it.
        self.cpu_seconds = round(
            times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0), 2
        )
        self._note_idleness(time.monotonic(), self.cpu_seconds)
        for pid, child in list(self._children.items()):
            try:
                resident += child.memory_info().rss
            except psutil.Error:
                del self._children[pid]
        self.resident_bytes = resident
        self.peak_bytes = max(resident, self.peak_bytes or 0)
        return True

    def _note_idleness(self, now: float, cpu_seconds: float) -> None:
        began, used = self._idle_since
        if now - began >= _IDLE_WINDOW_SECONDS:
            self.is_idle = (cpu_seconds - used) / (now - began) < _IDLE_SHARE
            self._idle_since = now, cpu_seconds

    def _kill_group(self) -> None:
        if sys.platform != "win32":
            # The group's number stays taken as long as one of its members lives, so nobody else's can be hit.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            return
        with contextlib.suppress(psutil.Error):
            self._look_for_children(psutil.Process(self.pid))
        for child in (*self._children.values(), self._server):
            with contextlib.suppress(psutil.Error):
                if child is not None:
                    child.kill()

    def kill(self) -> None:
        """End the server and its go commands now."""
        self._is_over.set()
        self._kill_group()

    def end(self) -> None:
        """Make sure that nothing of it is left: all is killed, but the side-car only if it does not end by itself."""
        self.kill()
        self._thread.join(2 * _SIDE_CAR_WAIT_SECONDS)
        left = list(self._left_over())
        for each in left:
            with contextlib.suppress(psutil.Error):
                if _SIDE_CAR_MARK not in " ".join(each.cmdline()):
                    each.kill()
        for each in _still_there(left, _SIDE_CAR_WAIT_SECONDS):
            with contextlib.suppress(psutil.Error):
                each.kill()
        _still_there(left, _KILL_WAIT_SECONDS)
        _watched.discard(self)

    def _left_over(self) -> Iterator[psutil.Process]:
        """Every process that carries the mark; those of other users cannot, and cannot be read."""
        for each in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                # The clock of process starts is coarse, so a little is allowed for.
                if each.create_time() < self._began_seconds - 5 or each.pid == os.getpid():
                    continue
                if each.environ().get(MARK_NAME) == self._mark:
                    yield each


def _still_there(processes: list[psutil.Process], limit_seconds: float) -> list[psutil.Process]:
    """Those that have not ended within the limit. psutil's own wait counts zombies, and an orphan may stay one."""
    deadline = time.monotonic() + limit_seconds
    while True:
        processes = [each for each in processes if _is_alive(each)]
        if not processes or time.monotonic() > deadline:
            return processes
        time.sleep(_POLL_SECONDS)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def own_group() -> dict[str, Any]:
    """The arguments that start a process in a group of its own, as `Watch` wants it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _end_all() -> None:
    """An interrupted program leaves its threads where they stand, without their clean-up: so it is done here."""
    for watch in list(_watched):
        watch.kill()


atexit.register(_end_all)
