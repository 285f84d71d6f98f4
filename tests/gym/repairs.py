"""Plays the second half of a set-up: its fault is repaired, and the repair is taken back."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.play import clear, doctor_command, stage
from tests.gym.setups import Setup

SCRIPT = Path(__file__).with_name("repairing.py")

ONE_AFTER_THE_OTHER = {"work_file_too_new": {"E11"}}
"""Set-ups with a second fault behind the first: the Go that go may fetch now does not exist."""


@dataclass(slots=True)
class RepairRow:
    """One line of the second table."""

    name: str
    codes: tuple[str, ...]
    reach: str = ""
    """What the repair touched: settings, go-env, project, cache; `shown` for lines of a program, `by hand`."""
    titles: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    """Codes that are still found although their remedy was applied."""
    new: tuple[str, ...] = ()
    """Codes of warnings and errors that were not there before."""
    is_back: bool = False
    """Undo brought exactly the findings of before."""
    differ: tuple[str, ...] = ()
    """Files that undo did not bring back byte for byte."""
    is_probed: bool = False
    seconds: float = 0.0
    skipped: str = ""
    problem: str = ""
    result_of_stage: dict[str, Any] = field(default_factory=dict)

    @property
    def is_repaired(self) -> bool:
        """True if a machine did it."""
        return not self.skipped and self.reach not in ("", "shown", "by hand")

    @property
    def result(self) -> str:
        """A word or two for the table."""
        if self.skipped:
            return "skipped"
        if self.problem:
            return "NO ANSWER"
        if not self.is_repaired:
            return self.reach
        if self.left:
            return "STILL THERE"
        if self.new:
            return "SOMETHING NEW"
        if self.differ:
            return "OTHER BYTES"
        return "ok" if self.is_back else "NOT BACK"


def play_repair(setup: Setup) -> RepairRow:
    """Build, examine, repair, examine, undo, examine, clear away."""
    row = RepairRow(setup.name, setup.codes, is_probed=setup.probe)
    root = Path(tempfile.mkdtemp(prefix="gym-")).resolve()
    try:
        machine = Machine(root)
        setup.build(machine)
        machine.environment["GOPLS_DIAG_STATE"] = str(root / "state")
        order = {
            "program": doctor_command(),
            "arguments": [*([machine.subject] if machine.subject else []), *machine.arguments],
            "codes": setup.codes,
            "probe": setup.probe,
            "home": str(machine.home),
            # Commands that change the project may fetch modules; there is no net here, but a proxy of files.
            "network": {"GOPROXY": f"file://{supplies.proxy()}", "GONOSUMDB": "*", "GOSUMDB": "off"},
        }
        if machine.arguments:
            row.skipped = "the set-up is a recording or a log, which nobody can repair"
        else:
            judge_repair(row, stage(machine, command=[sys.executable, "-I", str(SCRIPT), json.dumps(order)]))
    except supplies.Lacking as reason:
        row.skipped = str(reason)
    finally:
        clear(root)
    return row


def codes_of(report: dict[str, Any], *, is_loud: bool) -> set[str]:
    findings = report["findings"]
    return {
        each["code"] for each in findings if not is_loud or (each["severity"] != "info" and not each["explained_by"])
    }


def judge_repair(row: RepairRow, done: dict[str, Any]) -> None:
    """Fill the row from what the script printed."""
    row.skipped = done.get("skipped", "")
    row.seconds = done.get("seconds", 0.0)
    if row.skipped:
        return
    try:
        result = json.loads(done["stdout"])
    except ValueError:
        row.problem = f"the script broke: {done['stderr'][-600:]}"
        return
    row.result_of_stage = result
    broken = [result.get("broken"), *(result.get(name, {}).get("broken") for name in ("before", "after", "again"))]
    row.problem = next((each for each in broken if each), "")
    own = [each for each in result.get("proposals", []) if each["code"] in row.codes]
    done_by_machine = [each for each in own if each["consent"] != "reader"]
    row.titles = tuple(each["title"] for each in done_by_machine or own)
    if not done_by_machine:
        row.reach = "shown" if any(each["lines"] for each in own) else "by hand"
        return
    if row.problem:
        return
    row.reach = "/".join(sorted({each["reach"] for each in done_by_machine}))
    repaired = {each["code"] for each in done_by_machine}
    row.left = tuple(sorted(repaired & codes_of(result["after"], is_loud=False)))
    new = codes_of(result["after"], is_loud=True) - codes_of(result["before"], is_loud=False)
    row.new = tuple(sorted(new - ONE_AFTER_THE_OTHER.get(row.name, set())))
    row.new += tuple(result["after"]["crashed"])
    if row.reach == "cache":
        # What was deleted is made anew by gopls and not by us.
        row.is_back = True
        return
    row.differ = tuple(each for each in result["differ"] if "/vendor/" not in each or each.endswith("modules.txt"))
    row.is_back = all(not each.get("conflicts") and "broken" not in each for each in result["undone"])
    row.is_back &= codes_of(result["again"], is_loud=False) == codes_of(result["before"], is_loud=False)


def repair_lines(rows: list[RepairRow]) -> list[str]:
    """The second table as text."""
    rows = sorted(rows, key=lambda row: (row.codes, row.name))
    lines = [f"{'set-up':<40} {'codes':<12} {'reach':<9} {'seconds':>7}  {'result':<13} what was done"]
    for row in rows:
        said = row.skipped or row.problem or " ".join((*row.left, *row.new, *row.differ)) or "; ".join(row.titles)
        head = f"{row.name:<40} {'/'.join(row.codes):<12} {row.reach or '-':<9} {row.seconds:>7.1f}"
        lines.append(f"{head}  {row.result:<13} {' '.join(said.split())[:150]}")
    repaired = [row for row in rows if row.is_repaired]
    good = sum(row.result == "ok" for row in repaired)
    probed = sum(row.is_probed for row in repaired)
    by_hand = sum(row.reach in ("by hand", "shown") for row in rows)
    return [
        *lines,
        "",
        f"{len(repaired)} repaired by machine ({probed} of them with gopls asked before and after): {good} gone, "
        f"nothing new, and back byte for byte; {by_hand} for the reader, {sum(bool(r.skipped) for r in rows)} skipped",
    ]
