"""What `gopls-diag record` costs: gopls alone, through both launchers, and through `lsp-devtools agent`, in turn.

Every session does the same work with the real gopls: load a made module of 60 packages, hover at rest, then type,
complete and hover. All subjects live at once and work in turn, and gopls alone is there twice, so that the noise of
this machine stands beside what is compared with it. Medians are compared request by request; a difference is the median
over rounds, with a bootstrap interval of 95 % (bench/recording/intervals.py). Nothing is asserted about time.

    python -m bench.record                   everything, some 15 minutes: --rounds 12
    python -m bench.record --quick           a look, one or two minutes
    python -m bench.record --parts idle      of: latency, start, echo, idle, watch, sources
    python -m bench.record --apart           each subject has the machine for itself: more noise, and what is taken from
                                             requests by running at the same time
    python -m bench.record --out raw.jsonl   also every number, a line of JSON for each session
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.recording import subjects, work
from bench.recording.echoing import echo_times
from bench.recording.intervals import interval, percentile, request_by_request, verdict
from bench.recording.processes import become_subreaper
from bench.recording.rounds import QUICK, Amount, Place, rounds_of
from bench.recording.session import Cost, Row
from bench.recording.starting import start_times
from bench.recording.watching import WATCHED, watching_cost
from gopls_diag.model.record_settings import RecordSettings

GOPLS = subjects.ROOT / ".tools" / "gopls" / "v0.24.0" / "gopls"
PARTS = ("latency", "start", "echo", "idle", "watch", "sources")
IDLE_SECONDS = 60.0
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of each session, and how much more one session has than another of the same round."""

    of: Callable[[Row], float]
    more: Callable[[Row, Row], float] | None = None
    """None: the difference of their numbers."""

    def apart(self, reference: Row, other: Row) -> float:
        return self.more(reference, other) if self.more else self.of(other) - self.of(reference)


def median_of(kind: str) -> Measure:
    """The median latency of a kind of request, µs; two sessions are compared request by request."""

    def requests(row: Row) -> list[float]:
        return [each / 1000 for each in getattr(row.latencies, kind)]

    return Measure(
        lambda row: median(requests(row)),
        lambda reference, other: request_by_request(requests(reference), requests(other)),
    )


def slow_end_of(kind: str) -> Measure:
    """The 95th percentile of the latency of a kind of request, µs."""
    return Measure(lambda row: percentile(getattr(row.latencies, kind), 0.95) / 1000)


LATENCIES: Mapping[str, Measure] = {
    "hover at rest, p50": median_of("resting"),
    "hover at rest, p95": slow_end_of("resting"),
    "hover while typing, p50": median_of("hover"),
    "hover while typing, p95": slow_end_of("hover"),
    "completion, p50": median_of("completion"),
    "completion, p95": slow_end_of("completion"),
}
GOPLS_CPU = Measure(lambda row: row.gopls.work_cpu_seconds * 1000)
GOPLS_MEMORY = Measure(lambda row: row.gopls.resident / MIB)


def compare_latency(place: Place, scratch: Path, rounds: int, amount: Amount, *, apart: bool) -> None:
    """What a request, a start and a session cost through each of them."""
    gopls = place.gopls
    compared = [
        subjects.alone(gopls),
        subjects.alone(gopls, "alone again"),
        subjects.launched("launcher in Go", gopls, scratch),
        subjects.launched("launcher in Python", gopls, scratch, is_script=True),
        subjects.through_peer(gopls, scratch),
    ]
    found = rounds_of("latency", place, compared, rounds, amount, apart=apart)
    print("\nlatency, µs: median over sessions, and what is added to gopls alone")
    for name, measure in LATENCIES.items():
        print_measure(name, measure, found, "µs", 0)
    print("\nCPU of gopls for this work, ms")
    print_measure("gopls, CPU", GOPLS_CPU, found, "ms", 0)
    print("\nlaunchers and recorders: CPU and memory")
    for name, rows in found.items():
        print_costs(name, rows)


def compare_starts(place: Place, scratch: Path, count: int) -> None:
    """From starting the process until `initialize` is answered; one at a time."""
    compared = [
        subjects.alone(place.gopls),
        subjects.alone(place.gopls, "alone again"),
        subjects.launched("start in Go", place.gopls, scratch),
        subjects.launched("start in Python", place.gopls, scratch, is_script=True),
        subjects.through_peer(place.gopls, scratch),
    ]
    print("\nstart until `initialize` is answered, ms: median, and what is added to gopls alone")
    reference: list[float] = []
    for name, times in start_times(place, compared, count).items():
        seen = [each / 1e6 for each in times]
        place.keep("start", {"subject": name, "milliseconds": seen})
        apart = [mine - its for its, mine in zip(reference, seen, strict=True)] if reference else []
        said = verdict(interval(apart), "ms", 1) if apart else ""
        reference = reference or seen
        print(f"  {name:20} {median(seen):10,.1f}   {said}".rstrip())


def compare_sources(place: Place, scratch: Path, rounds: int, amount: Amount, *, apart: bool) -> None:
    """Each source by itself, beside gopls alone and beside a launcher that asks gopls for nothing."""
    gopls = place.gopls
    compared = [subjects.alone(gopls), subjects.launched("no source", gopls, scratch, sources=())]
    for each in subjects.SOURCES:
        compared.append(subjects.launched(f"{each} only", gopls, scratch, sources=(each,)))
    often = {"sample_seconds": RecordSettings().busy_sample_seconds}
    compared.append(subjects.launched("samples often", gopls, scratch, sources=(), settings=often))
    found = rounds_of("sources", place, compared, rounds, amount, apart=apart)
    print("\nsources, each by itself: µs, and what is added to gopls alone")
    for name in ("hover at rest, p50", "hover while typing, p50", "completion, p50"):
        print_measure(name, LATENCIES[name], found, "µs", 0)
    print("\ngopls: CPU for this work, ms; memory, MB")
    print_measure("gopls, CPU", GOPLS_CPU, found, "ms", 0)
    print_measure("gopls, memory", GOPLS_MEMORY, found, "MB", 1)
    print("\nlauncher and recorder: per cent of a core, and what is added to samples every 2 s and no source")
    launched = {name: rows for name, rows in found.items() if any(row.recorder.resident for row in rows)}
    print_measure("launcher", Measure(lambda row: working_share(row, row.launcher)), launched, "%", 2)
    print_measure("recorder", Measure(lambda row: working_share(row, row.recorder)), launched, "%", 2)


def compare_echo(place: Place, scratch: Path, count: int) -> None:
    """One message of 1 MB there and back, through what stands before a server that sends all back."""
    echo = subjects.write_echo(scratch)
    compared = [
        subjects.alone(echo),
        subjects.alone(echo, "alone again"),
        subjects.launched("echo in Go", echo, scratch),
        subjects.launched("echo in Python", echo, scratch, is_script=True),
        subjects.through_peer(echo, scratch),
    ]
    print("\n1 MB there and back, ms: median, p95")
    reference = 0.0
    for name, times in echo_times(compared, count).items():
        seen = [each / 1e6 for each in times]
        place.keep("echo", {"subject": name, "milliseconds": seen})
        middle = median(seen)
        reference = reference or middle
        print(f"  {name:20} {middle:10,.2f} {percentile(seen, 0.95):10,.2f}   {middle / reference:,.2f} x")


def measure_idle(place: Place, scratch: Path, seconds: float) -> None:
    """What launcher and recorder take while nobody types."""
    compared = [
        subjects.launched("idle in Go", place.gopls, scratch),
        subjects.launched("idle in Python", place.gopls, scratch, is_script=True),
    ]
    found = rounds_of("idle", place, compared, 1, Amount(2, 40, 2, 6, seconds))
    print(f"\nidle for {seconds:.0f} s: share of a core, memory")
    for name, rows in found.items():
        for what in ("gopls", "launcher", "recorder"):
            cost: Cost = getattr(rows[0], what)
            share = 100 * cost.idle_cpu_seconds / seconds
            print(f"  {name:20} {what:9} {share:7.3f} %   {in_words(cost)}")


def measure_watch(place: Place, scratch: Path, seconds: float) -> None:
    """What `--watch` takes of a core beside gopls that nobody uses."""
    cost = watching_cost(place, scratch, seconds)
    place.keep("watch", {"seconds": seconds, **asdict(cost)})
    share = 100 * cost.idle_cpu_seconds / seconds
    print(f"\n--watch beside {WATCHED} idle gopls for {seconds:.0f} s: share of a core, memory")
    print(f"  {share:7.3f} %   {in_words(cost)}; {1000 * cost.begin_cpu_seconds:.0f} ms to begin")


def print_measure(name: str, measure: Measure, found: Mapping[str, Sequence[Row]], unit: str, digits: int) -> None:
    """One line for each subject; the first is the reference of the others."""
    reference: Sequence[Row] = ()
    for subject, rows in found.items():
        apart = [measure.apart(its, mine) for its, mine in zip(reference, rows, strict=True)] if reference else []
        said = verdict(interval(apart), unit, digits) if apart else ""
        reference = reference or rows
        print(f"  {name:24} {subject:20} {median(map(measure.of, rows)):10,.{digits}f}   {said}".rstrip())
        name = ""


def print_costs(name: str, rows: Sequence[Row]) -> None:
    """CPU and memory of what stands between and beside, if anything does."""
    for what in ("launcher", "recorder"):
        costs: list[Cost] = [getattr(row, what) for row in rows]
        if not any(each.resident for each in costs):
            continue
        share = median(working_share(row, cost) for row, cost in zip(rows, costs, strict=True))
        begin, end = (1000 * median(values) for values in zip(*_ends(costs), strict=True))
        print(
            f"  {name:20} {what:9} {share:6.2f} % of a core at work, {begin:4.0f} ms to begin, {end:4.0f} ms to end, "
            f"{in_words(max(costs, key=lambda each: each.resident))}"
        )


def _ends(costs: Sequence[Cost]) -> list[tuple[float, float]]:
    return [(each.begin_cpu_seconds, each.end_cpu_seconds) for each in costs]


def in_words(cost: Cost) -> str:
    """`31.2 MB (PSS 24.0 MB)`."""
    return f"{cost.resident / MIB:.1f} MB (PSS {cost.proportional / MIB:.1f} MB)"


def working_share(row: Row, cost: Cost) -> float:
    """Per cent of a core while the requests of the round went on."""
    return 100 * cost.work_cpu_seconds / row.work_seconds


def main(words: Sequence[str] | None = None) -> None:
    """Print the tables."""
    given = read_words(words)
    become_subreaper()
    rounds = given.rounds or (2 if given.quick else 12)
    print(f"{rounds} rounds, {given.gopls}; load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores at the start")
    if rounds < 6:
        print("fewer than 6 rounds: the intervals below are too narrow to judge by")
    with tempfile.TemporaryDirectory(prefix="bench-record-") as name:
        scratch = Path(name).resolve()
        lines = given.out.open("a", encoding="utf-8") if given.out else None

        def keep(part: str, row: Mapping[str, object]) -> None:
            if lines:
                lines.write(json.dumps({"part": part, "at": time.time(), **row}) + "\n")
                lines.flush()

        folder = scratch / "work"
        folder.mkdir()
        os.environ.update(GOPLSCACHE=str(scratch / "cache"), GOFLAGS="-mod=mod", GOPROXY="off", GOWORK="off")
        place = Place(given.gopls, folder, work.write_module(folder), keep)
        amount = QUICK if given.quick else Amount()
        rounds_of("warming up", place, [subjects.alone(place.gopls)], 1, QUICK)
        if "latency" in given.parts:
            compare_latency(place, scratch, rounds, amount, apart=given.apart)
        if "start" in given.parts:
            compare_starts(place, scratch, 6 if given.quick else 30)
        if "echo" in given.parts:
            compare_echo(place, scratch, 20 if given.quick else 100)
        if "idle" in given.parts:
            measure_idle(place, scratch, IDLE_SECONDS)
        if "watch" in given.parts:
            measure_watch(place, scratch, IDLE_SECONDS)
        if "sources" in given.parts:
            compare_sources(place, scratch, rounds, amount, apart=given.apart)
    print(f"\nload {os.getloadavg()[0]:.2f} at the end")


def read_words(words: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for; ends the program if it cannot be done."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=0, help="sessions of each subject; 12, or 2 with --quick")
    asked.add_argument("--quick", action="store_true", help="less of everything, and nothing idle or by source")
    asked.add_argument("--apart", action="store_true", help="each subject has the machine for itself")
    asked.add_argument("--parts", default="", help=f"only these, of {','.join(PARTS)}")
    asked.add_argument("--out", type=Path, help="a file for the raw numbers")
    asked.add_argument("--gopls", type=Path, default=GOPLS, help="the gopls that is started (%(default)s)")
    given = asked.parse_args(words)
    given.parts = given.parts.split(",") if given.parts else PARTS[:3] if given.quick else PARTS
    if unknown := set(given.parts) - set(PARTS):
        asked.error(f"no such part: {', '.join(sorted(unknown))}")
    if sys.platform != "linux":
        raise SystemExit("bench/record.py reads the kernel's clocks of other processes, which only Linux has")
    if not given.gopls.is_file():
        raise SystemExit(f"{given.gopls} is not there: python3 tools/setup.py gopls@v0.24.0, or --gopls FILE")
    given.gopls = given.gopls.resolve()
    return given


if __name__ == "__main__":
    main()
