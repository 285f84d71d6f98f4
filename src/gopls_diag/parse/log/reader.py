"""Reads one log, whatever it is made of, in one pass and bounded memory.

A line is taken out of what carried it, once: transports first (a journal, a container's log, a terminal), then editors.
What is left goes to the stream that it belongs to. Most bytes of a large log are goroutines of a dump: those go past
all this by a lane of their own, many lines at once, also where every line carries the same prefix.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from gopls_diag.model.crash import Crash
from gopls_diag.model.log_reading import GcHistory, LogReading, RequestTrace
from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import NESTED_LIMIT, Carrier, Peeled, PieceJoiner
from gopls_diag.parse.log.decoding import LINE_LIMIT, LogDecoder
from gopls_diag.parse.log.editors import certain_editors, editors
from gopls_diag.parse.log.ends import Ends
from gopls_diag.parse.log.stream import KeptSayings, LogStream
from gopls_diag.parse.log.systems import SystemLines, WholeFile, whole_file
from gopls_diag.parse.log.transports import loose_transports, transports

_HEAD_BYTES = 4096
_STREAMS_LIMIT = 64
"""Streams that are read side by side; a new one ends the one that was silent for longest."""
_WINDOW_FIRST = 16 * 1024
_WINDOW_LAST = 512 * 1024
_NEAR = 400
"""Lines after a word of a crash in which the rest of it may come."""
_HEADER = "goroutine "
_CRASH_WORDS = ("goroutine ", "panic: ", "fatal error: ", "[signal ", "SIG", "runtime", "DATA RACE")
_SERVICE_ENDED = ": Main process exited, code="
_CHARACTERS_LIMIT = 512
"""First characters for which the carriers are remembered: letters of all scripts would be a memory of their own."""

_VSCODE = frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT, Channel.EXIT})
_EDITOR = frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT})
_HEARD_IN = {
    "vscode-0.56": _VSCODE,
    "vscode-0.57": _VSCODE,
    "neovim": _EDITOR,
    "emacs": frozenset({Channel.STDERR, Channel.CLIENT}),
    "zed": frozenset({Channel.CLIENT}),
    "helix": frozenset({Channel.STDERR}),
    "vim-lsp": frozenset({Channel.STDERR}),
    "coc": frozenset({Channel.CLIENT}),
    "jetbrains": frozenset({Channel.CLIENT}),
    "kernel": frozenset({Channel.KERNEL}),
}
"""What each form of log would show if it were said; pop-ups, for one, leave no trace in VS Code's logs."""
_HEARD_ELSEWHERE = frozenset({Channel.STDERR})


class _Asked(NamedTuple):
    """One carrier, with what the loop needs of it."""

    carrier: Carrier
    mark: str
    is_transport: bool


class LogReader:
    """Takes the bytes of one log, in pieces of any size, and gives what they held."""

    def __init__(self, source: str, *, now_seconds: float | None = None) -> None:
        """Read nothing yet.

        Args:
            source: the path, or `-`, for evidence.
            now_seconds: the time, since 1970, that gives dates without a year theirs.
        """
        self._source = source
        self._decoder = LogDecoder()
        self._head = b""
        self._whole: WholeFile | None = None
        self._is_told_apart = False
        self._bytes = 0
        self._number = 1
        self._formats: dict[str, None] = {}
        self._channels: set[Channel] = set()
        self._kept = KeptSayings()
        self._streams: OrderedDict[str, LogStream] = OrderedDict()
        self._joiner = PieceJoiner()
        self._systems = SystemLines(source, now_seconds=now_seconds)
        self._asked = [_Asked(each, each.mark, False) for each in certain_editors()]
        self._asked += [_Asked(each, each.mark, True) for each in transports()]
        self._asked += [_Asked(each, each.mark, False) for each in editors()]
        self._loose = tuple(_Asked(each, each.mark, True) for each in loose_transports())
        self._is_loose = False
        self._loose_until = 0
        self._has_crash_words = False
        """True while a crash is near, which alone tells the loose carriers' forms."""
        self._holding: list[_Asked] = []
        """Loose carriers that hold lines back."""
        self._by_character: dict[str, tuple[_Asked, ...]] = {}
        self._services = Ends(source)
        self._window = _WINDOW_FIRST
        self._crashes: list[Crash] = []
        self._collections: list[GcHistory] = []
        self._requests: RequestTrace | None = None
        self._not_understood = 0

    def feed(self, content: bytes) -> None:
        """Take the next bytes."""
        self._bytes += len(content)
        if self._is_told_apart:
            self._read(content)
            return
        self._head += content
        if len(self._head) >= _HEAD_BYTES:
            self._tell_apart()

    def finish(self) -> LogReading:
        """What the log held. Nothing may be fed afterwards."""
        if not self._is_told_apart:
            self._tell_apart()
        reading = LogReading(source=self._source, bytes=self._bytes)
        if self._whole is not None:
            return self._whole.finish(reading)
        for text in self._decoder.finish():
            self._chunk(text)
        self._release()
        self._number -= 1
        for each in self._asked:
            self._deliver(each, each.carrier.finish(), "", None, 0)
        for peeled, number in self._joiner.finish():
            self._stream(peeled.stream).heard(peeled.text, peeled.channel, number)
        while self._streams:
            self._end_stream()
        reading = replace(
            reading,
            formats=tuple(self._formats),
            lines=self._number,
            not_understood=self._not_understood,
            sayings=self._kept.all(),
            channels=frozenset(self._channels),
            crashes=self._services.join(self._crashes),
            collections=tuple(self._collections),
            requests=self._requests,
            notes=tuple(self._notes()),
        )
        return self._systems.finish(reading)

    def _tell_apart(self) -> None:
        self._is_told_apart = True
        head, self._head = self._head, b""
        self._whole = whole_file(head)
        self._read(head)

    def _read(self, content: bytes) -> None:
        if self._whole is not None:
            self._whole.feed(content)
            return
        for text in self._decoder.feed(content):
            self._chunk(text)

    def _chunk(self, text: str) -> None:
        if "\r\n" in text:
            # A program that writes \r\n through a text mode that adds another \r.
            text = "\n".join([each.rstrip("\r") for each in text.split("\n")])
        self._has_crash_words = any(each in text for each in _CRASH_WORDS)
        self._lines(text, "", None, 0)

    def _look_for_crash(self, line: str) -> None:
        """Note whether a crash is near, as far as the lines so far tell."""
        number = self._number
        if self._has_crash_words and number + _NEAR // 2 > self._loose_until and any(w in line for w in _CRASH_WORDS):
            self._loose_until = number + _NEAR
        self._is_loose = number <= self._loose_until
        if self._holding and not self._is_loose:
            self._release()

    def _release(self) -> None:
        """Have the loose carriers give what they hold back: nothing that they wait for will come."""
        self._number -= 1
        holding, self._holding = self._holding, []
        for each in holding:
            self._deliver(each, each.carrier.finish(), "", None, NESTED_LIMIT)
        self._number += 1

    def _lines(
        self, text: str, stream: str, channel: Channel | None, depth: int, chain: tuple[Carrier, ...] = ()
    ) -> None:
        """Read lines of one stream, as far as is known yet; the text ends at a line end."""
        at, size = 0, len(text)
        while at < size:
            if text.startswith(_HEADER, at):
                if self._holding:
                    self._release()
                end, self._number = self._stream(stream).take(text, at, self._number)
                if end > at:
                    self._met("" if depth else "plain")
                    self._loose_until = self._number + _NEAR
                    at = end
                    continue
            end = text.find("\n", at)
            line = text[at:end]
            if depth == 0 and (self._has_crash_words or self._is_loose):
                self._look_for_crash(line)
            taken = self._carried(line, text, at, stream, channel, depth, chain)
            if taken > at:
                at = taken
                continue
            at = end + 1
            self._number += 1

    def _carried(
        self,
        line: str,
        text: str,
        at: int,
        stream: str,
        channel: Channel | None,
        depth: int,
        chain: tuple[Carrier, ...],
    ) -> int:
        """Read a line; the place behind those that went by the fast lane, if it opened here, else `at`."""
        found = self._peel(line, depth, chain)
        if found is None:
            self._say(stream, channel, line, self._number, depth)
            return at
        asked, peeled = found
        if len(peeled) == 1 and _HEADER in line and (lane := asked.carrier.lane(line)):
            bare, end = self._by_lane(lane, text, at)
            if end > at:
                first = peeled[0]
                is_settled = not asked.is_transport and first.channel is not None
                self._lines(
                    bare,
                    _joined(stream, first.stream),
                    first.channel or channel,
                    NESTED_LIMIT if is_settled else depth + 1,
                    (*chain, asked.carrier),
                )
                return end
        self._deliver(asked, peeled, stream, channel, depth, chain)
        return at

    def _peel(self, line: str, depth: int, chain: tuple[Carrier, ...]) -> tuple[_Asked, Sequence[Peeled]] | None:
        """What the first carrier that knows the line makes of it; not one of those that it was peeled by already."""
        if depth >= NESTED_LIMIT:
            return None
        first = line[:1]
        candidates = self._by_character.get(first)
        if candidates is None:
            candidates = self._candidates(first)
        for asked in candidates:
            if asked.mark in line and asked.carrier not in chain:
                peeled = asked.carrier.peel(line)
                if peeled is not None:
                    self._met(asked.carrier.name)
                    return asked, peeled
        for asked in self._loose if self._is_loose else ():
            if asked.mark in line and asked.carrier not in chain:
                peeled = asked.carrier.peel(line)
                if peeled is not None:
                    self._met(asked.carrier.name)
                    self._holding = [each for each in self._holding if each is not asked]
                    self._holding += [] if peeled else [asked]
                    return asked, peeled
        return None

    def _candidates(self, first: str) -> tuple[_Asked, ...]:
        """The carriers whose lines may begin with this character."""
        found = tuple(
            each
            for each in self._asked
            if not each.carrier.first_characters or (first and first in each.carrier.first_characters)
        )
        if len(self._by_character) < _CHARACTERS_LIMIT:
            self._by_character[first] = found
        return found

    def _deliver(
        self,
        asked: _Asked,
        peeled: Iterable[Peeled],
        stream: str,
        channel: Channel | None,
        depth: int,
        chain: tuple[Carrier, ...] = (),
    ) -> None:
        """Hand on what was peeled off: to its stream, or to the next carrier within."""
        within = (*chain, asked.carrier)
        for each in peeled:
            joined = self._joiner.join(each, self._number - each.lines_back)
            if joined is None:
                continue
            whole, number = joined
            name = _joined(stream, whole.stream)
            if whole.channel is Channel.KERNEL:
                self._say(name, whole.channel, whole.text, number, depth)
            elif whole.is_trace:
                self._stream(name).traced(whole.text, whole.stamp, number)
            elif whole.channel is not None and not asked.is_transport:
                self._say(name, whole.channel, whole.text, number, NESTED_LIMIT)
            elif (found := self._peel(whole.text, depth + 1, within)) is not None:
                self._deliver(found[0], found[1], name, whole.channel or channel, depth + 1, within)
            else:
                self._say(name, whole.channel or channel, whole.text, number, depth + 1)

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

    def _say(self, stream: str, channel: Channel | None, text: str, number: int, depth: int) -> None:
        """Hand a line to its stream."""
        if channel is Channel.KERNEL:
            self._systems.line(text, number)
            self._met("kernel")
            if _SERVICE_ENDED in text:
                self._services.service(text, number, [each.split("[")[0] for each in self._streams])
        said = self._stream(stream).heard(text, channel, number)
        if depth == 0 and said is Channel.STDERR and text:
            self._met("plain")

    def _stream(self, name: str) -> LogStream:
        found = self._streams.get(name)
        if found is None:
            if len(self._streams) >= _STREAMS_LIMIT:
                self._end_stream()
            found = self._streams[name] = LogStream(self._source, name, self._kept)
        elif len(self._streams) > 1:
            self._streams.move_to_end(name)
        return found

    def _end_stream(self) -> None:
        """Finish the stream that was silent for longest."""
        _, stream = self._streams.popitem(last=False)
        held = stream.finish()
        self._crashes += held.crashes
        self._collections += held.collections
        self._channels |= held.channels
        self._not_understood += held.not_understood
        if held.requests and (self._requests is None or held.requests.requests > self._requests.requests):
            self._requests = held.requests

    def _met(self, form: str) -> None:
        if form and form not in self._formats:
            self._formats[form] = None
            self._channels |= _HEARD_IN.get(form, _HEARD_ELSEWHERE)

    def _notes(self) -> Iterator[str]:
        if self._decoder.encoding != "utf-8":
            yield f"written in {self._decoder.encoding}"
        if self._decoder.cut_lines:
            yield f"{self._decoder.cut_lines} lines of more than {LINE_LIMIT // 1024} KiB were cut"
        if self._kept.left_out:
            yield f"{self._kept.left_out} sayings in the middle were left out"


def _joined(outer: str, inner: str) -> str:
    """The name of a stream within a stream."""
    return f"{outer}/{inner}" if outer and inner else outer or inner
