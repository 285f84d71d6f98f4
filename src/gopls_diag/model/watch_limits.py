"""How many folders may be watched for changes, and which ports are listened on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchLimits:
    """Linux's limits of inotify, for all programs of one user together."""

    watches: int
    """`fs.inotify.max_user_watches`: about one a folder."""
    instances: int | None = None
    """`fs.inotify.max_user_instances`."""
    source: str = "/proc/sys/fs/inotify/max_user_watches"


@dataclass(frozen=True, slots=True)
class ListeningPorts:
    """TCP ports of this machine that somebody listens on."""

    ports: frozenset[int]
    source: str
