"""Disks that are full, and disks that may only be read, as small file systems in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real.recording.stand_in import wait_until


@contextmanager
def small_disk(folder: Path, options: str = "size=256k") -> Iterator[Path]:
    """A file system of its own on a folder; skips where only root may make one."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "gopls-diag-test", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no file system can be made here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        assert wait_until(
            lambda: not subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode
        )


@contextmanager
def full_disk(folder: Path) -> Iterator[Path]:
    """A file system without a free byte."""
    with small_disk(folder):
        fill(folder)
        yield folder


def fill(folder: Path) -> None:
    """Take every free byte."""
    with (folder / "filling").open("wb", buffering=0) as file:
        try:
            while file.write(os.urandom(4096)):
                pass
        except OSError:
            return


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """A folder, with what is in it, that may only be read, even by root."""
    for command in (
        ["mount", "--bind", str(folder), str(folder)],
        ["mount", "-o", "remount,bind,ro", str(folder)],
    ):
        made = subprocess.run(command, capture_output=True, check=False)
        if made.returncode:
            pytest.skip(f"no file system can be made here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        assert wait_until(
            lambda: not subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode
        )
