"""Prints where packages and functions of golang/tools moved: candidates for parse/go_crash/package_moves.py.

    python tools/package_moves.py GIT_DIRECTORY_OF_GOLANG_TOOLS

Made on 2026-11-22 of a snapshot of golang/tools whose newest commit is of 2026-08-20. A person reads what it prints and
writes the table: a folder from which only some files went, or which came back, is no move of a package.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from gopls_diag.parse.go_crash.package_moves import newest_path

TOOLS = "golang.org/x/tools/"
LIKENESS = "-M70%"


def moves(repository: str) -> dict[str, Counter[tuple[str, str]]]:
    """Commit to how many files it moved from one folder to another."""
    command = ["git", "-C", repository, "log", "--reverse", LIKENESS, "--diff-filter=R", "--name-status"]
    done = subprocess.run([*command, "--format=%h %cs %s", "--", "*.go"], capture_output=True, check=True)
    found: dict[str, Counter[tuple[str, str]]] = {}
    commit = ""
    for line in done.stdout.decode("utf-8", errors="replace").splitlines():
        fields = line.split("\t")
        if len(fields) == 1:
            commit = line or commit
            continue
        old, new = (each.rpartition("/")[0] for each in fields[1:])
        if old != new and "testdata" not in old + new and not fields[1].endswith("_test.go"):
            found.setdefault(commit, Counter())[old, new] += 1
    return found


def main(repository: str) -> None:
    """Print the moves, with a mark at those that the table does not follow."""
    for commit, folders in moves(repository).items():
        print(commit)
        for (old, new), files in folders.most_common():
            known = newest_path(TOOLS + old) == newest_path(TOOLS + new)
            print(f"  {' ' if known else '!'} {files:>3} {old} -> {new}")


if __name__ == "__main__":
    main(sys.argv[1])
