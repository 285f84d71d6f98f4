"""Linux's limits on watching, and the TCP ports that are listened on."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.outcome import CannotTell, DoesNotApply
from gopls_diag.model.watch_limits import ListeningPorts, WatchLimits
from gopls_diag.world import FileMissing, World

_WATCHES = "/proc/sys/fs/inotify/max_user_watches"
_INSTANCES = "/proc/sys/fs/inotify/max_user_instances"
_TCP_FILES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTENING = "0A"
"""The state LISTEN in `/proc/net/tcp` (include/net/tcp_states.h)."""


@fact(limit_seconds=5.0)
def watch_limits(world: World) -> WatchLimits:
    """The limits of inotify."""
    if world.machine.os != "linux":
        raise DoesNotApply("only Linux limits watches by number")
    watches, instances = _number(world, _WATCHES), _number(world, _INSTANCES)
    if watches is None:
        raise CannotTell(f"{_WATCHES} could not be read")
    return WatchLimits(watches, instances)


def _number(world: World, path: str) -> int | None:
    try:
        text = world.read_text(path).strip()
    except FileMissing:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


@fact(limit_seconds=5.0)
def listening_ports(world: World) -> ListeningPorts:
    """TCP ports with a listener, from the kernel's table."""
    if world.machine.os != "linux":
        raise CannotTell("only Linux shows without special rights which ports are listened on")
    ports: set[int] = set()
    read: list[str] = []
    for path in _TCP_FILES:
        try:
            text = world.read_text(path)
        except FileMissing:
            continue
        read.append(path)
        for line in text.splitlines()[1:]:
            words = line.split()
            if len(words) > 3 and words[3] == _LISTENING:
                port = words[1].rpartition(":")[2]
                ports.update([int(port, 16)] if len(port) == 4 and all(c in "0123456789ABCDEF" for c in port) else [])
    if not read:
        raise CannotTell("/proc/net/tcp could not be read")
    return ListeningPorts(frozenset(ports), read[0])
