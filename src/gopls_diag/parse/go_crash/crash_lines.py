"""The lines of one crash behind the one that began it.

What may come next depends on what came: the rest of the message, then stacks each ended by an empty line, then
registers, perhaps another thread's part (GOTRACEBACK=crash), and what `go run` and `go test` add.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from gopls_diag.model.crash import EndKind, SignalDetail
from gopls_diag.parse.go_crash.diagnostics import is_diagnostic, is_godebug, is_hex_dump, is_memory_dump
from gopls_diag.parse.go_crash.endings import is_logged, is_test_result, parse_status
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.heads import Head, read_head
from gopls_diag.parse.go_crash.open_crash import OpenCrash
from gopls_diag.parse.go_crash.race import SEPARATOR
from gopls_diag.parse.go_crash.registers import parse_registers
from gopls_diag.parse.go_crash.signals import parse_bracket, parse_signal_head, with_line
from gopls_diag.parse.go_crash.stack_line import is_file_line, is_function_line, is_half_line, is_stack_line

_BODY_LIMIT = 5_000
_FILE_LINES_LIMIT = 20_000
_FILE_LINE_LENGTH = 300
_VALUE_LIMIT = 60
_VALUE_LINES = 12
_SANITIZER_LIMIT = 300
_RUNTIME_STACK = "runtime stack:"
_NESTED_FAULTS = ("panic during panic", "stack trace unavailable")


class Answer(Enum):
    """What a line was to an open crash."""

    TAKEN = auto()
    """Part of it."""
    FOREIGN = auto()
    """Of another writer; the crash may go on."""
    ANEW = auto()
    """The crash ended before this line, which begins something else."""
    LAST = auto()
    """Part of it, and its end."""
    MISTAKEN = auto()
    """It was no crash, and this line is of others."""


class CrashLines:
    """Sorts the lines behind a head into an open crash."""

    def __init__(self, crash: OpenCrash, head: Head, number: int) -> None:
        self._crash = crash
        self._form = head.form
        self._phase: Callable[[str, int], Answer] = {
            "race": self._race,
            "profile": self._profile,
            "sanitizer": self._sanitizer,
        }.get(head.form, self._message)
        self._header: tuple[str, int] | None = None
        """Header and line of the stack that is being read; line 0 for `runtime stack:`."""
        self._body: list[str] = []
        self._symbol = ""
        self._file_lines: set[str] = set()
        """File lines that were met: the goroutines of a dump stand in the same few places."""
        self._value: list[str] = []
        """Lines that stood where further lines of a panic's value stand, but also words of others."""
        self._is_blank_seen = False
        self._is_section = False
        self._is_disturbed = False
        self._sanitizer_lines = 0
        if head.form == "goroutine":
            self._start(head.message, number)

    def line(self, text: str, number: int) -> Answer:
        """Takes the next line."""
        answer = self._phase(text, number)
        if answer is Answer.TAKEN:
            self._is_disturbed = False
        elif answer is Answer.FOREIGN and text and not is_godebug(text):
            self._is_disturbed = True
        return answer

    @property
    def is_between(self) -> bool:
        """True if whole goroutines may come next."""
        return self._phase == self._between and not self._is_disturbed

    def end(self) -> None:
        """No more lines come."""
        if self._header is not None and is_half_line(self._symbol):
            self._crash.is_cut = True
        self._end_stack()

    # Behind the head, before the first stack.

    def _message(self, text: str, number: int) -> Answer:
        crash = self._crash
        if not text.strip():
            if text and crash.kind is EndKind.PANIC and not self._is_blank_seen:
                crash.chain.go_on("")
            else:
                self._is_blank_seen = True
            return Answer.TAKEN
        if self._stack_begins(text, number):
            return Answer.TAKEN
        if crash.signal is not None and (more := with_line(crash.signal, text)):
            crash.signal = more
            return Answer.TAKEN
        if text.startswith("[signal ") and (bracket := parse_bracket(text)):
            self._go_on_value()
            crash.signal = bracket
            return Answer.TAKEN
        if text.startswith(_NESTED_FAULTS):
            crash.diagnose(text)
            return Answer.TAKEN
        return self._second_head(text) or self._more_message(text)

    def _stack_begins(self, text: str, number: int) -> bool:
        if text.startswith("goroutine ") and parse_header(text) is not None:
            self._go_on_value()
            self._start(text, number)
            return True
        if text.startswith(_RUNTIME_STACK):
            self._go_on_value()
            self._start(text, 0)
            return True
        if (
            self._form == "exception"
            and self._is_blank_seen
            and not self._crash.groups.count
            and is_function_line(text)
        ):
            # winthrow prints the frames of the thread that met the exception without a header.
            self._start(_RUNTIME_STACK, 0)
            self._body.append(text)
            return True
        return False

    def _second_head(self, text: str) -> Answer | None:
        """A head behind a head is part of the same crash, if it can be."""
        crash = self._crash
        is_panic = crash.kind is EndKind.PANIC
        if is_panic and not crash.is_survived and not self._is_blank_seen and text.startswith("panic: "):
            crash.chain.begin(text[7:], is_indented=False)
            return Answer.TAKEN
        head = read_head(text)
        if head is None:
            return None
        if head.is_survived or crash.is_survived or head.form == "panic" or (self._is_blank_seen and not is_panic):
            return Answer.ANEW
        crash.diagnose(text)
        if head.signal is not None and crash.signal is None:
            crash.signal = head.signal
        return Answer.TAKEN

    def _more_message(self, text: str) -> Answer:
        crash = self._crash
        if self._form == "signal" and crash.signal is not None and crash.signal.pc is None:
            return Answer.MISTAKEN
        if crash.kind is EndKind.PANIC and text[0] in "\t ":
            return self._indented(text)
        if text == "compilation terminated.":
            # cc says `fatal error:` too.
            return Answer.MISTAKEN
        if self._tail(text):
            return Answer.TAKEN
        if text[0] in "\t " and not self._is_blank_seen:
            crash.diagnose(text)
            return Answer.TAKEN
        if crash.kind is EndKind.PANIC:
            return self._unindented(text)
        return Answer.FOREIGN

    def _indented(self, text: str) -> Answer:
        """A further line of a panic: another panic, a fatal error behind it, or words of its value."""
        crash = self._crash
        stripped = text.lstrip()
        if stripped.startswith("panic: ") or stripped == "panic:":
            self._go_on_value()
            crash.chain.begin(stripped[7:], is_indented=True)
        elif stripped.startswith("fatal error: "):
            crash.kind = EndKind.FATAL
            crash.diagnose(stripped)
        else:
            self._go_on_value()
            crash.chain.go_on(text[1:] if text[0] == "\t" else text)
        return Answer.TAKEN

    def _unindented(self, text: str) -> Answer:
        """Until Go 1.22 the lines of a value stood as they were: a stack behind them proves that they were that."""
        if is_godebug(text) or is_logged(text) or len(self._value) >= _VALUE_LIMIT:
            return Answer.FOREIGN
        was_blank, self._is_blank_seen = self._is_blank_seen, False
        self._value += ["", text] if was_blank else [text]
        is_likely = not was_blank and len(self._value) <= _VALUE_LINES
        return Answer.TAKEN if is_likely else Answer.FOREIGN

    def _go_on_value(self) -> None:
        for each in self._value:
            self._crash.chain.go_on(each)
        self._value = []

    # Stacks.

    def _start(self, header: str, number: int) -> None:
        self._end_stack()
        self._header, self._body, self._symbol = (header, number), [], ""
        self._phase = self._stack

    def _end_stack(self) -> None:
        if self._header is None:
            return
        (header, number), body = self._header, self._body
        self._header, self._body = None, []
        self._phase = self._between
        if number:
            self._crash.goroutine(header, body, number)
        else:
            self._crash.on_thread_stack(body)

    def _stack(self, text: str, number: int) -> Answer:
        if text in self._file_lines and not self._symbol and len(self._body) < _BODY_LIMIT:
            self._body.append(text)
            return Answer.TAKEN
        if not text.strip():
            self._end_stack()
            return Answer.TAKEN
        if text.startswith("goroutine ") and parse_header(text) is not None:
            if self._crash.is_survived and (self._is_disturbed or self._symbol):
                return Answer.ANEW
            self._start(text, number)
            return Answer.TAKEN
        if text[-1] != ")" and text[0] not in "\t " and parse_registers(text):
            self._end_stack()
            return self._between(text, number)
        if is_stack_line(text):
            self._frame_line(text)
            if text[0] == "\t" and len(text) < _FILE_LINE_LENGTH and len(self._file_lines) < _FILE_LINES_LIMIT:
                self._file_lines.add(text)
            return Answer.TAKEN
        if not text.startswith("signal ") and read_head(text) is not None:
            return Answer.ANEW
        if self._tail(text):
            self._end_stack()
            return Answer.TAKEN
        if is_godebug(text):
            return Answer.FOREIGN
        self._symbol = text
        return Answer.FOREIGN if text[0] in "\t " or " " in text else Answer.TAKEN

    def _frame_line(self, text: str) -> None:
        # Names of C and C++ have any form: what stands above a file line, where no call waits for one, is one.
        if self._symbol and is_file_line(text) and not (self._body and is_function_line(self._body[-1])):
            self._body.append(self._symbol)
        self._symbol = ""
        if len(self._body) < _BODY_LIMIT:
            self._body.append(text)

    # Behind a stack.

    def _between(self, text: str, number: int) -> Answer:
        crash = self._crash
        if not text.strip():
            return Answer.TAKEN
        if (
            text.startswith("goroutine ")
            and crash.is_survived
            and self._is_disturbed
            and parse_header(text) is not None
        ):
            return Answer.ANEW
        if self._stack_begins(text, number):
            return Answer.TAKEN
        if found := parse_registers(text):
            crash.register(found)
            return Answer.TAKEN
        if text.startswith("-----"):
            self._is_section = crash.is_aborted = True
            return Answer.TAKEN
        if self._is_section and self._is_section_head(text):
            return Answer.TAKEN
        if read_head(text) is not None:
            return Answer.ANEW
        return Answer.TAKEN if self._tail(text) else Answer.FOREIGN

    def _is_section_head(self, text: str) -> bool:
        """What the next thread prints at GOTRACEBACK=crash before its goroutine."""
        signal = self._crash.signal or SignalDetail("")
        return parse_signal_head(text) is not None or with_line(signal, text) is not None

    def _tail(self, text: str) -> bool:
        """What may stand behind the message or a stack and belongs to the crash."""
        crash = self._crash
        ending = parse_status(text)
        if ending is not None:
            if ending.exit_code is not None:
                crash.exit_code = ending.exit_code
            elif ending.kind is EndKind.SIGNAL:
                crash.is_aborted = True
            return True
        if is_diagnostic(text):
            crash.diagnose(text)
            return True
        if crash.diagnostics and is_memory_dump(text):
            if not is_hex_dump(text):
                crash.diagnose(text)
            return True
        return is_test_result(text)

    # Reports that are no crashes of the runtime.

    def _race(self, text: str, number: int) -> Answer:
        if text == SEPARATOR:
            return Answer.LAST
        if self._crash.race is not None and self._crash.race.line(text):
            return Answer.TAKEN
        return Answer.ANEW if read_head(text) is not None else Answer.FOREIGN

    def _profile(self, text: str, number: int) -> Answer:
        if text.startswith("#") or (self._crash.profile is not None and not text.strip()):
            self._crash.profile_line(text)
            return Answer.TAKEN
        return Answer.TAKEN if self._crash.profile_line(text) else Answer.ANEW

    def _sanitizer(self, text: str, number: int) -> Answer:
        self._sanitizer_lines += 1
        if self._sanitizer_lines > _SANITIZER_LIMIT or read_head(text) is not None:
            return Answer.ANEW
        if text.strip():
            self._crash.diagnose(text)
        return Answer.LAST if text.startswith("==") and text.endswith("==ABORTING") else Answer.TAKEN
