"""Reads what a Go program printed when it crashed, or was asked for its goroutines, from plain lines.

The forms are those of golang/go src/runtime: panic.go, traceback.go, signal_unix.go, signal_windows.go. Standard error
is shared, so anything may stand before, between and behind; GODEBUG traces cut into crashes.
"""

from __future__ import annotations

from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.parse.go_crash.crash_lines import Answer, CrashLines
from gopls_diag.parse.go_crash.diagnostics import is_allocation_trace, is_godebug
from gopls_diag.parse.go_crash.dump_choice import ChosenGoroutines, DumpChoice
from gopls_diag.parse.go_crash.endings import Ending, is_logged, is_wrong_flag, parse_status
from gopls_diag.parse.go_crash.groups import GoroutineGroups
from gopls_diag.parse.go_crash.heads import Head, read_head
from gopls_diag.parse.go_crash.open_crash import OpenCrash
from gopls_diag.parse.go_crash.prelude import Prelude
from gopls_diag.parse.go_crash.profile_text import CountProfile
from gopls_diag.parse.go_crash.race import RaceReport, is_race_count

_STRANGE_LIMIT = 12
"""So many lines of others in a row end a crash."""
_STRANGE_IN_DUMP_LIMIT = 3
_STATUS_DISTANCE = 40
"""An `exit status 2` at most so many lines behind a crash is of the same program."""
_FIRST_CHARACTERS = frozenset("pfSsEgrWTF=htuamwRGnecbiMl*xP \t(")
"""A line that begins with none of these, nor with a digit, tells nothing of a crash while none is open."""
_CRASHES_LIMIT = 10_000
_FRAMES_LIMIT = 150_000
"""Frames of all crashes together; of later ones the buckets are not kept, only who crashed and how many there were."""
_ECHOES = ("^\\", "^C")
"""What a terminal shows of the keys that send SIGQUIT and SIGINT, without a line end."""
_LINE_LIMIT = 16 * 1024
_RACE_EXIT_CODE = 66


class CrashReader:
    """Takes the lines of one stream, and gives an entry for each crash and each dump in it.

    Memory is bounded: of a crash it keeps the distinct stacks, and a few lines of everything else.
    """

    def __init__(self, source: str, stream: str = "", choice: DumpChoice | None = None) -> None:
        self._source = source
        self._choice = choice or DumpChoice()
        self._stream = stream
        self.left_out = 0
        """Crashes that were read and not kept, because there were too many."""
        self._done: list[Crash] = []
        self._crash: OpenCrash | None = None
        self._lines: CrashLines | None = None
        self._prelude = Prelude()
        self._strange = 0
        self._is_trace = False
        self._frames = 0
        self._last_said: tuple[int, str] = (-1, "")

    def line(self, text: str, number: int) -> bool:
        """Takes a line without its end; True if it was crash output. `number` is its line of the input, from 1."""
        if text.endswith("\r"):
            text = text.rstrip("\r")
        if text.startswith(_ECHOES):
            text = text[2:]
        if len(text) > _LINE_LIMIT:
            text = text[:_LINE_LIMIT]
        if self._crash is None or self._lines is None:
            return self._outside(text, number)
        answer = self._lines.line(text, number)
        if answer is Answer.TAKEN or answer is Answer.LAST:
            self._strange = 0
            if text:
                self._crash.last_line = number
            if answer is Answer.LAST:
                self._close()
            return True
        if answer is Answer.FOREIGN:
            self._pass_by(text)
            return False
        if answer is Answer.MISTAKEN:
            self._crash = self._lines = None
            return False
        self._close()
        return self._outside(text, number)

    def take(self, text: str, at: int, number: int) -> tuple[int, int]:
        """Takes whole goroutines from `text[at:]`, which begins at a line; the position and line number behind them."""
        crash = self._crash
        if crash is None or self._lines is None or not crash.takes_many or not self._lines.is_between:
            return at, number
        if not text.startswith("goroutine ", at):
            return at, number
        end = crash.groups.take(text, at, number)
        if end > at:
            if crash.chosen is not None:
                crash.chosen.many(text, at, end, number)
            number += text.count("\n", at, end)
            # The blank line behind the last one is no line of the crash, nor is it by way of `line`.
            crash.taken(number - (2 if text.endswith("\n\n", at, end) else 1))
            self._strange = 0
        return end, number

    @property
    def is_quiet(self) -> bool:
        """True if nothing is open, and an empty line tells nothing."""
        return self._crash is None and not self._is_trace and self._prelude.is_empty

    def cut(self) -> None:
        """The stream ended, or the program was started anew."""
        self._close()
        self._end_prelude()
        self._is_trace = False

    def finish(self) -> tuple[Crash, ...]:
        """All crashes, in the order of the input."""
        self.cut()
        return tuple(self._done)

    def _outside(self, text: str, number: int) -> bool:
        """A line while no crash is open."""
        if self._is_trace:
            # GODEBUG=allocfreetrace prints a stack behind each of its lines.
            self._is_trace = bool(text) and not text.startswith("end tracegc")
            return False
        if self._prelude.is_empty and _is_of_others(text):
            if text:
                self._last_said = (number, text)
            return False
        head = read_head(text)
        if head is not None:
            self._open(head, number)
            return True
        if self._prelude.take(text, number):
            return True
        if is_race_count(text):
            self._races_counted()
            return True
        if self._said(text, number):
            return True
        if is_allocation_trace(text):
            self._is_trace = True
        elif text and not is_godebug(text) and self._prelude.pass_by():
            self._end_prelude()
        return False

    def _said(self, text: str, number: int) -> bool:
        """Words of others, which may tell of an end and stay theirs; True if they turn out to belong to a crash."""
        if text.startswith("PC=0x") and self._last_said[0] == number - 1:
            # Plan 9 prints the text of a note, which nothing tells from other words but the line behind it.
            note = self._last_said[1]
            self._open(Head(EndKind.SIGNAL, note, signal=SignalDetail(note), form="signal"), number - 1)
            return self.line(text, number)
        ending = parse_status(text)
        if ending is not None:
            self._end_prelude()
            self._status(ending, text, number)
        elif is_wrong_flag(text):
            self._end_prelude()
            self._finish(OpenCrash(self._source, self._stream, number, EndKind.EXIT, text, exit_code=2))
        if text:
            self._last_said = (number, text)
        return False

    def _status(self, ending: Ending, text: str, number: int) -> None:
        """`exit status 2` is of the crash before it, or an end by itself, perhaps of what was said just before."""
        last = self._done[-1] if self._done else None
        if last is not None and number - (last.last_line or last.line) < _STATUS_DISTANCE:
            if ending.exit_code is not None and last.kind is not EndKind.DUMP:
                self._done[-1] = replace(last, exit_code=ending.exit_code)
            return
        line, message = number, text
        if ending.kind is EndKind.EXIT and self._last_said[0] == number - 1 and is_logged(self._last_said[1]):
            line, message = self._last_said
        self._finish(OpenCrash(self._source, self._stream, line, ending.kind, message, exit_code=ending.exit_code))

    def _races_counted(self) -> None:
        """The detector told at the end how many it found: this is the end of all before it."""
        for at in range(len(self._done) - 1, -1, -1):
            if self._done[at].kind is not EndKind.RACE:
                break
            self._done[at] = replace(self._done[at], exit_code=_RACE_EXIT_CODE)

    def _pass_by(self, text: str) -> None:
        if self._crash is None or not text.strip() or is_godebug(text):
            return
        self._strange += 1
        if self._strange > (_STRANGE_IN_DUMP_LIMIT if self._crash.is_survived else _STRANGE_LIMIT):
            self._close()

    def _open(self, head: Head, number: int) -> None:
        begin, explanations = self._prelude.hand_over()
        crash = OpenCrash(
            self._source,
            self._stream,
            number if begin is None else begin,
            head.kind,
            head.message,
            number,
            signal=head.signal,
            is_survived=head.is_survived,
            groups=GoroutineGroups(self._choice.rule),
            chosen=ChosenGoroutines(self._choice.ids) if self._choice.ids else None,
            is_by_signal=head.form == "signal",
        )
        for each in explanations:
            crash.diagnose(each)
        if head.value is not None:
            crash.chain.begin(head.value, is_indented=False)
        if head.form == "race":
            crash.race = RaceReport()
        elif head.form == "profile":
            crash.profile = CountProfile(head.message)
        self._crash, self._strange = crash, 0
        self._lines = CrashLines(crash, head, number)

    def _close(self) -> None:
        if self._crash is None or self._lines is None:
            return
        self._lines.end()
        crash, self._crash, self._lines = self._crash, None, None
        self._finish(crash)

    def _finish(self, crash: OpenCrash) -> None:
        if len(self._done) >= _CRASHES_LIMIT:
            self.left_out += 1
            return
        closed = crash.close()
        self._frames += sum(len(each.stack.frames) for each in closed.buckets)
        if self._frames > _FRAMES_LIMIT:
            closed = replace(closed, buckets=())
        self._done.append(closed)

    def _end_prelude(self) -> None:
        """Diagnostics without a head: told only if they are of those behind which the end always comes."""
        message, last = self._prelude.terminal, self._prelude.last_line
        begin, explanations = self._prelude.hand_over()
        if not message or begin is None:
            return
        crash = OpenCrash(self._source, self._stream, begin, EndKind.FATAL, message, last)
        for each in explanations:
            crash.diagnose(each)
        self._finish(crash)


def _is_of_others(text: str) -> bool:
    """A cheap look at a line that stands alone: most lines of a log have nothing to do with crashes."""
    first = text[:1]
    if first in "0123456789":
        return "panic" not in text and "***" not in text and "markroot" not in text
    if first == " " and text[1:2].isupper():
        # No line of the runtime's begins so, and one of each message of gopls about a view.
        return "***" not in text
    return first not in _FIRST_CHARACTERS
