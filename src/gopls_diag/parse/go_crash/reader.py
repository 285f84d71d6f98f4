"""Reads what a Go program printed when it crashed, or was asked for its goroutines, from plain lines.

The forms are those of golang/go src/runtime: panic.go, traceback.go, signal_unix.go, signal_windows.go. Standard error is
shared, so anything may stand before, between and behind; GODEBUG traces cut into crashes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind, PanicValue, SignalDetail
from gopls_diag.parse.go_crash.diagnostics import (
    is_allocation_trace,
    is_diagnostic,
    is_godebug,
    is_memory_dump,
    is_objc_stack,
    is_terminal,
)
from gopls_diag.parse.go_crash.endings import is_logged, is_test_result, is_wrong_flag, parse_status
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.heads import Head, read_head
from gopls_diag.parse.go_crash.open_crash import OpenCrash
from gopls_diag.parse.go_crash.profile_text import CountProfile
from gopls_diag.parse.go_crash.race import SEPARATOR, RaceReport, is_race_count
from gopls_diag.parse.go_crash.registers import parse_registers
from gopls_diag.parse.go_crash.signals import parse_bracket, parse_signal_head, with_line
from gopls_diag.parse.go_crash.stack import parse_stack
from gopls_diag.parse.go_crash.stack_line import is_file_line, is_stack_line

_PRELUDE_LIMIT = 400
"""Lines before a head that are remembered; a runtime stack may be among them."""
_STRANGE_LIMIT = 12
"""So many lines of others in a row end a crash."""
_STRANGE_IN_DUMP_LIMIT = 3
_BODY_LIMIT = 5_000
_VALUE_LINES = 60
"""Lines that may stand between a panic's message and its stack: until Go 1.22 values are printed as they are."""
_SANITIZER_LINES = 300
_STATUS_DISTANCE = 40
_DONE_LIMIT = 10_000
_LINE_LIMIT = 16 * 1024


class CrashReader:
    """Takes the lines of one stream, and gives an entry for each crash and each dump in it.

    Memory is bounded: of a crash it keeps the distinct stacks, and a few lines of everything else.
    """

    def __init__(self, source: str, stream: str = "") -> None:
        self._source = source
        self._stream = stream
        self._done: list[Crash] = []
        self._crash: OpenCrash | None = None
        self._phase: Callable[[str, int], bool] = self._head
        self._prelude: list[tuple[int, str]] = []
        self._prelude_strange = 0
        self._strange = 0
        self._value: list[str] = []
        self._is_blank_seen = False
        self._header: tuple[str, int] | None = None
        self._body: list[str] = []
        self._maybe_symbol = ""
        self._is_section = False
        self._is_trace = False
        self._sanitizer_lines = 0
        self._logged: tuple[int, str] = (0, "")

    def line(self, text: str, number: int) -> bool:
        """Takes a line without its end; True if it was crash output. `number` is its line of the input, from 1."""
        if text.endswith("\r"):
            text = text.rstrip("\r")
        if len(text) > _LINE_LIMIT:
            text = text[:_LINE_LIMIT]
        if self._crash is None:
            return self._begin(text, number)
        if self._phase(text, number):
            if self._crash is not None and text:
                self._crash.last_line = number
            self._strange = 0
            return True
        if self._crash is None or is_godebug(text):
            return False
        if text.strip():
            self._strange += 1
            limit = _STRANGE_IN_DUMP_LIMIT if self._crash.is_survived else _STRANGE_LIMIT
            if self._strange > limit:
                self._close()
        return False

    def take(self, text: str, at: int, number: int) -> tuple[int, int]:
        """Takes whole goroutines from `text[at:]`, which begins at a line; the position and line number behind them."""
        crash = self._crash
        if (
            crash is None
            or not crash.takes_many
            or self._phase != self._between
            or not text.startswith("goroutine ", at)
        ):
            return at, number
        end = crash.groups.take(text, at, number)
        if end > at:
            number += text.count("\n", at, end)
            crash.last_line = number - 1
            crash.taken()
            self._strange = 0
        return end, number

    def cut(self) -> None:
        """The stream ended, or the program was started anew."""
        self._close()
        self._end_prelude()
        self._is_trace = False

    def finish(self) -> tuple[Crash, ...]:
        """All crashes, in the order of the input."""
        self.cut()
        return tuple(self._done)

    # What stands outside of crashes.

    def _begin(self, text: str, number: int) -> bool:
        if self._is_trace:
            self._is_trace = bool(text) and not text.startswith("end tracegc")
            return False
        head = read_head(text)
        if head is not None:
            self._open(head, number)
            return True
        if not text.strip():
            return bool(self._prelude)
        if is_diagnostic(text) or text == SEPARATOR or text.startswith("sentinel "):
            self._remember(number, text)
            return True
        if self._prelude and self._goes_before(text):
            self._remember(number, text)
            return True
        if self._end_line(text, number):
            return False
        if is_allocation_trace(text):
            self._is_trace = True
            return False
        if is_godebug(text):
            return False
        return self._foreign(text, number)

    def _goes_before(self, text: str) -> bool:
        if text.startswith("PC=0x"):
            return False
        return is_memory_dump(text) or is_objc_stack(text) or is_stack_line(text)

    def _remember(self, number: int, text: str) -> None:
        self._prelude_strange = 0
        if len(self._prelude) < _PRELUDE_LIMIT:
            self._prelude.append((number, text))

    def _foreign(self, text: str, number: int) -> bool:
        if text.startswith("PC=0x") and self._logged[0] == number - 1:
            # Plan 9 prints the text of the note, and unknown signals have no name that tells them from other words.
            head = Head(EndKind.SIGNAL, self._logged[1], signal=SignalDetail(self._logged[1]), form="signal")
            self._open(head, number - 1)
            return self.line(text, number)
        self._logged = (number, text)
        if self._prelude:
            self._prelude_strange += 1
            if self._prelude_strange > _STRANGE_LIMIT:
                self._end_prelude()
        return False

    def _end_prelude(self) -> None:
        """Diagnostics without a head: told only if they are of those behind which the end always comes."""
        terminal = next(((number, text) for number, text in self._prelude if is_terminal(text)), None)
        if terminal is not None:
            crash = OpenCrash(self._source, self._stream, self._prelude[0][0], EndKind.FATAL, terminal[1])
            for _, text in self._prelude:
                crash.diagnose(text)
            crash.last_line = self._prelude[-1][0]
            self._finish(crash)
        self._prelude.clear()

    def _end_line(self, text: str, number: int) -> bool:
        """Notes a line that tells of an end, and leaves it to others as well."""
        if is_race_count(text):
            for at in range(len(self._done) - 1, -1, -1):
                if self._done[at].kind is not EndKind.RACE:
                    break
                self._done[at] = replace(self._done[at], exit_code=66)
            return True
        ending = parse_status(text)
        if ending is None:
            if is_wrong_flag(text):
                self._finish(OpenCrash(self._source, self._stream, number, EndKind.EXIT, text, exit_code=2))
                return True
            return False
        last = self._done[-1] if self._done else None
        if last is not None and last.exit_code != 0 and number - (last.last_line or last.line) < _STATUS_DISTANCE:
            if ending.exit_code is not None and last.kind is not EndKind.DUMP:
                self._done[-1] = replace(last, exit_code=ending.exit_code)
            return True
        message, line = text, number
        if ending.kind is EndKind.EXIT and self._logged[0] == number - 1 and is_logged(self._logged[1]):
            line, message = self._logged
        self._finish(OpenCrash(self._source, self._stream, line, ending.kind, message, exit_code=ending.exit_code))
        return True

    # Opening and closing.

    def _open(self, head: Head, number: int) -> None:
        begin = self._prelude[0][0] if self._prelude else number
        crash = OpenCrash(
            self._source,
            self._stream,
            begin,
            head.kind,
            head.message,
            number,
            signal=head.signal,
            is_survived=head.is_survived,
        )
        crash.is_by_signal = head.form == "signal"
        for _, text in self._prelude:
            if text != SEPARATOR:
                crash.diagnose(text)
        self._prelude.clear()
        self._crash = crash
        self._strange, self._value, self._is_blank_seen, self._is_section = 0, [], False, False
        self._phase = self._head
        if head.form == "panic":
            crash.chain.begin(head.value or "", is_indented=False)
        elif head.form == "race":
            crash.race = RaceReport()
            self._phase = self._race
        elif head.form == "profile":
            crash.profile = CountProfile()
            self._phase = self._profile
        elif head.form == "sanitizer":
            self._phase, self._sanitizer_lines = self._sanitizer, 0
        elif head.form == "goroutine":
            self._start(head.message, number)
        elif head.form == "http":
            crash.chain.begin(head.value or "", is_indented=False)

    def _close(self) -> None:
        if self._crash is None:
            return
        self._end_block()
        crash, self._crash = self._crash, None
        self._finish(crash)

    def _finish(self, crash: OpenCrash) -> None:
        closed = crash.close()
        if crash.is_survived and closed.chain:
            closed = replace(closed, chain=tuple(PanicValue(each.text, is_recovered=True) for each in closed.chain))
        if len(self._done) < _DONE_LIMIT:
            self._done.append(closed)

    def _anew(self, text: str, number: int) -> bool:
        """Ends this crash with a line that begins something else."""
        self._close()
        return self._begin(text, number)

    # Phases: what the next line of an open crash is.

    def _head(self, text: str, number: int) -> bool:
        """Between the message and the first goroutine."""
        crash = self._open_crash
        if not text.strip():
            self._is_blank_seen = True
            return True
        if text.startswith("goroutine ") and parse_header(text) is not None:
            self._go_on_value()
            self._start(text, number)
            return True
        if self._block_begins(text):
            return True
        if crash.signal is not None and (more := with_line(crash.signal, text)):
            crash.signal = more
            return True
        if text.startswith("[signal ") and (bracket := parse_bracket(text)):
            self._go_on_value()
            crash.signal = bracket
            return True
        merged = self._second_head(text, number)
        if merged is not None:
            return merged
        if crash.kind is EndKind.PANIC and not crash.chain.is_empty and text[0] in "\t ":
            return self._indented(text)
        return self._explanation(text)

    def _second_head(self, text: str, number: int) -> bool | None:
        """A head behind a head: part of the same crash, unless it can be none."""
        crash = self._open_crash
        if (
            text.startswith("panic: ")
            and crash.kind is EndKind.PANIC
            and not self._is_blank_seen
            and not crash.is_survived
        ):
            crash.chain.begin(text[7:], is_indented=False)
            return True
        if text.startswith("panic during panic") or text.startswith("stack trace unavailable"):
            crash.diagnose(text)
            return True
        head = read_head(text)
        if head is None:
            return None
        if head.is_survived or crash.is_survived or head.form == "panic":
            return self._anew(text, number)
        if self._is_blank_seen and not self._is_section and crash.kind is not EndKind.PANIC:
            return self._anew(text, number)
        crash.diagnose(text)
        if head.signal is not None and crash.signal is None:
            crash.signal = head.signal
        return True

    def _indented(self, text: str) -> bool:
        """A further line of a panic: another panic, a fatal error behind it, or words of its value."""
        crash = self._open_crash
        stripped = text.lstrip()
        if stripped.startswith("panic: ") or stripped == "panic:":
            crash.chain.begin(stripped[7:], is_indented=True)
        elif stripped.startswith("fatal error: "):
            crash.kind = EndKind.FATAL
            crash.diagnose(stripped)
        else:
            crash.chain.go_on(text[1:] if text[0] == "\t" else text)
        return True

    def _explanation(self, text: str) -> bool:
        crash = self._open_crash
        if is_diagnostic(text) or (crash.diagnostics and is_memory_dump(text)):
            crash.diagnose(text)
            return True
        if text == "compilation terminated.":
            # cc says `fatal error:` too.
            self._crash = None
            return False
        if text[0] in "\t ":
            crash.diagnose(text)
            return not self._is_blank_seen
        if crash.kind is EndKind.PANIC and not crash.is_survived and parse_status(text) is None:
            if len(self._value) < _VALUE_LINES and not is_godebug(text):
                self._value += ([""] if self._is_blank_seen else []) + [text]
                self._was_blank, self._is_blank_seen = self._is_blank_seen, False
                return len(self._value) <= _STRANGE_LIMIT and not is_logged(text)
        return self._tail(text)

    def _go_on_value(self) -> None:
        """A stack or signal came, so what stood before it were lines of the panic's value."""
        for each in self._value:
            self._open_crash.chain.go_on(each)
        self._value = []

    def _block_begins(self, text: str) -> bool:
        if text.startswith("runtime stack:"):
            self._end_block()
            self._go_on_value()
            self._header, self._body, self._maybe_symbol = (text, 0), [], ""
            self._phase = self._block
            return True
        return False

    def _start(self, header: str, number: int) -> None:
        self._end_block()
        self._header, self._body, self._maybe_symbol = (header, number), [], ""
        self._phase = self._block

    def _end_block(self) -> None:
        """Hands on the goroutine that was being read."""
        if self._header is None or self._crash is None:
            return
        (header, number), body = self._header, self._body
        self._header, self._body = None, []
        if number:
            self._crash.goroutine(header, body, number)
        elif self._crash.runtime_stack is None:
            self._crash.runtime_stack = parse_stack(body)
            for each in self._crash.runtime_stack.diagnostics:
                self._crash.diagnose(each)

    def _block(self, text: str, number: int) -> bool:
        """Within a stack."""
        if not text or not text.strip():
            self._end_block()
            self._phase = self._between
            return True
        if text.startswith("goroutine ") and parse_header(text) is not None:
            self._start(text, number)
            return True
        if parse_registers(text):
            self._end_block()
            self._phase = self._between
            return self._between(text, number)
        if is_stack_line(text):
            if self._maybe_symbol and is_file_line(text) and self._body and is_file_line(self._body[-1]):
                self._body.append(self._maybe_symbol)
            self._maybe_symbol = ""
            if len(self._body) < _BODY_LIMIT:
                self._body.append(text)
            return True
        if read_head(text) is not None and not text.startswith("signal "):
            return self._anew(text, number)
        if self._tail(text):
            self._end_block()
            self._phase = self._between
            return True
        if is_godebug(text):
            return False
        self._maybe_symbol = text
        return text[0] not in "\t " and " " not in text

    def _between(self, text: str, number: int) -> bool:
        """Behind a stack."""
        crash = self._open_crash
        if not text.strip():
            return True
        if text.startswith("goroutine ") and parse_header(text) is not None:
            if crash.is_survived and self._strange:
                return self._anew(text, number)
            self._start(text, number)
            return True
        if self._block_begins(text):
            return True
        if found := parse_registers(text):
            crash.register(found)
            return True
        if text.startswith("-----"):
            self._is_section = True
            crash.is_aborted = True
            return True
        if self._is_section and self._section(text):
            return True
        if read_head(text) is not None:
            return self._anew(text, number)
        return self._tail(text)

    def _section(self, text: str) -> bool:
        """What the next thread prints at GOTRACEBACK=crash: its own head and goroutine."""
        signal = self._open_crash.signal or SignalDetail("")
        return parse_signal_head(text) is not None or with_line(signal, text) is not None

    def _tail(self, text: str) -> bool:
        """What may stand behind a crash and belongs to it."""
        crash = self._open_crash
        ending = parse_status(text)
        if ending is not None:
            if ending.exit_code is not None:
                crash.exit_code = ending.exit_code
            elif ending.kind is EndKind.SIGNAL:
                crash.is_aborted = True
            return True
        if is_diagnostic(text) or (crash.diagnostics and is_memory_dump(text)):
            crash.diagnose(text)
            return True
        return is_test_result(text)

    def _race(self, text: str, number: int) -> bool:
        crash = self._open_crash
        if text == SEPARATOR:
            self._close()
            return True
        if crash.race is not None and crash.race.line(text):
            return True
        return self._anew(text, number) if read_head(text) is not None else False

    def _profile(self, text: str, number: int) -> bool:
        crash = self._open_crash
        if crash.profile is not None and crash.profile.line(text):
            return True
        if text.startswith("#"):
            return True
        return self._anew(text, number)

    def _sanitizer(self, text: str, number: int) -> bool:
        self._sanitizer_lines += 1
        if self._sanitizer_lines > _SANITIZER_LINES or read_head(text) is not None:
            return self._anew(text, number)
        self._open_crash.diagnose(text)
        if text.startswith("==") and text.endswith("==ABORTING"):
            self._close()
        return True

    @property
    def _open_crash(self) -> OpenCrash:
        assert self._crash is not None
        return self._crash
