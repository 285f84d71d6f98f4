"""Reads one log, whatever it is made of, in one pass and bounded memory.

A line is taken out of what carried it, once: transports first (a journal, a container's log, a terminal), then editors.
What is left goes to the stream that it belongs to. Most bytes of a large log are goroutines of a dump: those go past
all this by a lane of their own, many lines at once, also where every line carries the same prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gopls_diag.model.log_reading import GcHistory, LastWords, LogReading, RequestTrace
from gopls_diag.model.saying import Channel
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.parse.log.carrier import NESTED_LIMIT, Carrier, Peeled, PieceJoiner
from gopls_diag.parse.log.carriers import Asked, Carriers
from gopls_diag.parse.log.decoding import LINE_LIMIT, LogDecoder
from gopls_diag.parse.log.ends import Ends
from gopls_diag.parse.log.heard_in import channels_of
from gopls_diag.parse.log.stream import KeptCrashes, KeptSayings, LogStream
from gopls_diag.parse.log.systems import SystemLines, WholeFile, whole_file

_HEAD_BYTES = 4096
_BLOCK_BYTES = 256 * 1024
_STREAMS_LIMIT = 64
"""Streams that are read side by side; a new one ends the one that was silent for longest."""
_COLLECTIONS_LIMIT = 1_000
_WINDOW_FIRST = 16 * 1024
_WINDOW_LAST = 512 * 1024
_HEADER = "goroutine "
_GOROUTINE_LIMIT = 64 * 1024
"""Characters of a goroutine without an end that are held back until the next piece."""
_PLAIN = frozenset({"vscode-0.56", "vscode-0.57"})
"""Carriers of one stream that hold back nothing and tell the channel of each line."""
_SERVICE_ENDED = ": Main process exited, code="


class LogReader:
    """Takes the bytes of one log, in pieces of any size, and gives what they held."""

    def __init__(
        self,
        source: str,
        *,
        now_seconds: float | None = None,
        choice: DumpChoice | None = None,
        block_bytes: int = _BLOCK_BYTES,
    ) -> None:
        """Read nothing yet.

        Args:
            source: the path, or `-`, for evidence.
            now_seconds: the time, since 1970, that gives dates without a year theirs.
            choice: how goroutines are grouped, and which are kept whole.
            block_bytes: how much is read at once, whatever the pieces that are fed; less is slower.
        """
        self._source = source
        self._choice = choice
        self._decoder = LogDecoder()
        self._block_bytes = block_bytes
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._whole: WholeFile | None = None
        self._is_told_apart = False
        self._bytes = 0
        self._number = 1
        self._formats: dict[str, None] = {}
        self._channels: set[Channel] = set()
        self._kept = KeptSayings()
        self._streams: dict[str, LogStream] = {}
        self._joiners: dict[Carrier, PieceJoiner] = {}
        self._systems = SystemLines(now_seconds=now_seconds)
        self._carriers = Carriers()
        self._changes = 0
        """How often the streams changed."""
        self._last_heard: Channel | None = None
        self._services = Ends(source)
        self._window = _WINDOW_FIRST
        self._rest = ""
        self._line_by_line = 0
        """Up to this place of the present text a body holds what a carrier may want."""
        self._crashes = KeptCrashes()
        self._collections: list[GcHistory] = []
        self._requests: RequestTrace | None = None
        self._last_words: LastWords | None = None
        self._not_understood = 0

    def feed(self, content: bytes) -> None:
        """Take the next bytes."""
        self._bytes += len(content)
        self._waiting += len(content)
        self._pieces.append(content)
        if self._waiting < self._block_bytes:
            return
        # Blocks of one size, so that a pipe that hands over other pieces each time is read alike each time.
        joined = b"".join(self._pieces)
        whole = self._waiting - self._waiting % self._block_bytes
        for at in range(0, whole, self._block_bytes):
            self._read(joined[at : at + self._block_bytes])
        self._pieces = [joined[whole:]]
        self._waiting -= whole

    def finish(self) -> LogReading:
        """What the log held. Nothing may be fed afterwards."""
        self._read(b"".join(self._pieces))
        reading = LogReading(source=self._source, bytes=self._bytes)
        if self._whole is not None:
            return self._whole.finish(reading)
        for text in self._decoder.finish():
            self._chunk(text)
        self._chunk("", is_last=True)
        self._release()
        self._number -= 1
        for each in self._carriers.all:
            self._deliver(each, each.carrier.finish(), self._number, "", None, 0)
        for joiner in self._joiners.values():
            for peeled, number in joiner.finish():
                self._stream(peeled.stream).heard(peeled.text, peeled.channel, number)
        while self._streams:
            self._end_stream()
        self._met("go-traceback" if any(each.goroutines for each in self._crashes.all) else "")
        self._met("rpc-trace" if self._requests else "")
        self._met("gctrace" if self._collections else "")
        reading = replace(
            reading,
            formats=tuple(self._formats),
            lines=self._number,
            not_understood=self._not_understood,
            sayings=self._kept.all(),
            channels=frozenset(self._channels),
            crashes=self._services.join(self._crashes.all),
            last_words=self._last_words,
            collections=tuple(self._collections),
            requests=self._requests,
            notes=tuple(self._notes()),
        )
        return self._systems.finish(reading)

    def _read(self, content: bytes) -> None:
        if not self._is_told_apart:
            self._is_told_apart = True
            self._whole = whole_file(content[:_HEAD_BYTES])
        if self._whole is not None:
            self._whole.feed(content)
            return
        for text in self._decoder.feed(content):
            self._chunk(text)

    def _chunk(self, text: str, *, is_last: bool = False) -> None:
        text, self._rest = self._rest + text, ""
        begun = 0 if is_last else text.rfind("\n\n") + 2
        if begun > 2 and len(text) - begun < _GOROUTINE_LIMIT and text.startswith(_HEADER, begun):
            # Its other half is in the next piece: whole, it can go by the fast lane.
            text, self._rest = text[:begun], text[begun:]
        if "\r" in text and "\r\n" in text:
            # A program that writes \r\n through a text mode that adds another \r.
            text = "\n".join([each.rstrip("\r") for each in text.split("\n")])
        self._carriers.begin(text)
        self._line_by_line = 0
        self._lines(text, "", None, 0)

    def _release(self) -> None:
        """Have the carriers give what they hold back: nothing that they wait for will come."""
        self._number -= 1
        holding, self._carriers.holding = self._carriers.holding, []
        for each in holding:
            self._deliver(each, each.carrier.finish(), self._number, each.stream, None, NESTED_LIMIT)
        self._number += 1

    def _lines(
        self, text: str, stream: str, channel: Channel | None, depth: int, chain: tuple[Carrier, ...] = ()
    ) -> None:
        """Read lines of one stream, as far as is known yet; the text ends at a line end."""
        at, size = 0, len(text)
        carriers = self._carriers
        listener, change = self._stream(stream), self._changes
        while at < size:
            if change != self._changes:
                listener, change = self._stream(stream), self._changes
            # What is held back waits for the header too: it is then given to the carriers like any other line.
            if text.startswith(_HEADER, at) and not carriers.holding:
                end, self._number = listener.take(text, at, self._number)
                if end > at:
                    self._heard(None if depth else Channel.STDERR)
                    carriers.near(self._number)
                    at = end
                    continue
            end = text.find("\n", at)
            line = text[at:end]
            if carriers.watches:
                if depth == 0 and carriers.watch(line, self._number):
                    self._release()
            elif line[:1] == "\t" and channel is None:
                at, count = listener.labels(text, at)
                if count:
                    self._number += count
                    continue
            found = carriers.peel(line, self._number, stream, chain) if depth < NESTED_LIMIT else None
            if found is None:
                said = listener.heard(line, channel, self._number)
                if depth == 0 and line and said is not self._last_heard:
                    self._heard(said)
            else:
                taken = self._carried(found, line, text, at, stream, channel, depth, chain)
                if taken > at:
                    at = taken
                    continue
            at = end + 1
            self._number += 1
            if listener.is_in_trace and not depth and listener.is_in_body and at >= self._line_by_line:
                at = self._body(listener, text, at) if change == self._changes else at

    def _body(self, listener: LogStream, text: str, at: int) -> int:
        """Pass by the body of a record of requests; the place behind it.

        Bodies are most of a trace. Line by line they are read at 9 MB/s, by a search for their end at 40.
        """
        from gopls_diag.parse.log.rpc_trace import body_end  # noqa: PLC0415 - loaded, since a trace was met

        end = body_end(text, at)
        body = text[at:end]
        if not body or not self._carriers.passes(body, self._number):
            self._line_by_line = end
            return at
        self._number += body.count("\n")
        listener.body(body, self._number - 1)
        return end

    def _carried(
        self,
        found: tuple[Asked, Sequence[Peeled]],
        line: str,
        text: str,
        at: int,
        stream: str,
        channel: Channel | None,
        depth: int,
        chain: tuple[Carrier, ...],
    ) -> int:
        """Read a line that was carried; the place behind those that went by the fast lane, if it opened here."""
        asked, peeled = found
        if depth == 0 and asked.carrier.name in _PLAIN and len(peeled) == 1 and _HEADER not in line:
            # Most lines that are carried; without the turns of `_deliver`.
            self._met(asked.carrier.name)
            if peeled[0].is_trace:
                self._stream("").traced(peeled[0].text, peeled[0].stamp, self._number)
            else:
                self._stream("").heard(peeled[0].text, peeled[0].channel, self._number)
            return at
        if len(peeled) == 1 and _HEADER in line and (lane := asked.carrier.lane(line)):
            bare, end = self._by_lane(lane, text, at)
            if end > at:
                first = peeled[0]
                is_settled = not asked.is_transport and first.channel is not None
                self._met(asked.carrier.name)
                self._lines(
                    bare,
                    _joined(stream, first.stream),
                    first.channel or channel,
                    NESTED_LIMIT if is_settled else depth + 1,
                    (*chain, asked.carrier),
                )
                return end
        self._deliver(asked, peeled, self._number, stream, channel, depth, chain)
        return at

    def _deliver(
        self,
        asked: Asked,
        peeled: Sequence[Peeled],
        last_number: int,
        stream: str,
        channel: Channel | None,
        depth: int,
        chain: tuple[Carrier, ...] = (),
    ) -> None:
        """Hand on what was peeled off: to its stream, or to the next carrier within."""
        carrier = asked.carrier
        if peeled and carrier.name not in self._formats:
            self._met(carrier.name)
        for each in peeled:
            number = asked.line_of(each.lines_back, last_number)
            whole, name = each, _joined(stream, each.stream)
            if each.is_partial or carrier in self._joiners:
                # Pieces of one carrier and stream belong together, whatever carries or is carried by them.
                joined = self._joiners.setdefault(carrier, PieceJoiner()).join(each._replace(stream=name), number)
                if joined is None:
                    continue
                whole, number = joined
            if whole.is_trace:
                self._stream(name).traced(whole.text, whole.stamp, number)
            elif whole.channel is Channel.KERNEL:
                self._told_by_system(name, whole.text, number)
            elif whole.channel is not None and not asked.is_transport:
                self._stream(name).heard(whole.text, whole.channel, number)
            elif (
                found := self._carriers.peel(whole.text, number, name, (*chain, carrier))
                if depth + 1 < NESTED_LIMIT
                else None
            ) is not None:
                self._deliver(found[0], found[1], number, name, whole.channel or channel, depth + 1, (*chain, carrier))
            else:
                self._stream(name).heard(whole.text, whole.channel or channel, number)

    def _by_lane(self, lane: re.Pattern[str], text: str, at: int) -> tuple[str, int]:
        """The next lines of a text without what is the same on each, and the place behind them."""
        end = text.rfind("\n", at, at + self._window) + 1
        if end <= at:
            return "", at
        piece = "\n" + text[at : end - 1]
        bare, count = lane.subn("\n", piece)
        if count == piece.count("\n"):
            self._window = min(self._window * 2, _WINDOW_LAST)
            return bare[1:] + "\n", end
        self._window = _WINDOW_FIRST
        place = 0
        while found := lane.match(piece, place):
            place = piece.find("\n", found.end())
        bare = lane.sub("\n", piece[:place])
        return bare[1:] + "\n" if bare else "", at + place

    def _told_by_system(self, stream: str, text: str, number: int) -> None:
        """Take a line of the kernel's, or of a program that watches others."""
        self._systems.line(text, number)
        self._met("kernel")
        if _SERVICE_ENDED in text:
            self._services.service(text, number, [each.split("[")[0] for each in self._streams])
        self._stream(stream).heard(text, Channel.KERNEL, number)

    def _heard(self, said: Channel | None) -> None:
        """Note what a line that nothing carried proves of the log's form."""
        self._last_heard = said
        if said is Channel.STDERR:
            self._met("plain")
        elif said is Channel.LOG and not self._formats:
            self._met("gopls-log")

    def _stream(self, name: str) -> LogStream:
        found = self._streams.get(name)
        if found is None:
            if len(self._streams) >= _STREAMS_LIMIT:
                self._end_stream()
            found = self._streams[name] = LogStream(self._source, name, self._kept, self._choice)
            self._changes += 1
        return found

    def _end_stream(self) -> None:
        """Finish the stream that was silent for longest."""
        held = self._streams.pop(min(self._streams, key=lambda each: self._streams[each].last_number)).finish()
        self._crashes.add(held.crashes, held.crashes_left_out)
        # Those of the stream that spoke last, which is the last to be finished.
        self._last_words = held.last_words
        self._collections += held.collections[: max(0, _COLLECTIONS_LIMIT - len(self._collections))]
        self._channels |= held.channels
        self._not_understood += held.not_understood
        if held.requests and (self._requests is None or held.requests.requests > self._requests.requests):
            self._requests = held.requests

    def _met(self, form: str) -> None:
        if form and form not in self._formats:
            self._formats[form] = None
            self._channels |= channels_of(form)

    def _notes(self) -> Iterator[str]:
        if self._decoder.encoding != "utf-8":
            yield f"written in {self._decoder.encoding}"
        if self._decoder.cut_lines:
            yield f"{self._decoder.cut_lines} lines of more than {LINE_LIMIT // 1024} KiB were cut"
        if self._kept.left_out:
            yield f"{self._kept.left_out} sayings in the middle were left out"
        if slim := sum(each.goroutines > 0 and not each.buckets for each in self._crashes.all):
            yield f"the goroutines of the last {slim} crashes were counted, but not kept"
        unsorted = sum(any(each.stack.elided < 0 for each in crash.buckets) for crash in self._crashes.all)
        if unsorted:
            yield f"distinct stacks beyond the first 20,000 of a dump were counted by state alone (dumps: {unsorted})"
        if self._crashes.left_out:
            yield f"{self._crashes.left_out} further crashes were left out"


def _joined(outer: str, inner: str) -> str:
    """The name of a stream within a stream."""
    return f"{outer}/{inner}" if outer and inner else outer or inner
