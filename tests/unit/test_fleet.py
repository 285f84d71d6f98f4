"""Signatures hold the crashes of one defect together, on invented fleets and on public crashes."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from gopls_diag.model.crash import Crash
from gopls_diag.parse.go_crash.completion import completed
from gopls_diag.parse.go_crash.reader import CrashReader
from gopls_diag.parse.go_crash.signature import same, signature
from tests.fleet.bugs import make_bugs, read_code
from tests.fleet.public_crashes import NIL, PUBLIC_CRASHES
from tests.fleet.reports import make_reports, share_pairs

PRECISION = 0.98
RECALL = 0.95
SEEDS = 3
FAULT = ("runtime.panicmem(...)\n\t/r/panic.go:2", "runtime.sigpanic()\n\t/r/signal_unix.go:1 +0x2")


def printed(message: str, release: str, names: tuple[str, ...], chance: random.Random) -> str:
    """The report as the runtime would print it, with numbers of its own."""
    message = message.replace("{n}", str(chance.randrange(9000)))
    lines = [f"panic: {message}"]
    if message == NIL:
        lines.append(f"[signal SIGSEGV: segmentation violation code=0x1 addr=0x{chance.randrange(99):x} pc=0x1]")
    lines += ["", f"goroutine {chance.randrange(1, 9999)} [running]:"]
    if message == NIL and "panic" not in names:
        lines += ["panic({0x1, 0x2})\n\t/r/panic.go:7 +0x1", *FAULT]
    for name in names:
        lines.append(f"{name}(0x{chance.randrange(1 << 40):x}, {{0x1?, 0x2}})")
        lines.append(f"\t/m/gopls@{release}/{chance.randrange(9)}.go:{chance.randrange(1, 900)} +0x1")
    return "\n".join([*lines, "", ""])


def read(text: str) -> Crash:
    reader = CrashReader("a.log")
    for number, line in enumerate(text.splitlines(), 1):
        reader.line(line, number)
    (crash,) = reader.finish()
    return completed(crash)


PUBLIC = {
    name: [
        read(printed(message, release, functions, random.Random(issue)))
        for issues, release, functions in stacks
        for issue in issues
    ]
    for name, (message, stacks) in PUBLIC_CRASHES.items()
}


@pytest.mark.parametrize("name", PUBLIC)
def test_reports_of_one_public_crash_have_one_signature(name: str) -> None:
    assert len({each.signature for each in PUBLIC[name]}) == 1
    assert PUBLIC[name][0].signature
    for one, other in combinations(PUBLIC[name], 2):
        assert "the innermost function" in (same(one, other) or "")


def test_no_two_public_crashes_share_one() -> None:
    assert len({each[0].signature for each in PUBLIC.values()}) == len(PUBLIC)
    for one, other in pairwise(PUBLIC.values()):
        assert same(one[0], other[0]) is None


def test_invented_fleets_are_sorted_by_defects() -> None:
    code = read_code()
    precision = recall = 0.0
    for seed in range(1, SEEDS + 1):
        chance = random.Random(f"fleet {seed}")
        reports = make_reports(code, make_bugs(code, 300, chance), 3000, chance)
        same_bug, same_group, both = share_pairs([(each.bug, signature(each.crash)[0]) for each in reports])
        precision += both / same_group / SEEDS
        recall += both / same_bug / SEEDS

    assert precision >= PRECISION
    assert recall >= RECALL


def test_pairs_are_counted() -> None:
    assert share_pairs([(1, "a"), (1, "a"), (1, "b"), (2, "a"), (3, ""), (3, "")]) == (4, 3, 1)
