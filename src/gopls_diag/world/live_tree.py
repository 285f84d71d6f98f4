"""Counts what lies below a folder, in one walk."""

from __future__ import annotations

import heapq
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gopls_diag.world.port import Answer

_LARGEST = 10
_SUFFIXES = 50
_LINKS = 50
_FOUND = 5_000
_WEIGHED = 5
_FOLDER_NAMES = 3_000
_LOOK_AT_CLOCK_EVERY = 64


@dataclass(slots=True)
class _Count:
    files: int = 0
    folders: int = 0
    apparent_bytes: int = 0
    disk_bytes: int = 0
    newest_seconds: float = 0.0
    is_complete: bool = True
    by_suffix: Counter[str] = field(default_factory=Counter)
    by_folder: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    largest: list[tuple[int, str]] = field(default_factory=list)
    symlinked_folders: list[str] = field(default_factory=list)

    def add(self, entry: os.DirEntry[str], relative: str, top: str, named: str | None) -> int:
        found = entry.stat(follow_symlinks=False)
        self.files += 1
        self.apparent_bytes += found.st_size
        self.disk_bytes += getattr(found, "st_blocks", 0) * 512 or found.st_size
        self.newest_seconds = max(self.newest_seconds, found.st_mtime)
        stem, dot, suffix = entry.name.rpartition(".")
        self.by_suffix[dot + suffix if stem else ""] += 1
        if top:
            self.by_folder[top] += 1
        if named:
            self.named[named] += 1
        item = (found.st_size, relative)
        if len(self.largest) < _LARGEST:
            heapq.heappush(self.largest, item)
        elif item > self.largest[0]:
            heapq.heapreplace(self.largest, item)
        return found.st_size


@dataclass(slots=True)
class _Wanted:
    """The files that were asked for by name, and those of the suffix that is weighed."""

    names: frozenset[str]
    suffix: str
    found: list[str] = field(default_factory=list)
    by_folder: dict[str, tuple[int, int]] = field(default_factory=dict)
    largest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, name: str, folder: str, size: int) -> None:
        if name in self.names and len(self.found) < _FOUND:
            self.found.append(f"{folder}/{name}" if folder else name)
        if self.suffix and name.endswith(self.suffix):
            files, total = self.by_folder.get(folder, (0, 0))
            self.by_folder[folder] = (files + 1, total + size)
            self.largest.append((size, f"{folder}/{name}" if folder else name))
            if len(self.largest) > _WEIGHED * 20:
                self.largest = heapq.nlargest(_WEIGHED, self.largest)

    def answer(self) -> Answer:
        if not self.names and not self.suffix:
            return {}
        heaviest = heapq.nlargest(_WEIGHED, self.by_folder.items(), key=lambda each: each[1][1])
        return {
            "found": sorted(self.found),
            "weighed": {
                "files": sum(files for files, _ in self.by_folder.values()),
                "folders": len(self.by_folder),
                "apparent_bytes": sum(total for _, total in self.by_folder.values()),
                "largest_files": [[name, size] for size, name in heapq.nlargest(_WEIGHED, self.largest)],
                "largest_folders": [[folder or ".", files, total] for folder, (files, total) in heaviest],
                "folder_names": sorted(folder or "." for folder in self.by_folder)[:_FOLDER_NAMES],
            },
        }


def measure_tree(
    path: str,
    skip: list[str],
    names: list[str],
    limit_files: int,
    limit_seconds: float,
    find: Sequence[str] = (),
    weigh: str = "",
) -> Answer:
    """Answer a tree question; see `World.tree`. Folders that may not be read count as folders and are not entered."""
    count = _Count()
    wanted = _Wanted(frozenset(find), weigh)
    ends = time.monotonic() + limit_seconds
    # (path, path relative to the root, direct sub-folder of the root, nearest named folder)
    pending: list[tuple[str, str, str, str | None]] = [(path, "", "", None)]
    os.scandir(path).close()  # a root that cannot be read is an answer of its own
    looked = 0
    while pending:
        looked += 1
        if count.files >= limit_files or (looked % _LOOK_AT_CLOCK_EVERY == 0 and time.monotonic() > ends):
            count.is_complete = False
            break
        here, relative, top, named = pending.pop()
        try:
            entries = os.scandir(here)
        except OSError:
            continue
        with entries:
            for entry in entries:
                below = f"{relative}/{entry.name}" if relative else entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        count.folders += 1
                        if entry.name not in skip:
                            inside = named or (below if entry.name in names else None)
                            pending.append((entry.path, below, top or entry.name, inside))
                        continue
                    if entry.is_symlink() and entry.is_dir() and len(count.symlinked_folders) < _LINKS:
                        count.symlinked_folders.append(below)
                    size = count.add(entry, below, top, named)
                    if not named:
                        wanted.add(entry.name, relative, size)
                except OSError:
                    continue
    return {
        "files": count.files,
        "folders": count.folders,
        "apparent_bytes": count.apparent_bytes,
        "disk_bytes": count.disk_bytes,
        "newest_seconds": count.newest_seconds,
        "is_complete": count.is_complete,
        "by_suffix": dict(count.by_suffix.most_common(_SUFFIXES)),
        "largest": [[name, size] for size, name in sorted(count.largest, reverse=True)],
        "by_folder": dict(count.by_folder.most_common()),
        "named": dict(count.named.most_common()),
        "symlinked_folders": count.symlinked_folders,
        **wanted.answer(),
    }
