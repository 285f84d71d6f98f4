"""How programs ended, as editors and shells tell it, joined with what the programs printed: one entry for each end.

A crash that is followed by `exited with code 2` is one end, not two; SIGKILL with nothing printed is an end of its own;
a normal stop is none. The sentence of service managers is that of systemd src/core/service.c.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from gopls_diag.model.crash import Crash, EndKind, Explanation, SignalDetail
from gopls_diag.model.log_reading import LastWords
from gopls_diag.parse.log.exit_sentences import parse_exit

_ENDS_LIMIT = 10_000
_LAST_REACH = 4
"""Lines behind the last sentence in which words of the program may still come."""
_USAGE_LINES = 60
"""Within so many lines two complaints about a command line are of one run, if they differ."""
_MESSAGE_LIMIT = 4000
_SENTENCE_LIMIT = 2000

_BOUNDARY_PATTERN = re.compile(r"^(?:(?:gopls )?err: <- StreamClosed|gopls exited\b|Process .{1,200} stderr(?:<\d>)? )")
_STARTED_PATTERN = re.compile(
    r"^(?:Try to start language server|Running language server"
    r"|LSP server process started|starting language server process)"
)
_TIMED_OUT = "Stopping server timed out"
_SHELL_PATTERN = re.compile(
    r"^(?:Killed(?:: 9)?$|(?:\S{1,100}: )?(?:line \d{1,9}: +)?\d{1,10} Killed(?:: 9)? |zsh: killed +\S"
    r"|\[\d{1,6}\] +[+-]? *\d{1,10} (?:killed|Killed))"
)
_SHELL_FAULT_PATTERN = re.compile(
    r"^(?:zsh: |\[\d{1,6}\] +[+-]? *\d{1,10} )"
    r"(segmentation fault|bus error|illegal hardware instruction|trace trap|abort)"
    r"(?: \(core dumped\))? +\S{0,200}gopls\b"
)
"""zsh tells of a job of its own."""
_FAULTS = {
    "segmentation fault": "SIGSEGV",
    "bus error": "SIGBUS",
    "illegal hardware instruction": "SIGILL",
    "trace trap": "SIGTRAP",
    "abort": "SIGABRT",
}
_SERVICE_PATTERN = re.compile(
    r"\b(?P<unit>[^\s/]{1,200})\.(?:service|scope): Main process exited, code=(?P<how>exited|killed|dumped),"
    r" status=(?P<number>\d{1,3})/(?P<name>[A-Z0-9]{1,20})"
)
_LAST_LINE_PATTERN = re.compile(r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d |[A-Za-z_0-9]{1,60}\.go:\d{1,6}: |gopls: )")
_OWN_WORDS = "gopls: "
_NOT_LAST_PATTERN = re.compile(r"debug server listening|[Ll]istening on")
_SHELL_SIGNAL_BASE = 128
_CODES_OF_KILLS = {129: "SIGHUP", 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM"}
"""A wrapper or a shell passes on that its child was killed as 128 and the number of the signal."""
_WINDOWS_CODES_OF_KILLS = {0xC000013A: "Control-C", 0x40010004: "a logoff"}
_ENDING_KINDS = frozenset(
    {EndKind.PANIC, EndKind.FATAL, EndKind.SIGNAL, EndKind.OOM, EndKind.HANG, EndKind.EXIT, EndKind.KILLED}
)


class _End(NamedTuple):
    """One sentence that told of an end."""

    line: int
    text: str
    code: int | None = None
    """None where a signal ended it, or nobody said."""
    signal: str = ""
    is_vague: bool = False
    """True if it only says that the program is gone."""
    is_unproved: bool = False
    """True if it is worth telling only of a crash that stands before it."""
    last_words: LastWords | None = None
    was_slow_to_stop: bool = False

    @property
    def is_normal(self) -> bool:
        return self.code == 0 and not self.signal

    @property
    def is_closed(self) -> bool:
        """True if it says that a connection was closed."""
        return self.is_vague and not self.is_unproved


class Ends:
    """Collects what was said of the ends of one stream's programs."""

    def __init__(self, source: str, stream: str = "") -> None:
        self._source = source
        self._stream = stream
        self._ends: deque[_End] = deque(maxlen=_ENDS_LIMIT)
        self._starts: list[int] = []
        self._printed: LastWords | None = None
        self._was_slow_to_stop = False

    def client(self, text: str, number: int) -> None:
        """Take a line of the editor's own."""
        if (ended := parse_exit(text)) is not None:
            self._add(_End(number, text, ended.code, ended.signal, is_vague=ended.is_vague))
        elif _BOUNDARY_PATTERN.match(text):
            self._add(_End(number, text, is_vague=True, is_unproved=True))
        elif _STARTED_PATTERN.match(text):
            self.started(number)
        elif text.startswith(_TIMED_OUT):
            self._was_slow_to_stop = True

    def service(self, text: str, number: int, units: Iterable[str]) -> None:
        """Take a line of a service manager; those about units other than gopls's and these are no matter."""
        found = _SERVICE_PATTERN.search(text, 0, _SENTENCE_LIMIT)
        if found and ("gopls" in found["unit"] or found["unit"] in units):
            killed = found["how"] != "exited"
            signal = f"SIG{found['name']}" if killed else ""
            self._add(_End(number, found[0], None if killed else int(found["number"]), signal))

    def printed(self, text: str, number: int) -> None:
        """Take a line that the program itself, or the shell behind it, wrote."""
        if text[:1] in "Kz[/b0123456789" and _SHELL_PATTERN.match(text):
            self._add(_End(number, text, signal="SIGKILL"))
        elif text[:1] in "z[" and (fault := _SHELL_FAULT_PATTERN.match(text)):
            self._add(_End(number, text, signal=_FAULTS[fault[1]]))
        elif text:
            self._printed = LastWords(number, text[:_MESSAGE_LIMIT])

    def went_on(self) -> None:
        """The program said more than its last line, and nothing that could be its last word."""
        self._printed = None

    @property
    def last_words(self) -> LastWords | None:
        """What was printed last since the last end, if a program may end with such a line."""
        last = self._printed
        if last is None or not _LAST_LINE_PATTERN.match(last.text) or _NOT_LAST_PATTERN.search(last.text):
            return None
        return last

    def started(self, number: int) -> None:
        """A program was started here: what was printed before is another's."""
        if not self._starts or self._starts[-1] != number:
            self._starts.append(number)
            if len(self._starts) > 2 * _ENDS_LIMIT:
                del self._starts[:_ENDS_LIMIT]
        self._printed = None

    def without_repeats(self, crashes: Iterable[Crash]) -> list[Crash]:
        """The crashes, with one complaint about the command line for each run: gopls and package flag both complain."""
        told = [each.line for each in self._ends]
        kept: list[Crash] = []
        for each in sorted(crashes, key=lambda each: each.line):
            before = kept[-1] if kept else None
            is_same_run = (
                before is not None
                and each.kind is before.kind is EndKind.EXIT
                and each.message != before.message
                and each.line - before.line < _USAGE_LINES
                and bisect_right(told, before.line) == bisect_right(told, each.line)
            )
            if not is_same_run:
                kept.append(each)
        return kept

    def join(self, crashes: Iterable[Crash]) -> tuple[Crash, ...]:
        """The crashes with how they ended, and an entry for each end of which nothing was printed, in their order."""
        joined = sorted(crashes, key=lambda each: each.line)
        told: list[Crash] = []
        at = 0
        begin = 0
        for end, following in self._distinct():
            before: int | None = None
            while at < len(joined) and joined[at].line <= end.line:
                if joined[at].line > begin and _ends_programs(joined[at]):
                    before = at
                at += 1
            if before is not None and not self._has_start(joined[before].last_line or joined[before].line, end.line):
                joined[before] = _joined(joined[before], end)
            elif following is not None and at < len(joined) and _follows(joined[at], end, following):
                joined[at] = _joined(joined[at], end)
            elif not (end.is_normal or end.is_unproved):
                told.append(self._entry(end))
            begin = end.line
        return tuple(sorted([*joined, *told], key=lambda each: each.line))

    def _add(self, end: _End) -> None:
        self._ends.append(end._replace(last_words=self.last_words, was_slow_to_stop=self._was_slow_to_stop))
        self._printed = None
        self._was_slow_to_stop = False

    def _has_start(self, after: int, before: int) -> bool:
        at = bisect_right(self._starts, after)
        return at < len(self._starts) and self._starts[at] < before

    def _distinct(self) -> list[tuple[_End, int | None]]:
        """Each end once, with the line of the next one: a vague sentence beside a plain one says nothing more."""
        kept: list[_End] = []
        is_closed = False
        for end in self._ends:
            # An editor says once of each end that the connection is gone: mostly before it says how, sometimes behind
            # it, but then no program spoke between.
            is_another = end.is_closed and (is_closed or end.last_words is not None)
            if not kept or is_another or not self._is_repeat(kept[-1], end):
                kept.append(end)
                is_closed = end.is_closed
                continue
            is_closed = is_closed or end.is_closed
            if kept[-1].is_vague and not end.is_vague:
                kept[-1] = end._replace(last_words=end.last_words or kept[-1].last_words)
        following = [each.line for each in kept[1:]]
        return [(end, following[at] if at < len(following) else end.line + _LAST_REACH) for at, end in enumerate(kept)]

    def _is_repeat(self, before: _End, end: _End) -> bool:
        """True if both may tell of one end: one of them is vague, and no program was started between."""
        return (before.is_vague or end.is_vague) and not self._has_start(before.line, end.line)

    def _entry(self, end: _End) -> Crash:
        code, signal = end.code, end.signal
        if code is not None and code in _CODES_OF_KILLS:
            signal = _CODES_OF_KILLS[code]
        is_kill = bool(signal) or code is None or code in _WINDOWS_CODES_OF_KILLS
        words = end.last_words if not is_kill else None
        begin, message = words or (end.line, end.text)
        explanations: tuple[Explanation, ...] = ()
        if end.was_slow_to_stop and signal == "SIGKILL":
            explanations = (
                Explanation("the editor killed it, because it did not stop in time", "shutdown", proof=(_TIMED_OUT,)),
            )
        return Crash(
            source=self._source,
            line=begin,
            kind=EndKind.SIGNAL if signal in _FAULTS.values() else EndKind.KILLED if is_kill else EndKind.EXIT,
            message=message,
            last_line=end.line,
            stream=self._stream,
            signal=SignalDetail(signal) if signal else None,
            exit_code=code,
            program="gopls" if message.startswith(_OWN_WORDS) or ("gopls" in end.text and end.line == begin) else "",
            explanations=explanations,
        )


def _ends_programs(crash: Crash) -> bool:
    """True if a program is over after this: a dump that was asked for otherwise than by a signal ends none."""
    if crash.kind is EndKind.DUMP:
        return crash.message.startswith("SIG")
    return crash.kind in _ENDING_KINDS


def _follows(crash: Crash, end: _End, following: int) -> bool:
    """True if the crash of this end stands behind its sentence: an editor may hear of the end before the last words."""
    near = 3
    return (
        _ends_programs(crash)
        and not end.is_normal
        and (end.code not in (None, 1) or (end.is_vague and following == end.line + _LAST_REACH))
        and crash.line <= min(end.line + near, following)
    )


def _joined(crash: Crash, end: _End) -> Crash:
    if end.is_unproved and end.code is None:
        return crash
    code = end.code
    if end.is_vague or end.is_normal:
        code = crash.exit_code
    elif code is not None and code > _SHELL_SIGNAL_BASE and code in _CODES_OF_KILLS:
        code = None
    return replace(crash, exit_code=code)
