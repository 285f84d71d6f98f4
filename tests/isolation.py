"""A process table of its own for a program under test: what other tests run on this machine is none of its concern."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess


@functools.cache
def isolation(*, is_to_mount: bool = False) -> list[str]:
    """The command that gives a program its own process table and mounts; empty where the system does not allow it.

    Args:
        is_to_mount: the program is going to mount something itself, for which it has to be root, at least there.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    # By its path: some programs under test get a PATH without it.
    command = [unshare, "--pid", "--fork", "--mount", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        command += ["--user", "--map-root-user" if is_to_mount else "--map-current-user"]
    return command if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0 else []
