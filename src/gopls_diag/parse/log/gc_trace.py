"""The lines of GODEBUG=gctrace=1, Go 1.4 to 1.27, and what they prove about the memory of a process.

The form is written by `gcMarkTermination` in golang/go src/runtime/mgc.go:

    gc # @#s #%: #+#+# ms clock, #+#/#/#+# ms cpu, #->#->#-># MB, # MB goal, # MB stacks, #MB globals, # P

`@` is the time at which the cycle began, since the program started; the percentage, too, is since the program started,
so it is computed here anew for stretches of time from the `ms cpu` fields. MB are 2^20 bytes (shifted by 20 bits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from gopls_diag.model.crash import Explanation
from gopls_diag.model.log_reading import GcCycle, GcHistory
from gopls_diag.parse.log.gc_growth import Growth
from gopls_diag.parse.log.gc_thrash import Thrashing
from gopls_diag.parse.log.godebug_lines import can_be_godebug

_CYCLE_PATTERN = re.compile(
    r"^gc (\d{1,12}) @(\d{1,12}(?:\.\d{1,9})?)s (\d{1,3})%(?: \(checking for goroutine leaks\))?: "
    r"([\d.]{1,20})\+([\d.]{1,20})\+([\d.]{1,20}) ms clock, "
    r"([\d.]{1,20})\+([\d.]{1,20})/([\d.]{1,20})/([\d.]{1,20})\+([\d.]{1,20}) ms cpu, "
    r"(\d{1,12})->(\d{1,12})->(\d{1,12}) MB, (\d{1,12}) MB goal, "
    r"(?:\d{1,12} MB stacks, \d{1,12} MB globals, )?(\d{1,6}) P( \(forced\))?$"
)
_BEGIN_PATTERN = re.compile(r"^gc \d{1,12} @\d")
_NEIGHBOUR_PATTERN = re.compile(
    r"^(?:GC forced$|scav \d{0,12} ?\d{1,12} KiB work|SCHED \d{1,12}ms: |pacer: |scan: (?:total|class) "
    r"|init \S{1,300} @[\d.]{1,20} ms, |checkfinalizers: |  [PMG]\d{1,12}: (?:status|p)="
    r"|tracealloc\(0x|tracefree\(0x|tracegc\(\)$|end tracegc$)"
)

_KEPT_CYCLES = 2000
_OPEN_PROCESSES = 16
_KEPT_PROCESSES = 200
_MEBIBYTE = 1 << 20


class CycleLine(NamedTuple):
    """A cycle with the times that GcCycle does not keep."""

    cycle: GcCycle
    clock_seconds: float
    """How long the cycle took: both pauses and the marking between them."""
    cpu_seconds: float
    """Processor time of it, without what idle processors gave."""
    processors: int
    text: str


def parse_cycle(text: str, number: int) -> CycleLine | None:
    """One gctrace line; None for anything else, also for a line that was cut."""
    found = _CYCLE_PATTERN.match(text)
    if found is None:
        return None
    try:
        clock = sum(float(each) for each in found.group(4, 5, 6)) / 1000
        cpu = sum(float(each) for each in found.group(7, 8, 9, 11)) / 1000
    except ValueError:  # `1.2.3`: two lines mixed
        return None
    before, after, live, goal = (int(each) * _MEBIBYTE for each in found.group(12, 13, 14, 15))
    cycle = GcCycle(
        number=int(found[1]),
        at_seconds=float(found[2]),
        cpu_percent=float(found[3]),
        heap_before_bytes=before,
        heap_after_bytes=after,
        live_bytes=live,
        goal_bytes=goal,
        is_forced=found[17] is not None,
        line=number,
    )
    return CycleLine(cycle, clock, cpu, int(found[16]), text)


@dataclass(slots=True)
class _Process:
    """The cycles of one process, thinned out as they come."""

    last: CycleLine
    count: int = 1
    step: int = 1
    kept: list[GcCycle] = field(default_factory=list)
    growth: Growth = field(default_factory=Growth)
    thrashing: Thrashing = field(default_factory=Thrashing)

    def add(self, cycle: CycleLine) -> None:
        """The next cycle."""
        if self.count % self.step == 0:
            self.kept.append(cycle.cycle)
            if len(self.kept) >= 2 * _KEPT_CYCLES:
                del self.kept[1::2]
                self.step *= 2
        self.count += 1
        self.last = cycle
        self._judge(cycle)

    def start(self) -> None:
        """Take `last` for the first cycle."""
        self.kept.append(self.last.cycle)
        self._judge(self.last)

    def _judge(self, line: CycleLine) -> None:
        cycle = line.cycle
        self.growth.add(cycle, line.text)
        self.thrashing.add(cycle, line.clock_seconds, line.cpu_seconds, line.processors, line.text)

    def repeat(self, cycle: CycleLine) -> None:
        """The same cycle told once more: gctrace=2 does, up to Go 1.25; the last line is the one that counts."""
        self.last = cycle
        if self.kept and self.kept[-1].number == cycle.cycle.number:
            self.kept[-1] = cycle.cycle

    def history(self) -> GcHistory:
        """What was kept, with what it proves."""
        cycles = self.kept
        if cycles[-1] is not self.last.cycle:
            cycles = [*cycles, self.last.cycle]
        if len(cycles) > _KEPT_CYCLES:
            step = len(cycles) / (_KEPT_CYCLES - 1)
            cycles = [cycles[int(each * step)] for each in range(_KEPT_CYCLES - 1)] + cycles[-1:]
        explanations: list[Explanation] = []
        explanations += self.thrashing.explanations()
        explanations += self.growth.explanations()
        return GcHistory(tuple(cycles), self.count, tuple(explanations))


@dataclass(slots=True)
class GcTraceReader:
    """Takes the GODEBUG lines of one stream, one history for each process that wrote them.

    A process is known by its numbers: a line continues the one whose last number is the one before, and number 1
    begins a new one. Go commands that run at the same time mix their lines; theirs are told apart as long as
    the numbers differ.
    """

    not_understood: int = 0
    """Lines that begin as a cycle and were cut, or cut by another writer."""
    dropped: int = 0
    """Processes that are not told of, because there were too many."""
    _open: list[_Process] = field(default_factory=list)
    _all: list[_Process] = field(default_factory=list)

    def line(self, text: str, number: int) -> bool:
        """True if the line is one of GODEBUG; number is the line of the input, from 1."""
        if text.startswith("gc "):
            text = text.rstrip()
            cycle = parse_cycle(text, number)
            if cycle is not None:
                self._take(cycle)
                return True
            if _BEGIN_PATTERN.match(text):
                self.not_understood += 1
                return True
            return False
        return can_be_godebug(text) and _NEIGHBOUR_PATTERN.match(text) is not None

    def finish(self) -> tuple[GcHistory, ...]:
        """One history for each process, in the order of their first lines."""
        return tuple(each.history() for each in self._all)

    def _take(self, cycle: CycleLine) -> None:
        number = cycle.cycle.number
        process = self._owner(number, cycle.cycle.at_seconds) if number > 1 else self._twin(cycle)
        if process is None:
            self._begin(cycle)
        elif process.last.cycle.number == number:
            process.repeat(cycle)
        else:
            process.add(cycle)

    def _owner(self, number: int, at: float) -> _Process | None:
        best: _Process | None = None
        for each in self._open:
            last = each.last.cycle
            if last.at_seconds > at or last.number > number:
                continue
            if last.number >= number - 1 and (last.number == number - 1 or last.at_seconds == at):
                return each
            if last.number < number and best is None:
                best = each
        return best

    def _twin(self, cycle: CycleLine) -> _Process | None:
        for each in self._open:
            last = each.last.cycle
            if last.number == 1 and last.at_seconds == cycle.cycle.at_seconds and last.line == cycle.cycle.line - 1:
                return each
        return None

    def _begin(self, cycle: CycleLine) -> None:
        process = _Process(cycle)
        process.start()
        self._open.insert(0, process)
        del self._open[_OPEN_PROCESSES:]
        self._all.append(process)
        if len(self._all) > _KEPT_PROCESSES:
            # The one with the fewest cycles says least; those of short-lived go commands go first.
            least = min(self._all[:-1], key=lambda each: each.count)
            self._all.remove(least)
            self.dropped += 1
