"""`make demo`: the doctor, repairs, an article, two logs and an incident, each as a reader would run it; then 0."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOPLS = ROOT / ".tools" / "gopls" / "v0.23.0"
PROGRAM = ROOT / ".venv" / "bin" / "gopls-diag"
FOUND = 1


def show(*words: str) -> bool:
    """Run one command as a reader would, with its line above; True if it worked as promised."""
    print(f"\n$ gopls-diag {' '.join(words)}\n", flush=True)
    # The gopls of the project's folder is found after the machine's own, so that a machine with gopls shows its own.
    environment = {**os.environ, "PATH": os.pathsep.join((os.environ.get("PATH", os.defpath), str(GOPLS)))}
    return subprocess.run([str(PROGRAM), *words], cwd=ROOT, env=environment, check=False).returncode in {0, FOUND}


def main() -> int:
    """0 if every command worked, whatever it found."""
    shown = [
        show("doctor", "examples/healthy"),
        show("doctor", "examples/broken"),
        show("doctor", "--probe", "examples/broken"),
        show("fix", "--dry-run", "examples/broken"),
        show("explain", "W09"),
        show("crash", "tests/corpus/crashes/010-rename-redeclared-type-nil.log"),
        show("advice", "tests/unit/goldens/advice/article.md"),
        show("crash", "tests/corpus/waiting/go-list-hangs-gopls-0.16.1.log"),
        show("incidents", "show", "examples/incident"),
    ]
    return 0 if all(shown) else 1


if __name__ == "__main__":
    sys.exit(main())
