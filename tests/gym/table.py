"""The gym's table and totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.gym.play import Row

VERDICT_TARGET = 0.95


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The table as text, healthy set-ups last."""
    rows = sorted(rows, key=lambda row: (not row.expected, row.expected, row.name))
    yield f"{'set-up':<44} {'expected':<12} {'verdict':<8} {'seconds':>7}  {'result':<14} other warnings"
    for row in rows:
        expected = "/".join(row.expected) or "healthy"
        tail = " ".join((row.skipped or row.problem or " ".join((*row.others, *row.crashed))).split())
        head = f"{row.name:<44} {expected:<12} {row.verdict or '-':<8} {row.seconds:>7.1f}"
        yield f"{head}  {row.result:<14} {tail[:150]}"
    yield from totals(rows)


def totals(rows: Sequence[Row]) -> Iterator[str]:
    """What the table adds up to."""
    played = [row for row in rows if not row.skipped]
    faults = [row for row in played if row.expected]
    well = [row for row in played if not row.expected]
    found = sum(row.is_found for row in faults)
    right = sum(row.is_verdict_right for row in faults)
    alarms = sum(bool(row.others or row.problem) for row in well)
    codes = {row.expected[0] for row in faults}
    yield ""
    yield f"{len(faults)} broken set-ups, {len(codes)} codes: {share('found', found, faults)}, {share('verdict right', right, faults)}"
    yield f"{len(well)} healthy set-ups: {alarms} false alarms"
    skipped = sum(bool(row.skipped) for row in rows)
    yield f"{skipped} skipped, each with its reason above; {sum(bool(row.crashed) for row in played)} with a crashed check"


def share(what: str, part: int, whole: Sequence[Row]) -> str:
    """`found 97 (97 %)`."""
    return f"{what} {part} ({100 * part / len(whole) if whole else 0:.0f} %)"


def is_verdict_target_met(rows: Sequence[Row]) -> bool:
    """True if the verdict was right often enough."""
    faults = [row for row in rows if row.expected and not row.skipped]
    return not faults or sum(row.is_verdict_right for row in faults) >= VERDICT_TARGET * len(faults)
