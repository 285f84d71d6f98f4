"""Which requests stand still in all goroutine dumps of a look, which are one second apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gopls_diag.model.crash import Crash
from gopls_diag.model.go_stack import Bucket, Frame
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Unknown
from gopls_diag.parse.incident_files import INCIDENT

_HANDLER = "gopls/internal/server.(*server)."
"""Every request of an editor runs through a method of it."""
_OLD_HANDLER = "gopls/internal/lsp.(*Server)."
_OWN = ("runtime.", "sync.", "internal/", "syscall.", "os.", "io.", "time.", "net.", "golang.org/x/sync/")
_BUSY = ("running", "runnable", "syscall")


class Standing(NamedTuple):
    """A request whose goroutine was at the same place in every dump."""

    words: str
    """`Hover stood in cache.(*Snapshot).Load (select) in all 3 dumps`."""
    source: str
    line: int | None


def standing(crashes: Crashes | Unknown, incident: str) -> list[Standing]:
    """Handlers of requests that stand still in all dumps beside that incident.json; none of fewer than two dumps."""
    looks = incident.removesuffix(INCIDENT) + "looks/"
    dumps = (
        [each for each in crashes.all if each.source.replace("\\", "/").startswith(looks.replace("\\", "/"))]
        if (isinstance(crashes, Crashes))
        else []
    )
    if len(dumps) < 2:
        return []
    places = [dict(_places(each)) for each in dumps]
    found: list[Standing] = []
    for goroutine, (place, handler, line) in places[-1].items():
        if all(each.get(goroutine, ("",))[0] == place for each in places):
            found.append(Standing(f"{handler} stood in {place} in all {len(dumps)} dumps", dumps[-1].source, line))
    return found


def _places(dump: Crash) -> Iterator[tuple[int, tuple[str, str, int | None]]]:
    """Of each goroutine that handles a request: where it is, which request, the line of its header."""
    for bucket in dump.buckets:
        handler = _handler(bucket.stack.frames)
        if handler:
            line = bucket.example.line if bucket.example else None
            for each in bucket.ids:
                yield each, (_place(bucket), handler, line)


def _handler(frames: Iterable[Frame]) -> str:
    names = [each.function for each in frames]
    for mark in (_HANDLER, _OLD_HANDLER):
        for name in reversed(names):
            if mark in name:
                return name.rsplit(mark, 1)[1].partition(".")[0]
    return ""


def _place(bucket: Bucket) -> str:
    """The first function that is not of the runtime's kind, and the state: `cache.(*Snapshot).Load (select)`."""
    state = bucket.states[0][0] if bucket.states else ""
    frame = next((each for each in bucket.stack.frames if not each.function.startswith(_OWN)), None)
    path, slash, name = frame.function.partition("(") if frame else ("", "", "")
    where = path.rsplit("/", 1)[-1] + slash + name
    return f"{where} ({'at work' if state in _BUSY else state})"
