"""One stream of a log: what one program said, with all who listen to it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gopls_diag.model.crash import Crash
from gopls_diag.model.log_reading import GcHistory, LastWords, RequestTrace
from gopls_diag.model.saying import Channel, Saying
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.parse.go_crash.reader import CrashReader
from gopls_diag.parse.log.ends import Ends
from gopls_diag.parse.log.godebug_lines import can_be_godebug
from gopls_diag.parse.log.sayings import SayingCutter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gopls_diag.parse.log.gc_trace import GcTraceReader
    from gopls_diag.parse.log.rpc_trace import RpcTraceReader

_CRASH_PATTERN = re.compile(r"^(?:panic: |fatal error: |SIG[A-Z]{2,6}: |goroutine \d{1,12} \[|runtime: )")
_NEOVIM_START = '"Starting RPC client"'
_KEPT_FIRST = 25_000
_KEPT_LAST = 25_000
_KEPT_CHARACTERS = 16 * 1024 * 1024
_CRASHES_LIMIT = 10_000
_FRAMES_LIMIT = 300_000
"""Frames of the buckets of all crashes together; of later ones the buckets are not kept."""


class KeptSayings:
    """The first and the last sayings of a log, so that one of a gigabyte needs no gigabyte of memory."""

    def __init__(self) -> None:
        self.left_out = 0
        self._first: list[Saying] = []
        self._last: deque[Saying] = deque()
        self._first_size = 0
        self._last_size = 0

    def add(self, saying: Saying) -> None:
        """Keep it, at the cost of one between the first and the last if need be."""
        size = len(saying.text)
        if not self._last and len(self._first) < _KEPT_FIRST and self._first_size < _KEPT_CHARACTERS:
            self._first.append(saying)
            self._first_size += size
            return
        self._last.append(saying)
        self._last_size += size
        while len(self._last) > _KEPT_LAST or self._last_size > _KEPT_CHARACTERS:
            self._last_size -= len(self._last.popleft().text)
            self.left_out += 1

    def all(self) -> tuple[Saying, ...]:
        """In the order of the log."""
        return tuple(sorted((*self._first, *self._last), key=lambda each: each.line or 0))


class KeptCrashes:
    """The first crashes of all streams of a log: a thousand streams may hold ten thousand each."""

    def __init__(self) -> None:
        self.left_out = 0
        self.all: list[Crash] = []
        self._frames = 0

    def add(self, crashes: Iterable[Crash], left_out: int) -> None:
        """Keep those of one stream, which itself left out so many."""
        self.left_out += left_out
        for each in crashes:
            if len(self.all) >= _CRASHES_LIMIT:
                self.left_out += 1
                continue
            self._frames += sum(len(bucket.stack.frames) for bucket in each.buckets)
            self.all.append(each if self._frames <= _FRAMES_LIMIT else replace(each, buckets=()))


@dataclass(slots=True)
class StreamReading:
    """What one stream held."""

    crashes: tuple[Crash, ...]
    last_words: LastWords | None
    """The last that was printed, unless a crash follows or it was an end's."""
    collections: tuple[GcHistory, ...]
    requests: RequestTrace | None
    channels: set[Channel]
    not_understood: int
    crashes_left_out: int


class LogStream:
    """Hands the lines of one stream to those who understand them."""

    def __init__(self, source: str, name: str, kept: KeptSayings, choice: DumpChoice | None = None) -> None:
        self._cutter = SayingCutter(source, kept.add)
        self._crash = CrashReader(source, name, choice)
        self._collections: GcTraceReader | None = None
        """Made at the first line that may be for it, as the next one."""
        self._requests: RpcTraceReader | None = None
        self._ends = Ends(source, name)
        self.is_in_trace = False
        self.last_number = 0
        """The line that it got last."""

    def heard(self, text: str, channel: Channel | None, number: int) -> Channel | None:
        """Take a line; the channel on which it was said, None if it belongs to a record of requests."""
        self.last_number = number
        if channel is None or channel is Channel.STDERR:
            if channel is None and text[:1] == "\t" and self.labels(text, 0)[1]:
                return Channel.LOG
            if (self.is_in_trace or text[:1] == "[") and self._requested(text, number, ""):
                return self._cutter.heard(text, channel, number)
            # Collections go on while a crash is printed, and write between its lines.
            is_collection = text[:3] == "gc " and self._collected(text, number)
            if is_collection or self._crash.line(text, number) or self._collected(text, number):
                self._cutter.crashed(text, number)
                return Channel.STDERR
        elif channel is Channel.CLIENT and _CRASH_PATTERN.match(text):
            # Old clients give the first line of what they read from standard error a head of its own.
            return self.heard(text, Channel.STDERR, number)
        said = self._cutter.heard(text, channel, number)
        if said is Channel.CLIENT:
            self._ends.client(text, number)
        elif said is Channel.STDERR:
            self._ends.printed(text, number)
        elif said is Channel.LOG:
            if channel is not Channel.CLIENT and text[:1].isdecimal():
                self._ends.printed(text, number)
            else:
                self._ends.went_on()
            if text.endswith("Created View (#1)"):
                self._start(number)
        return said

    @property
    def is_in_body(self) -> bool:
        """True if the lines of a record's body come next, and are no concern to anybody else."""
        return (
            self.is_in_trace and self._requests is not None and self._requests.is_in_body and self._cutter.is_dropping
        )

    def body(self, text: str, last_number: int) -> None:
        """Take many lines of that body."""
        if self._requests is not None:
            self._requests.body(text)
        self.last_number = last_number

    def labels(self, text: str, at: int) -> tuple[int, int]:
        """Take the labels of the message that is open; the place behind them, and how many."""
        end, count = self._cutter.labels(text, at)
        if count:
            self._ends.went_on()
            if text.startswith("\n", end) and not self.is_in_trace and self._crash.is_quiet:
                self._cutter.blank()
                return end + 1, count + 1
        return end, count

    def traced(self, text: str, stamp: str, number: int) -> None:
        """Take a line of a record of requests."""
        self.last_number = number
        self._requested(text, number, stamp)
        self._cutter.drop()
        if text.startswith(_NEOVIM_START):
            self._start(number)

    def take(self, text: str, at: int, number: int) -> tuple[int, int]:
        """Take the goroutines that stand at a place of a text; the place behind them, and its line."""
        end, next_number = self._crash.take(text, at, number)
        if end > at:
            self.last_number = next_number - 1
            self.is_in_trace = False
            self._cutter.dumped(text, at, end, number)
        return end, next_number

    def finish(self) -> StreamReading:
        """All that the stream held; its sayings have been handed on."""
        self._cutter.close()
        crashes = self._ends.join(self._ends.without_repeats(self._crash.finish()))
        last = self._ends.last_words
        return StreamReading(
            crashes=crashes,
            last_words=last if last and (not crashes or crashes[-1].line < last.line) else None,
            collections=self._collections.finish() if self._collections else (),
            requests=self._requests.finish() if self._requests else None,
            channels=self._cutter.channels,
            not_understood=self._cutter.not_understood + (self._collections.not_understood if self._collections else 0),
            crashes_left_out=self._crash.left_out,
        )

    def _start(self, number: int) -> None:
        """A program was started anew."""
        self._ends.started(number)
        self._crash.cut()

    def _requested(self, text: str, number: int, stamp: str) -> bool:
        if self._requests is None:
            from gopls_diag.parse.log.rpc_trace import RpcTraceReader  # noqa: PLC0415 - most logs hold no trace

            self._requests = RpcTraceReader()
        self.is_in_trace = self._requests.line(text, number, stamp)
        return self.is_in_trace

    def _collected(self, text: str, number: int) -> bool:
        if self._collections is None:
            if not can_be_godebug(text):
                return False
            from gopls_diag.parse.log.gc_trace import GcTraceReader  # noqa: PLC0415 - most logs hold no collection

            self._collections = GcTraceReader()
        return self._collections.line(text, number)
