"""The reader of logs on what editors write every day, beside `wc -l` and `grep -c panic` on the same file.

Each log is a piece of the test corpus, repeated with other numbers up to 100 MB. CPU seconds and peak memory are those
of a process of its own.

    python bench/logs.py [MEGABYTES]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
MEGABYTE = 1_000_000
READER = """
import sys
from gopls_diag.parse.log.reader import LogReader
reader = LogReader("-")
with open(sys.argv[1], "rb") as log:
    while piece := log.read(1 << 20):
        reader.feed(piece)
print(reader.finish().lines)
"""


def session(path: Path, lines: slice) -> str:
    """Those lines of a file."""
    return "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[lines])


def kinds() -> Iterator[tuple[str, str]]:
    """Name and one repetition of each kind; `#1` and `(12)` of it become other numbers."""
    yield "VS Code 0.56", session(CORPUS / "vscode" / "server-0.56.0.log", slice(0, 18))
    yield "VS Code 0.57", session(CORPUS / "vscode" / "server-0.57.2.log", slice(0, 18))
    yield "VS Code 0.57, client trace", session(CORPUS / "rpc" / "vscode-0.57.2-client.log", slice(None))
    yield "gopls -rpc.trace", session(CORPUS / "rpc" / "gopls-0.23.0.log", slice(None))
    yield "Neovim, debug", session(CORPUS / "rpc" / "neovim-debug.log", slice(None))


def write(path: Path, text: str, size: int) -> None:
    """The text over and over, with other numbers each time."""
    written = turn = 0
    with path.open("w", encoding="utf-8") as output:
        while written < size:
            turn += 1
            written += output.write(text.replace("Load #1", f"Load #{turn}").replace(" - (", f" - ({turn}"))


def measure(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEGABYTE


def main(megabytes: int) -> None:
    """Print the table."""
    print(f"{'':28} {'MB':>5} {'CPU s':>7} {'MB/s':>6} {'peak MB':>8} {'wc -l MB/s':>11} {'grep MB/s':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "log.txt"
        for name, text in kinds():
            write(path, text, megabytes * MEGABYTE)
            size = path.stat().st_size / MEGABYTE
            seconds, peak = measure([sys.executable, "-c", READER, str(path)])
            others = (
                size / max(0.001, measure(command)[0])
                for command in (["wc", "-l", str(path)], ["grep", "-c", "panic", str(path)])
            )
            print(
                f"{name:28} {size:5.0f} {seconds:7.2f} {size / seconds:6.0f} {peak:8.0f} "
                + " ".join(f"{each:10.0f}" for each in others),
                flush=True,
            )


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
