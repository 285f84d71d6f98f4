"""What gopls cost in one measured run, and what that says about a budget of memory."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.amount import MIB, size_text

BUSY_SHARE = 0.33
"""Share of time in collections from which a budget is too small, if it is also twice what it was without.

Seen with a module that imports much of the standard library, empty cache, 300 MiB live at rest, gopls v0.23.0 and
v0.24.0: 8 to 10 % without a limit, 5 to 15 % with 500 MiB, 8 to 26 % with 400, 37 to 39 % with 300 MiB.
"""
TIMES_THE_WORK = 2.0
"""So much more processor time than without the budget is too much; GOGC=25 costs 1.8 times (gopls of August 2026)."""
LEAST_MORE_SECONDS = 2.0
"""Less processor time than this more is no sign: short runs differ by it anyway."""
TIGHT_CYCLES = 10
"""Collections that had no more room than what was live: so many in one run are collections back to back. Seen with a
warm cache and 125 MiB live: 1 without a limit and with 200 to 500 MiB, 3 or 4 with 150, 22 to 26 with 120, 38 to 46
with 20 MiB; with an empty cache and 300 MiB live: 1 or 2 with 400 and 500 MiB, 26 to 35 with 300 MiB."""
NOT_HEAP_BYTES = 16 * MIB
"""What Go counts against a limit besides the heap, at the least: stacks, tables of the runtime. With a limit of
150 MiB the goal of the heap was 128 MiB, with 400 MiB 355 MiB, both after the 3 % that Go keeps free
(runtime/mgcpacer.go, memoryLimitHeapGoal): 17 and 33 MiB."""
_NOT_HEAP_SHARE = 0.05
LEAST_NEED_BYTES = 115 * MIB
"""No gopls needs less: 10^8 bytes that it allocates at its start, and what is not heap."""
_ROOM = 1.25
"""A heap that may grow by a quarter between two collections, as with GOGC=25."""
_STEP_BYTES = 50 * MIB


@dataclass(frozen=True, slots=True)
class Weight:
    """One run of gopls, from its start to the end of its work."""

    peak_bytes: int | None = None
    """Resident memory at its highest, of gopls and the go commands below it."""
    cpu_seconds: float | None = None
    collecting_share: float | None = None
    """Of the time that the processors had until its work was done; 0 to 1. The times are those of gctrace."""
    live_bytes: int | None = None
    """The heap that was in use after collections at rest, the 95 MiB counted in that gopls allocates and never touches:
    they count against a limit."""
    largest_live_bytes: int | None = None
    """The same after the collections that came by themselves, which also count what was allocated meanwhile."""
    tight_cycles: int = 0
    """Collections at the end of which the goal was what was live."""
    load_seconds: float | None = None
    elapsed_seconds: float = 0.0
    is_thrashing: bool = False
    """True if collections came back to back for ten seconds."""
    is_unfinished: bool = False
    """True if it was still at work when the time was up."""
    problem: str = ""
    """Why it says nothing about a workspace at work, in words; empty when it does."""

    @property
    def need_bytes(self) -> int | None:
        """Below this no collection can ever reach the goal: what is live at rest, and what is not heap."""
        return None if self.live_bytes is None else _with_the_rest(self.live_bytes)

    @property
    def supported_bytes(self) -> int | None:
        """The smallest budget that this run supports, in whole steps of 50 MiB."""
        if self.live_bytes is None:
            return None
        wanted = max(_with_the_rest(int(self.live_bytes * _ROOM)), _with_the_rest(self.largest_live_bytes or 0))
        return -(-wanted // _STEP_BYTES) * _STEP_BYTES


def _with_the_rest(heap_bytes: int) -> int:
    return int(heap_bytes * (1 + _NOT_HEAP_SHARE)) + NOT_HEAP_BYTES


def too_small(budget_bytes: int, bare: Weight) -> str:
    """Why a budget cannot work, from a run without it; empty when it may."""
    need = bare.need_bytes
    if need is None or budget_bytes >= need:
        return ""
    return (
        f"gopls holds {size_text(bare.live_bytes or 0)} of live heap at rest in this workspace and needs "
        f"{size_text(need)} with what is not heap"
    )


def thrashes(run: Weight, bare: Weight) -> str:
    """The sign that a run had too little memory, against one that had enough; empty when there is none."""
    if run.is_unfinished and not bare.is_unfinished:
        return f"gopls did not end its work in {run.elapsed_seconds:.0f} s (without it: {bare.elapsed_seconds:.0f} s)"
    share, usual = run.collecting_share or 0.0, bare.collecting_share or 0.0
    if run.is_thrashing:
        return f"gopls did little but collect garbage ({share:.0%} of the time; without it: {usual:.0%})"
    if share >= BUSY_SHARE and share >= 2 * usual:
        return f"gopls collected garbage for {share:.0%} of the time (without it: {usual:.0%})"
    if run.tight_cycles >= TIGHT_CYCLES and run.tight_cycles >= 2 * bare.tight_cycles:
        return f"{run.tight_cycles} collections came back to back, with no more room than what was live"
    spent, before = run.cpu_seconds or 0.0, bare.cpu_seconds or 0.0
    if before and spent >= TIMES_THE_WORK * before and spent - before >= LEAST_MORE_SECONDS:
        return f"gopls took {spent:.1f} s of processor time (without it: {before:.1f} s)"
    return ""
