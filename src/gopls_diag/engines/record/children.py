"""The commands that gopls runs, as they come and go between samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gopls_diag.model.recorded_session import EventKind, RecordedEvent
from gopls_diag.parse.shown_command import shown_command
from gopls_diag.world.process_samples import Child

LONG_SECONDS = 2.0


@dataclass(slots=True)
class _Seen:
    """A child that was there at the last sample."""

    child: Child
    most_bytes: int
    age_seconds: float


class Children:
    """What became of them. One that lives shorter than the time between two samples may never be seen."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], _Seen] = {}

    def see(self, children: Sequence[Child], at: float, *, is_told: bool) -> list[RecordedEvent]:
        """An event for each that is gone. Where gopls itself tells of its commands, only for those that took long."""
        now = {(each.pid, each.started): each for each in children}
        events: list[RecordedEvent] = []
        for key, seen in list(self._seen.items()):
            if key not in now:
                del self._seen[key]
                if not is_told or seen.age_seconds >= LONG_SECONDS:
                    events.append(_event(seen, at, "ended"))
        for key, child in now.items():
            before = self._seen.get(key)
            most = max(child.resident_bytes, before.most_bytes if before else 0)
            self._seen[key] = _Seen(child, most, child.age_seconds)
        return events

    def still_running(self, at: float) -> list[RecordedEvent]:
        """Those that were there when gopls ended."""
        return [_event(each, at, "ran when gopls ended") for each in self._seen.values()]


def _event(seen: _Seen, at: float, what: str) -> RecordedEvent:
    detail = f"{what}; most memory {seen.most_bytes // 1024} KiB" if seen.most_bytes else what
    return RecordedEvent(at, EventKind.CHILD, shown_command(seen.child.command), seen.age_seconds, detail)
