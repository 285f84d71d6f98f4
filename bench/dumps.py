"""`crash` on dumps of 10 to 100,000 goroutines beside panicparse and gostackparse, and on a log of 1 GB.

Every program is measured whole, from start to end: CPU seconds (user and system, the least of several runs) and peak
memory. The dumps are made here by a Go program; see bench/goroutines.

    python bench/dumps.py            10, 1,000 and 10,000 goroutines
    python bench/dumps.py --all      also 100,000, where pp takes ten minutes or more, and the log of 1 GB
    python bench/dumps.py --large    100,000 and the log, without pp
"""

from __future__ import annotations

import compileall
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import Process
from pathlib import Path
from typing import NamedTuple

from gopls_diag.parse.go_crash.groups import GoroutineGroups, GroupingRule

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / ".tools" / "goroutines"
PP = str(ROOT / ".tools" / "pp" / "v2.5.0" / "pp")
PROGRAM = str(Path(sys.executable).with_name("gopls-diag"))
PARSER = """
import codecs
import sys
from gopls_diag.parse.go_crash.groups import GoroutineGroups
groups, rest, line = GoroutineGroups(), "", 1
decoder = codecs.getincrementaldecoder("utf-8")()
with open(sys.argv[1], "rb") as dump:
    while content := dump.read(1 << 18):
        text = rest + decoder.decode(content)
        start = max(0, text.find("goroutine ")) if not groups.count else 0
        rest = text[groups.take(text, start, line):]
        line += groups.lines
print(groups.count, len(groups.buckets()))
"""
"""The parser of goroutines alone, without the reader of logs, the checks and the report around it."""

RUNS = {10: 5, 1_000: 5, 10_000: 5, 100_000: 2}
LOG_BYTES = 1_000_000_000
MEGABYTE = 1_000_000


class Measured(NamedTuple):
    """One program on one file."""

    cpu_seconds: float
    peak_bytes: int
    output: bytes


def measure(command: list[str], runs: int) -> Measured | None:
    """The least CPU time of several runs; None if it failed."""
    best: Measured | None = None
    for _ in range(runs):
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read(MEGABYTE)
        if process.returncode not in (0, 1):
            return None
        seconds = usage.ru_utime + usage.ru_stime
        if best is None or seconds < best.cpu_seconds:
            best = Measured(seconds, usage.ru_maxrss * 1024, said)
    return best


ENVIRONMENT = {**os.environ, "GOTRACEBACK": "system"}


def make_dumps(folder: Path, sizes: list[int]) -> Iterator[tuple[str, int, Path]]:
    """Name, goroutines wanted and file of each dump."""
    for size in sizes:
        for form in ("stack", "quit"):
            if form == "quit" and size > 10_000:
                continue
            path = folder / f"{form}-{size}.txt"
            with path.open("wb") as output:
                subprocess.run(
                    [OWN / "dump", f"-n={size}", f"-form={form}"],
                    stdout=output,
                    stderr=output,
                    env=ENVIRONMENT,
                    check=False,
                )
            yield f"{form}-{size}", size, path


def commands(path: Path, size: int, *, with_pp: bool) -> dict[str, list[str]]:
    """What is measured, by the name in the table."""
    found = {
        "pp": [PP, str(path)],
        "pp, no sources": [PP, "-rebase=false", "-parse=false", str(path)],
        "gostackparse": [str(OWN / "gostackparse"), str(path)],
        "crash": [PROGRAM, "crash", "--format", "json", str(path)],
        "parser alone": [sys.executable, "-c", PARSER, str(path)],
    }
    if size > 10_000 and not with_pp:
        found = {name: each for name, each in found.items() if not name.startswith("pp")}
    elif size > 10_000:
        del found["pp"]
    return found


def compare(name: str, size: int, path: Path, *, with_pp: bool) -> None:
    """Print one dump's part of the table."""
    length = path.stat().st_size
    print(f"\n{name}: {length / MEGABYTE:,.1f} MB")
    print(f"  {'':16} {'CPU s':>8} {'MB/s':>7} {'peak MB':>8}   times as fast as pp")
    seen: dict[str, Measured] = {}
    for program, command in commands(path, size, with_pp=with_pp).items():
        measured = measure(command, 1 if program.startswith("pp") and size > 1_000 else RUNS[size])
        if measured is None:
            print(f"  {program:16} failed")
            continue
        seen[program] = measured
        reference = seen.get("pp") or seen.get("pp, no sources")
        ratio = f"{reference.cpu_seconds / measured.cpu_seconds:.1f}" if reference else "-"
        said = measured.output.decode().strip() if program in {"gostackparse", "parser alone"} else ""
        print(
            f"  {program:16} {measured.cpu_seconds:8.3f} {length / MEGABYTE / measured.cpu_seconds:7.0f} "
            f"{measured.peak_bytes / MEGABYTE:8.0f}   {ratio:>8}   {said}"
        )


def compare_buckets(path: Path) -> str:
    """Our buckets under panicparse's rule, beside those of its library, by the ids of their goroutines."""
    groups = GoroutineGroups(GroupingRule.ARGUMENTS)
    text = path.read_text(encoding="utf-8")
    at = groups.take(text, max(0, text.find("goroutine ")), 1)
    if text.startswith("goroutine ", at):
        # The last one has no empty line behind it.
        header, _, body = text[at:].partition("\n")
        groups.add(header, body, 1)
    full = subprocess.run([OWN / "buckets", path], capture_output=True, check=True).stdout
    expected = {tuple(sorted(each["ids"])) for each in json.loads(full)}
    found = {tuple(sorted(each.ids)) for each in groups.buckets()}
    return f"{len(found):,} of ours, {len(expected):,} of panicparse, {len(found & expected):,} the same"


def write_log(path: Path, dump: Path) -> None:
    """A log of 1 GB: editor lines, requests, collections, crashes, dumps, and dumps with a prefix on every line."""
    plain = dump.read_text(encoding="utf-8")
    prefixed = "".join(f"2026-11-22T10:00:00.000000000Z stderr F {each}\n" for each in plain.split("\n"))
    chatter = "".join(
        f"[Info  - 10:{each // 60 % 60:02}:{each % 60:02}] 2026/11/22 10:00:00 go/packages.Load #{each}\n"
        f"gc {each} @{each}.052s 1%: 0.15+1.5+0.006 ms clock, 0.31+0/0.34/0.21+0.012 ms cpu, 9->9->9 MB, 14 MB goal, "
        "0 MB stacks, 0 MB globals, 2 P\n"
        for each in range(20_000)
    )
    crash = "panic: boom\n\n" + plain[: plain.find("\n\n") + 1] + "exit status 2\n"
    written = 0
    with path.open("w", encoding="utf-8") as output:
        while written < LOG_BYTES:
            for part in (chatter, crash, plain, "\n", prefixed):
                written += output.write(part)


def main(words: list[str]) -> None:
    """Print the table."""
    if not (OWN / "dump").is_file() or not Path(PP).is_file():
        raise SystemExit("bench/dumps.py needs pp and the programs of bench/goroutines: python3 tools/setup.py")
    # As pip leaves an installed program: compiled. Otherwise each run here would compile a hundred modules first.
    compileall.compile_dir(ROOT / "src", quiet=1)
    is_large = bool({"--all", "--large"} & set(words))
    sizes = [10, 1_000, 10_000] + [100_000] * is_large
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        dumps = {}
        for name, size, path in make_dumps(folder, sizes):
            dumps[name] = path
            compare(name, size, path, with_pp="--all" in words)
            if size <= 10_000:
                # In another process: the peak memory of a new process is at least that of the one that started it.
                command = [sys.executable, __file__, "--buckets", str(path)]
                print(subprocess.run(command, capture_output=True, text=True, check=True).stdout, end="")
        if not is_large:
            print(
                "\nskipped: 100,000 goroutines (pp alone takes more than ten minutes), and the log of 1 GB; see --help"
            )
            return
        log = folder / "log.txt"
        writer = Process(target=write_log, args=(log, dumps["stack-1000"]))
        writer.start()
        writer.join()
        began = time.monotonic()
        measured = measure([PROGRAM, "crash", "--format", "json", str(log)], 1)
        took = time.monotonic() - began
        size = log.stat().st_size
        if measured is None:
            print("\nlog of 1 GB: failed")
        else:
            print(
                f"\nlog of {size / MEGABYTE:,.0f} MB: {measured.cpu_seconds:.1f} s CPU, {took:.1f} s, "
                f"{size / MEGABYTE / measured.cpu_seconds:.0f} MB/s, peak {measured.peak_bytes / MEGABYTE:.0f} MB"
            )


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
    elif "--buckets" in sys.argv:
        print("  buckets by arguments: " + compare_buckets(Path(sys.argv[-1])))
    else:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        main(sys.argv[1:])
