"""Start-up beside `python -c pass`, both measured here and now.

CPU time (user and system) of the whole process, the least of several runs in turn: wall time on a busy machine says
little. The target is three times the reference.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

ROUNDS = 15
TARGET = 3.0
PROGRAM = str(Path(sys.executable).with_name("gopls-diag"))
ASKED = (("--version",), ("--help",), ("doctor", "--help"), ("explain", "E04"), ("explain", "workspace/views-missing"))


def cpu_seconds(command: list[str]) -> float:
    """CPU time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print the table; 1 if a target is missed."""
    commands = [[sys.executable, "-c", "pass"], *([PROGRAM, *words] for words in ASKED)]
    least = [
        min(times) for times in zip(*([cpu_seconds(each) for each in commands] for _ in range(ROUNDS)), strict=True)
    ]
    reference = least[0]
    print(f"{'python -c pass':<44}{reference * 1000:6.1f} ms")
    for words, seconds in zip(ASKED, least[1:], strict=True):
        name = " ".join(("gopls-diag", *words))
        print(f"{name:<44}{seconds * 1000:6.1f} ms  {seconds / reference:.2f} x, target {TARGET:.0f} x")
    return int(max(least[1:]) > TARGET * reference)


if __name__ == "__main__":
    raise SystemExit(main())
