"""`doctor` on modules of 1,000 and 4,000 packages beside the slowest command that it must run, both measured here.

Everything else is to run beside that command, so the target is 1.25 times its time. Wall time, the least of several
runs in turn. Which command is the slowest is not assumed: one run is watched.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.doctor import examine
from gopls_diag.model.request import Request
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.port import Answer, Question, World

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (1_000, 4_000)
"""The target speaks of the first; the second shows how the difference grows."""
ROUNDS = 5
TARGET = 1.25
STANDARD = ("fmt", "net/http", "encoding/json", "os/exec", "database/sql", "html/template", "crypto/tls", "go/types")
PROGRAM = str(Path(sys.executable).with_name("gopls-diag"))


class Watched(World):
    """Passes questions on, and keeps the command that took longest."""

    def __init__(self) -> None:
        self._live = LiveWorld()
        self.slowest: tuple[float, Question | None] = (0.0, None)

    def ask(self, question: Question) -> Answer:
        """The live world's answer."""
        began = time.monotonic()
        answer = self._live.ask(question)
        if question.kind == "command":
            self.slowest = max(self.slowest, (time.monotonic() - began, question), key=lambda pair: pair[0])
        return answer


def make_module(folder: Path, packages: int) -> None:
    """Packages in a chain of tens, each with a test and with imports of the standard library, as real modules have."""
    (folder / "go.mod").write_text("module example.com/wide\n\ngo 1.24\n")
    for number in range(packages):
        package = folder / f"p{number // 100}" / f"q{number}"
        package.mkdir(parents=True)
        used = [STANDARD[number % len(STANDARD)], STANDARD[number // 10 % len(STANDARD)]]
        if number % 10:
            used.append(f"example.com/wide/p{(number - 1) // 100}/q{number - 1}")
        imports = "".join(f'import _ "{each}"\n' for each in dict.fromkeys(used))
        (package / "value.go").write_text(f"package q{number}\n\n{imports}\nfunc Value() int {{ return 1 }}\n")
        (package / "value_test.go").write_text(
            f'package q{number}\n\nimport "testing"\n\nfunc TestValue(t *testing.T) {{ _ = Value() }}\n'
        )


def wall_seconds(command: list[str], folder: str, environment: dict[str, str]) -> float:
    """Wall time of one run of a command, whatever it exits with."""
    began = time.monotonic()
    subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.monotonic() - began


def measure(packages: int) -> tuple[str, float, float]:
    """The slowest command, and the least wall seconds of it alone and of the doctor."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch).resolve())
        make_module(Path(folder), packages)
        watched = Watched()
        for _ in examine(watched, Request(folder=folder), all_checks()):
            pass
        question = watched.slowest[1]
        assert question is not None, "the doctor ran no command"
        changes: dict[str, str | None] = dict(question.arguments["environment"])
        kept = {**os.environ, **changes}
        environment = {name: value for name, value in kept.items() if value is not None}
        command = [str(word) for word in question.arguments["command"]]
        times = [
            (
                wall_seconds(command, question.arguments["folder"] or folder, environment),
                wall_seconds([PROGRAM, "doctor", folder], folder, dict(os.environ)),
            )
            for _ in range(ROUNDS)
        ]
    reference, doctor = (min(each) for each in zip(*times, strict=True))
    return " ".join(command), reference, doctor


def main() -> None:
    """Print the table."""
    # An installed program has its bytecode beside it; so must this one, whatever the shell that runs the bench says.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(ROOT / "src", quiet=1)
    tools = os.pathsep.join(str(each) for each in sorted((ROOT / ".tools" / "gopls").glob("v0.23.*")))
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), tools))
    for packages in PACKAGES:
        command, reference, doctor = measure(packages)
        print(f"{packages:,} packages; slowest single command: {command[:60]}…")
        print(f"{'that command alone':<44}{reference:6.2f} s")
        print(f"{'gopls-diag doctor':<44}{doctor:6.2f} s  {doctor / reference:.2f} x, target {TARGET} x")


if __name__ == "__main__":
    main()
