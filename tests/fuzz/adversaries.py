"""Feeds logs that were made to hurt, of any size, and says what they cost.

    .venv/bin/python tests/fuzz/adversaries.py [--megabytes 200] [NAME…]

Each is made as it is read, so nothing but the reader takes memory. It is read in a process of its own, once with a
quarter of its size and once whole. What takes more than 300 MB of memory, or more than eight times as long for four
times the size (the least of up to six rounds), breaks a promise.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator

from gopls_diag.parse.log.reader import LogReader

MEMORY_LIMIT_MB = 300
ROUNDS = 6
LEAST_SECONDS = 0.05
"""What reads a quarter sooner counts as this: the clock is too coarse for it."""
PIECE_BYTES = 256 * 1024
HEAD = "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:1 +0x1\n\n"


def distinct_stacks() -> Iterator[str]:
    """No goroutine of one dump has the stack of another."""
    yield HEAD
    for number in range(2, sys.maxsize):
        yield f"goroutine {number} [select]:\nmain.f{number}(0x1)\n\t/a/f{number}.go:{number % 9999} +0x1\n\n"


def distinct_arguments() -> Iterator[str]:
    """One stack, always another address: a goroutine that waits for a lock of its own."""
    yield HEAD
    for number in range(2, sys.maxsize):
        yield (
            f"goroutine {number} [sync.Mutex.Lock]:\nsync.runtime_SemacquireMutex(0xc{number:09x}, 0x1, 0x2)\n"
            f"\t/go/src/runtime/sema.go:77 +0x1\nmain.f()\n\t/a/f.go:3 +0x1\n\n"
        )


def distinct_headers() -> Iterator[str]:
    """Every goroutine waits for another thing, and has labels."""
    yield HEAD
    for number in range(2, sys.maxsize):
        yield f'goroutine {number} [state {number}, {number} minutes] {{"k{number}": "v"}}:\nmain.f()\n\t/a/f.go:1\n\n'


def headers_alone() -> Iterator[str]:
    """Headers without stacks."""
    for number in range(1, sys.maxsize):
        yield f"goroutine {number} [state {number}]:\n"


def endless_line() -> Iterator[str]:
    """One line without an end."""
    yield "panic: "
    while True:
        yield "goroutine 1 [running]: main.f(0x1, {0x2, " * 100


def lines_of_a_megabyte() -> Iterator[str]:
    """Lines as long as lines are kept."""
    while True:
        yield "panic: " + "main.f({0x1, " * 80_000 + "\n\n"


def panics() -> Iterator[str]:
    """One panic behind the other, each with its words."""
    for number in range(1, sys.maxsize):
        yield f"panic: number {number}\n\ngoroutine {number} [running]:\nmain.f{number}()\n\t/a/f.go:{number} +0x1\n\n"


def panics_alone() -> Iterator[str]:
    """Heads without stacks."""
    for number in range(1, sys.maxsize):
        yield f"panic: number {number}\n"


def streams() -> Iterator[str]:
    """Every line of another container."""
    for number in range(1, sys.maxsize):
        yield f"web{number}-1  | panic: number {number}\n"


def units() -> Iterator[str]:
    """Every line of another unit, each with a goroutine."""
    for number in range(1, sys.maxsize):
        yield f"Nov 22 10:00:00 host u{number}[{number}]: goroutine {number} [running]:\n"


def cri_pieces() -> Iterator[str]:
    """Lines that never end, of many streams: each piece is said to go on."""
    for number in range(1, sys.maxsize):
        yield f"2026-11-22T10:00:00.000000000Z {'stderr' if number % 2 else 'stdout'} P panic: {'x' * 500}\n"


def brackets() -> Iterator[str]:
    """Brackets in brackets, in lines of 100 kB."""
    yield HEAD
    while True:
        yield "main.f(" + "{" * 100_000 + ")\n\t/a/f.go:1\n"
        yield "goroutine 1 [" + "(" * 50_000 + "[" * 50_000 + "]:\n"
        yield "panic: " + "[recovered] " * 9_000 + "\n"


def objects() -> Iterator[str]:
    """JSON in JSON."""
    while True:
        yield '{"log":"' + '{\\"log\\":\\"' * 500 + "panic: x\\n" + '"}\n'
        yield "[" * 100_000 + "\n"


def one_goroutine() -> Iterator[str]:
    """A stack without an end."""
    yield HEAD[:-1]
    for number in range(1, sys.maxsize):
        yield f"main.f{number}(0x1)\n\t/a/f{number}.go:{number} +0x1\n"


def chain() -> Iterator[str]:
    """A panic in a panic in a panic."""
    yield "panic: first\n"
    for number in range(1, sys.maxsize):
        yield f"\tpanic: number {number}\n\twith a line\n"


def sayings() -> Iterator[str]:
    """A log of nothing but events, each with other words."""
    for number in range(1, sys.maxsize):
        yield f"2026/11/22 18:27:00 Error:2026/11/22 18:27:00 number {number}: {'x' * 40}\n\tkey{number}={number}\n"


def ends() -> Iterator[str]:
    """Programs that are started and end."""
    for number in range(1, sys.maxsize):
        yield f"[Info  - 6:27:07 PM] Server process exited with code {number % 256}.\n"
        yield "2026-11-22 18:14:36.346 [error] Server process exited with signal SIGKILL.\n"


def collections() -> Iterator[str]:
    """GODEBUG=gctrace=1 of a program that collects all day."""
    for number in range(1, sys.maxsize):
        yield (
            f"gc {number} @{number / 10:.3f}s 1%: 0.018+1.3+0.076 ms clock, 0.054+0.35/1.2/3.0+0.23 ms cpu, "
            f"{number % 900}->{number % 900 + 1}->{number % 900} MB, {number % 900 + 4} MB goal, 4 P\n"
        )


def requests() -> Iterator[str]:
    """Requests that are never answered."""
    for number in range(1, sys.maxsize):
        yield f"[Trace - 18:28:19.439 PM] Sending request 'textDocument/m{number} - ({number})'.\nParams: {{}}\n\n\n"


def races() -> Iterator[str]:
    """Races."""
    for number in range(1, sys.maxsize):
        yield (
            f"==================\nWARNING: DATA RACE\nWrite at 0x00c{number:09x} by goroutine {number}:\n"
            f"  main.f{number}()\n      /a/f.go:{number} +0x1\n\n==================\n"
        )


def profile() -> Iterator[str]:
    """A profile of counts, all of them others."""
    yield "goroutine profile: total 99999999\n"
    for number in range(1, sys.maxsize):
        yield f"1 @ 0x{number:x} 0x2\n#\t0x{number:x}\tmain.f{number}+0x1\t/a/f.go:{number}\n\n"


def empty_lines() -> Iterator[str]:
    """A panic and nothing."""
    yield "panic: x\n"
    while True:
        yield "\n" * 10_000


def nothing() -> Iterator[str]:
    """NUL."""
    while True:
        yield "\0" * 10_000


def wrapped_lines() -> Iterator[str]:
    """Lines that may go on, and go on."""
    yield HEAD[:-1]
    while True:
        yield "example.com/a/very/long/package/path/that/goes/on/and/on/and/on/and/on\n" * 100


def learned() -> Iterator[str]:
    """Lines that begin a block with another prefix each."""
    for number in range(1, sys.maxsize):
        yield f"w{number} >> panic: x\nw{number} >> goroutine 1 [running]:\n"


def kills() -> Iterator[str]:
    """The kernel kills a program after the other."""
    for number in range(1, sys.maxsize):
        yield (
            f"[ {number}.875702] Out of memory: Killed process {number} (p{number}) total-vm:1kB, anon-rss:1kB, "
            "file-rss:1kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0\n"
        )


ADVERSARIES: tuple[Callable[[], Iterator[str]], ...] = (
    *(distinct_stacks, distinct_arguments, distinct_headers, headers_alone, endless_line, lines_of_a_megabyte),
    *(panics, panics_alone, streams, units, cri_pieces, brackets, objects, one_goroutine, chain, sayings, ends),
    *(collections, requests, races, profile, empty_lines, nothing, wrapped_lines, learned, kills),
)


def main() -> int:
    """Read each in processes of their own; 1 if one breaks a promise."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("names", nargs="*")
    words.add_argument("--megabytes", type=int, default=200)
    chosen = words.parse_args()
    broken = 0
    for each in ADVERSARIES:
        if chosen.names and each.__name__ not in chosen.names:
            continue
        quarter_seconds = seconds = math.inf
        for _ in range(ROUNDS):
            quarter_seconds = min(quarter_seconds, cost(each, chosen.megabytes // 4)[0])
            whole_seconds, memory_mb = cost(each, chosen.megabytes)
            seconds = min(seconds, whole_seconds)
            is_linear = seconds < 8 * max(quarter_seconds, LEAST_SECONDS)
            if is_linear or math.isinf(seconds):
                break
        is_kept = memory_mb <= MEMORY_LIMIT_MB and is_linear
        broken += not is_kept
        sys.stdout.write(
            f"{'kept  ' if is_kept else 'BROKEN'} {each.__name__:20} {chosen.megabytes} MB in {seconds:6.1f} s "
            f"({quarter_seconds:5.1f} s for a quarter), at most {memory_mb:5.0f} MB of memory\n"
        )
        sys.stdout.flush()
    return 1 if broken else 0


def cost(adversary: Callable[[], Iterator[str]], megabytes: int) -> tuple[float, float]:
    """Seconds and the most memory in MB that it takes to read so much of it."""
    fresh = multiprocessing.get_context("spawn")
    here, there = fresh.Pipe(duplex=False)
    child = fresh.Process(target=measure, args=(adversary, megabytes * 1_000_000, there))
    child.start()
    there.close()
    try:
        seconds, memory_mb = here.recv()
    except EOFError:
        seconds = memory_mb = float("inf")
    child.join()
    return seconds, memory_mb


def measure(adversary: Callable[[], Iterator[str]], size: int, answer: object) -> None:
    """Read so many bytes of it, and answer what that took. The making of it does not count."""
    reader = LogReader("adversary.log")
    seconds, fed = 0.0, 0
    for piece in pieces(adversary()):
        began = time.process_time()
        reader.feed(piece)
        seconds += time.process_time() - began
        fed += len(piece)
        if fed >= size:
            break
    began = time.process_time()
    reader.finish()
    seconds += time.process_time() - began
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000))  # type: ignore[attr-defined]


def pieces(texts: Iterator[str]) -> Iterator[bytes]:
    """Texts as bytes, many at once."""
    held: list[str] = []
    size = 0
    for each in texts:
        held.append(each)
        size += len(each)
        if size >= PIECE_BYTES:
            yield "".join(held).encode()
            held, size = [], 0


if __name__ == "__main__":
    sys.exit(main())
