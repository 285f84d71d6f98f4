"""Waits for the end of processes that are not children of this one."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time

from gopls_diag.world.process_samples import process_samples

_NICE = 10
_POLL_SECONDS = 0.5
"""Where the system cannot wake us."""


class ProcessWatch:
    """Some processes, each known by its pid since now; Linux wakes us at their ends (pidfd_open(2))."""

    def __init__(self, *pids: int) -> None:
        self._descriptors: dict[int, int] = {}
        self._polled = {}
        self._ended: set[int] = set()
        for pid in dict.fromkeys(pids):
            try:
                self._descriptors[pid] = _open(pid)
            except ProcessLookupError:
                self._ended.add(pid)
            except OSError:  # an old kernel, a sandbox, another system
                self._polled[pid] = process_samples(pid)
        self._poll = select.poll() if self._descriptors else None
        for descriptor in self._descriptors.values():
            assert self._poll is not None
            self._poll.register(descriptor, select.POLLIN)
        self._look()

    @property
    def is_woken(self) -> bool:
        """True if the system tells of all ends at once."""
        return not self._polled

    def has_ended(self, pid: int) -> bool:
        """True from its end on, also while nobody has waited for it."""
        return pid in self._ended

    def wait(self, seconds: float) -> None:
        """Until the time is over or one more has ended."""
        until = time.monotonic() + seconds
        before = len(self._ended)
        while True:
            left = max(until - time.monotonic(), 0.0)
            step = min(left, _POLL_SECONDS) if self._polled else left
            if self._poll is not None:
                self._take(self._poll.poll(step * 1000))
            elif step:
                time.sleep(step)
            self._look()
            if len(self._ended) > before or time.monotonic() >= until:
                return

    def close(self) -> None:
        """Gives back what it holds."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
        self._poll = None

    def _take(self, events: list[tuple[int, int]]) -> None:
        for descriptor, _ in events:
            for pid, each in list(self._descriptors.items()):
                if each == descriptor and self._poll is not None:
                    self._poll.unregister(each)
                    os.close(each)
                    del self._descriptors[pid]
                    self._ended.add(pid)
        if not self._descriptors:
            self._poll = None

    def _look(self) -> None:
        for pid, process in list(self._polled.items()):
            if not process.is_alive():
                self._ended.add(pid)
                del self._polled[pid]


def _open(pid: int) -> int:
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        raise OSError
    return os.pidfd_open(pid)


class Asked:
    """Whether somebody asked this process to end."""

    def __init__(self) -> None:
        """From now on SIGTERM is only remembered; SIGHUP and SIGINT are for the terminal's other programs."""
        self.to_end = False
        for name in ("SIGHUP", "SIGINT", "SIGPIPE"):
            with contextlib.suppress(ValueError, OSError, AttributeError):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        with contextlib.suppress(ValueError, OSError):
            signal.signal(signal.SIGTERM, self._remember)
        with contextlib.suppress(OSError, AttributeError):
            # A launcher that is a script blocks all signals, and what it starts inherits that.
            signal.pthread_sigmask(signal.SIG_SETMASK, ())

    def _remember(self, number: int, _frame: object) -> None:
        self.to_end = True


def step_back() -> None:
    """This process yields to all others; a launcher may have seen to that already."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(max(0, _NICE - os.nice(0)))
