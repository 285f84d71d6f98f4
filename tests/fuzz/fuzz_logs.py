"""Feeds damaged logs to the reader for as long as one likes, and says what broke.

    .venv/bin/python tests/fuzz/fuzz_logs.py --seconds 3600 [--seed 1] [FOLDER…]

Seeds are the logs of tests/corpus and of the folders given. Each round damages one or mixes several, and holds what
reads them to its promises (promises.py): no exception; the same result however the bytes are handed over; crashes that
stand whole before a cut are read as before; counts that add up; two programs in one journal are kept apart; screen,
JSON and page are well-formed; time in proportion to the length. What breaks one of them is written to a folder, with
the seed number that makes it again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz import promises

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SEED_BYTES = 120_000
PIECE_BYTES = (1, 7, 100, 4096, 65536)
PREFIXES = (
    b"2026-11-22 18:18:10.368 [error] ",
    b"Nov 22 10:00:00 host gopls[12]: ",
    b"[ERROR] ",
    b"    ",
    b"\t",
    b"> ",
    b"// ",
    b"web-1  | ",
    b"2026-11-22T10:00:00.000000000Z stderr F ",
    b"\x1b[31m",
)
WORDS = (
    *(
        b"goroutine 1 [running]:\n",
        b"goroutine 7 gp=0xc000006700 m=nil [chan receive, 3 minutes]:\n",
        b"panic: ",
        b"\n\n",
    ),
    *(
        b"fatal error: ",
        b"[signal SIGSEGV: ",
        b" [recovered]",
        b"created by ",
        b" in goroutine 1",
        b"...12 frames elided...\n",
    ),
    *(
        b"runtime stack:\n",
        b"-----\n",
        b"==================\n",
        b"WARNING: DATA RACE\n",
        b"[originating from goroutine 3]:\n",
    ),
    *(
        b"goroutine profile: total 12\n",
        b"1 @ 0x1 0x2\n",
        b"#\t0x1\tmain.f+0x1\t/x.go:1\n",
        b"gc 1 @0.0s 1%: ",
        b"\0",
        b"\r",
    ),
    *(b'{"log":"', b'{"Action":"output","Output":"', b"[Trace - 10:00:00.000 AM] Sending request 'x - (1)'.\n"),
    *(
        b"\xff\xfe",
        b"(((((((((((((((",
        b"{{{{{{{{{{{{{{",
        b"[[[[[[[[[[[[",
        b"\xe2\x80\xa8",
        b"rax    0x1\n",
        b" +0x1 fp=0x1 sp=0x1 pc=0x1\n",
    ),
)


def main() -> int:
    """Run until the time is over; 1 if anything broke."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folders", nargs="*", type=Path)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--seed", type=int, default=int(time.time()))
    words.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "gopls-diag-fuzz")
    chosen = words.parse_args()
    seeds = [each for folder in (CORPUS, *chosen.folders) for each in contents(folder)]
    end = time.monotonic() + chosen.seconds
    rounds = broken = read_bytes = 0
    while time.monotonic() < end:
        number = chosen.seed + rounds
        rounds += 1
        content = b""
        try:
            source = random.Random(number)
            content = damaged(source, seeds)
            read_bytes += len(content)
            hold_to_promises(source, content, seeds)
        except Exception:
            broken += 1
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{number}.log").write_bytes(content)
            sys.stdout.write(f"seed {number}, kept as {chosen.keep / str(number)}.log\n{traceback.format_exc()}\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"{rounds:,} rounds, {read_bytes / 1e6:,.0f} MB, {len(seeds)} seeds, "
        f"seed numbers {chosen.seed} to {chosen.seed + rounds - 1}: {broken} broken\n"
    )
    return 1 if broken else 0


def contents(folder: Path) -> Iterator[bytes]:
    """The beginnings of all files below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".json", ".jsonl", ".md", ".py"):
            content = path.read_bytes()
            if content:
                yield content[:SEED_BYTES]


def damaged(source: random.Random, seeds: list[bytes]) -> bytes:
    """One to three seeds, mixed and hurt."""
    content = source.choice(seeds)
    for _ in range(source.randrange(3)):
        content = source.choice(MIXES)(source, content, source.choice(seeds))
    for _ in range(source.randrange(6)):
        content = source.choice(HURTS)(source, content)
    return content[: 4 * SEED_BYTES]


def interleaved(source: random.Random, one: bytes, other: bytes) -> bytes:
    queues = [one.split(b"\n"), other.split(b"\n")]
    lines: list[bytes] = []
    places = [0, 0]
    while places[0] < len(queues[0]) or places[1] < len(queues[1]):
        which = source.randrange(2)
        count = source.choice((1, 1, 2, 5, 50))
        lines += queues[which][places[which] : places[which] + count]
        places[which] += count
        if places[which] >= len(queues[which]):
            lines += queues[1 - which][places[1 - which] :]
            break
    return b"\n".join(lines)


def spliced(source: random.Random, one: bytes, other: bytes) -> bytes:
    return one[: source.randrange(len(one) + 1)] + other[source.randrange(len(other) + 1) :]


def cut(source: random.Random, content: bytes) -> bytes:
    ends = sorted((source.randrange(len(content) + 1), source.randrange(len(content) + 1)))
    return content[ends[0] : ends[1]]


def without_lines(source: random.Random, content: bytes) -> bytes:
    share = source.choice((0.01, 0.1, 0.5))
    return b"\n".join(each for each in content.split(b"\n") if source.random() > share)


def with_lines_twice(source: random.Random, content: bytes) -> bytes:
    return b"\n".join(each for each in content.split(b"\n") for _ in range(2 if source.random() < 0.05 else 1))


def with_other_bytes(source: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(source.choice((1, 10, 200))):
        if changed:
            changed[source.randrange(len(changed))] = source.choice((0, 9, 10, 13, 32, 40, 41, 58, 91, 93, 123, 255))
    return bytes(changed)


def with_words(source: random.Random, content: bytes) -> bytes:
    for _ in range(source.choice((1, 5, 40))):
        place = source.randrange(len(content) + 1)
        content = content[:place] + source.choice(WORDS) * source.choice((1, 1, 1, 30)) + content[place:]
    return content


def carried(source: random.Random, content: bytes) -> bytes:
    prefix = source.choice(PREFIXES)
    return b"".join(prefix + each + b"\n" for each in content.split(b"\n"))


def wrapped(source: random.Random, content: bytes) -> bytes:
    width = source.choice((40, 80, 87, 120))
    return b"\n".join(
        each[place : place + width] for each in content.split(b"\n") for place in range(0, max(1, len(each)), width)
    )


def with_other_ends(source: random.Random, content: bytes) -> bytes:
    return content.replace(b"\n", source.choice((b"\r\n", b"\r", b"\n\n", b"", b" ")))


def shuffled(source: random.Random, content: bytes) -> bytes:
    blocks = content.split(b"\n\n")
    source.shuffle(blocks)
    return b"\n\n".join(blocks)


def as_utf16(source: random.Random, content: bytes) -> bytes:
    mark = source.choice((b"", b"\xff\xfe"))
    return mark + content.decode("utf-8", "replace").encode("utf-16-le")


MIXES: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (interleaved, spliced)
HURTS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(cut, without_lines, with_lines_twice, with_other_bytes, with_words, carried, wrapped, with_other_ends, shuffled),
    as_utf16,
)


def hold_to_promises(source: random.Random, content: bytes, seeds: list[bytes]) -> None:
    """Raise AssertionError for a promise that is not kept."""
    began = time.process_time()
    whole = promises.read(content)
    elapsed_seconds = time.process_time() - began
    promises.adds_up(whole, content)
    promises.is_the_same_in_pieces(
        whole, content, source.choice(PIECE_BYTES[1:] if len(content) > 20_000 else PIECE_BYTES)
    )
    promises.outlasts_a_cut(whole, content, source.randrange(len(content) + 1))
    if source.random() < 0.2:
        promises.is_told(content)
    if source.random() < 0.1:
        promises.are_kept_apart(source, source.choice(seeds), source.choice(seeds))
    if elapsed_seconds > promises.SLOW_SECONDS:
        promises.is_in_proportion(content)


if __name__ == "__main__":
    sys.exit(main())
