"""The logs that the user gave, each read once, from its beginning to its end, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.log_reading import LogReading, LogReadings
from gopls_diag.model.request import Request
from gopls_diag.parse.incident_files import judged_names
from gopls_diag.parse.incident_zip import unpacked
from gopls_diag.parse.log.incident_form import joined
from gopls_diag.parse.log.reader import LogReader
from gopls_diag.world import World, WorldError

_PIECE_BYTES = 8 * 1024 * 1024
_LOG_LIMIT_BYTES = 1024 * 1024 * 1024
"""Of a longer log only the end is read: what happened last is what the user asks about, and waits for."""

_ZIP_LIMIT_BYTES = 64 * 1024 * 1024


@fact(limit_seconds=120)
def log_readings(world: World, request: Request) -> LogReadings:
    """What each log held, in the order in which they were given; without those that cannot be read."""
    readings: list[LogReading] = []
    for path in request.logs:
        try:
            if path.endswith(".zip"):
                readings += _packed(world, path)
            else:
                readings += [_read(world, each) for each in _files(world, path)]
        except WorldError:
            continue
    return LogReadings(joined(readings))


def _files(world: World, path: str) -> Iterator[str]:
    """The path itself; of an incident's folder, the files that its verdict is made of."""
    if not world.is_folder(path):
        yield path
        return
    names = [each.name for each in world.list(path)]
    if "looks" in names:
        names += [f"looks/{each.name}" for each in world.list(world.join(path, "looks"))]
    yield from (world.join(path, *each.split("/")) for each in judged_names(names))


def _packed(world: World, path: str) -> Iterator[LogReading]:
    """Readings of an incident that was packed to be sent; CannotTell for any other zip."""
    try:
        content = unpacked(world.read_bytes(path, limit_bytes=_ZIP_LIMIT_BYTES))
    except ValueError as problem:
        raise WorldError(f"{path}: {problem}") from None
    for name in judged_names(content):
        reader = LogReader(f"{path}/{name}", now_seconds=world.now.timestamp())
        reader.feed(content[name])
        yield reader.finish()


def _read(world: World, path: str) -> LogReading:
    found = world.stat(path)
    skipped = max(0, (found.size_bytes if found else 0) - _LOG_LIMIT_BYTES)
    reader = LogReader(path, now_seconds=world.now.timestamp())
    for piece in _pieces(world, path, skipped):
        reader.feed(piece)
    reading = reader.finish()
    return reading.without_lines(f"the first {skipped} bytes were not read") if skipped else reading


def _pieces(world: World, path: str, offset: int) -> Iterator[bytes]:
    end = offset + _LOG_LIMIT_BYTES
    while offset < end:
        piece = world.read_bytes(path, limit_bytes=_PIECE_BYTES, offset=offset)
        yield piece
        if len(piece) < _PIECE_BYTES:
            return
        offset += len(piece)
