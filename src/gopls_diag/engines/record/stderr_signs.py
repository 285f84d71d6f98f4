"""What the recorder looks for in gopls's standard error while it runs: its debug port, and its collections."""

from __future__ import annotations

from typing import Protocol

from gopls_diag.model.recorded_session import RecordedEvent, SessionStart
from gopls_diag.parse.debug_address import port_in, port_of_flag


class Lines(Protocol):
    """Of world.session_files.StderrFollower, what is asked."""

    def lines(self) -> list[bytes]: ...


class StderrSigns:
    """Reads no more than it has to: neither port nor collections wanted, nothing is read."""

    def __init__(self, start: SessionStart, follower: Lines, *, is_traced: bool) -> None:
        self.port = port_of_flag(start.arguments)
        self.why_no_port = "gopls was not asked to serve its debug pages"
        self._is_asked = start.is_debugged or any(each.lstrip("-").startswith("debug") for each in start.arguments)
        if self._is_asked:
            self.why_no_port = "gopls has not said where it serves its debug pages"
        self._follower = follower
        self._is_traced = is_traced
        self._cycles: GcCycles | None = None

    @property
    def collections(self) -> int:
        """How many were seen."""
        return self._cycles.count if self._cycles else 0

    def read(self, at: float, slept: float) -> tuple[RecordedEvent, ...]:
        """Events of what came since the last time; `slept`: seconds that the machine slept till now."""
        if not self._is_traced and (self.port is not None or not self._is_asked):
            return ()
        lines = self._follower.lines()
        if self.port is None and self._is_asked:
            for line in lines:
                self.port = port_in(line) or self.port
        if not any(each.startswith(b"gc ") for each in lines):
            return ()
        if self._cycles is None:
            from gopls_diag.engines.record.gc_cycles import GcCycles  # noqa: PLC0415 - only where gctrace is on

            self._cycles = GcCycles()
        return tuple(self._cycles.see(lines, at, slept))

    def thrashing(self, at: float) -> str:
        """In words; "" if the collector gets somewhere."""
        return self._cycles.thrashing(at) if self._cycles else ""


TYPE_CHECKING = False
if TYPE_CHECKING:
    from gopls_diag.engines.record.gc_cycles import GcCycles
