"""Plays one set-up and judges what the doctor said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.setups import Setup
from tests.isolation import isolation

STAGE = Path(__file__).with_name("stage.py")
DOCTOR_LIMIT_SECONDS = 300.0
"""What has not answered by then hangs."""


@dataclass(slots=True)
class Row:
    """One line of the table."""

    name: str
    family: str
    expected: tuple[str, ...]
    verdict: str | None = None
    is_found: bool = False
    is_verdict_right: bool = False
    others: tuple[str, ...] = ()
    """Warnings and errors besides, that nothing explains."""
    crashed: tuple[str, ...] = ()
    seconds: float = 0.0
    skipped: str = ""
    problem: str = ""
    """Why there is no judgement at all: no JSON, a time limit, exit code 3."""
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def result(self) -> str:
        """One word for the table."""
        if self.skipped:
            return "skipped"
        if self.problem:
            return "NO ANSWER"
        if self.crashed:
            return "CRASH"
        if not self.expected:
            return "FALSE ALARM" if self.others else "ok"
        if not self.is_found:
            return "MISS"
        return "ok" if self.is_verdict_right else "WRONG VERDICT"


def doctor_command() -> list[str]:
    """The command under test, by the interpreter that runs the tests, or what GOPLS_DIAG names."""
    named = os.environ.get("GOPLS_DIAG")
    return [named or str(Path(sys.executable).with_name("gopls-diag"))]


def play(setup: Setup) -> Row:
    """Build, examine, judge, clear away."""
    row = Row(setup.name, setup.family, setup.codes)
    root = Path(tempfile.mkdtemp(prefix="gym-")).resolve()
    try:
        machine = Machine(root)
        setup.build(machine)
        result = stage(machine, probe=setup.probe)
        if result.get("skipped"):
            row.skipped = result["skipped"]
        else:
            judge(setup, row, result)
    except supplies.Lacking as reason:
        row.skipped = str(reason)
    finally:
        clear(root)
    return row


def stage(machine: Machine, *, probe: bool = False, command: list[str] | None = None) -> dict[str, Any]:
    """Run the doctor in the set-up's environment, inside name spaces of its own."""
    arguments = ["doctor", *([machine.subject] if machine.subject else []), "--format", "json", *machine.arguments]
    arguments += ["--probe"] if probe else []
    plan = {
        "root": str(machine.root),
        "steps": machine.steps,
        "limits": machine.limits,
        "keep_capabilities": machine.keep_capabilities,
        "command": command or [*doctor_command(), *arguments],
        "folder": str(machine.folder),
        "environment": machine.environment,
        "limit_seconds": DOCTOR_LIMIT_SECONDS,
    }
    alone = isolation(is_to_mount=True)
    if not alone and any(step["do"] in {"mount", "cgroup"} for step in machine.steps):
        return {"skipped": "name spaces (unshare) are not allowed here"}
    plan_file = machine.root / "plan.json"
    plan_file.write_text(json.dumps(plan), encoding="utf-8")
    done = subprocess.run(
        [*alone, sys.executable, "-I", str(STAGE), str(plan_file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=DOCTOR_LIMIT_SECONDS + 120,
        stdin=subprocess.DEVNULL,
    )
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"the stage broke: {done.stderr[-2000:]}") from None
    if "cgroup" in result:
        leave(Path(result["cgroup"]))
    return result


def leave(group: Path) -> None:
    """Take the memory group away once its processes are gone."""
    for _ in range(50):
        try:
            group.rmdir()
        except OSError:
            subprocess.run(["sleep", "0.1"], check=False)
        else:
            return


def judge(setup: Setup, row: Row, result: dict[str, Any]) -> None:
    """Fill the row from what the doctor printed."""
    row.seconds = result.get("seconds", 0.0)
    if result.get("timed_out"):
        row.problem = f"no answer within {DOCTOR_LIMIT_SECONDS:.0f} s"
        return
    try:
        report = json.loads(result["stdout"])
    except ValueError:
        row.problem = f"exit {result['exit_code']}, no JSON: {(result['stderr'] or result['stdout']).strip()[-300:]}"
        return
    row.report = report
    findings = report["findings"]
    row.verdict = (report.get("verdict") or {}).get("code")
    row.is_found = any(each["code"] in setup.codes for each in findings)
    row.is_verdict_right = row.verdict in setup.codes or (setup.is_mild and row.verdict is None)
    loud = [each for each in findings if each["severity"] != "info" and not each["explained_by"]]
    row.others = tuple(sorted({each["code"] for each in loud} - set(setup.codes) - set(setup.also)))
    row.crashed = tuple(
        f"{each['check']}: {each['reason']}" for each in report["outcomes"] if each["outcome"] == "crashed"
    )
    if result["exit_code"] not in (0, 1):
        row.problem = f"exit {result['exit_code']}: {result['stderr'].strip()[-300:]}"


def clear(root: Path) -> None:
    """Remove a set-up; go leaves its module cache read-only."""
    if os.environ.get("GYM_KEEP"):
        print(f"kept: {root}", file=sys.stderr)
        return
    for folder, _, _ in os.walk(root):
        place = Path(folder)
        if not place.is_symlink():
            place.chmod(0o755)
    shutil.rmtree(root, ignore_errors=True)
