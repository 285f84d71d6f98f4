"""A process table of its own for a program under test: what other tests run on this machine is none of its concern."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess


@functools.cache
def isolation() -> list[str]:
    """The command that gives a program its own process table and mounts; empty where the system does not allow it."""
    candidates = [["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--kill-child"]]
    if os.geteuid() != 0:
        candidates = [["unshare", "--user", "--map-root-user", *candidates[0][1:]]]
    for command in candidates:
        if (
            shutil.which(command[0])
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    return []
