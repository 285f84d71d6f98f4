"""One crash while it is read: what its lines told so far, and the entry that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gopls_diag.model.crash import Crash, EndKind, PanicValue, SignalDetail
from gopls_diag.model.go_stack import Bucket, Goroutine, Stack
from gopls_diag.parse.go_crash.diagnostics import is_out_of_memory
from gopls_diag.parse.go_crash.dump_choice import ChosenGoroutines
from gopls_diag.parse.go_crash.groups import GoroutineGroups
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.origin import crashing, origin_frame, program_of, top_frame, versions_of
from gopls_diag.parse.go_crash.panic_chain import PanicChain
from gopls_diag.parse.go_crash.profile_text import CountProfile
from gopls_diag.parse.go_crash.race import RaceReport
from gopls_diag.parse.go_crash.stack import StackReading, parse_stack
from gopls_diag.parse.go_crash.waiting import WAITING_STATES, with_waiting

_DEADLOCK = "fatal error: all goroutines are asleep"
_NO_GOROUTINES = "fatal error: no goroutines (main called runtime.Goexit)"
_DIAGNOSTICS_LIMIT = 50
_REGISTERS_LIMIT = 80
_NOT_UNDERSTOOD_LIMIT = 20
_LEADING = 3
_TEXT_LIMIT = 2_000
_ENDS_WITH_2 = frozenset((EndKind.PANIC, EndKind.FATAL, EndKind.OOM, EndKind.SIGNAL))
_TRAPS = ("fatal: morestack on ", "fatal: systemstack called ")
"""Last words of assembly that stops with a trap instead of exit(2)."""
_FIRST_ONES = 1_000
_LAST_CALLS = frozenset(("runtime.goexit", "runtime.main", "main.main", "runtime.mstart", "runtime.rt0_go"))


@dataclass(slots=True)
class OpenCrash:
    """Collects what belongs to one crash; `close` makes the entry."""

    source: str
    stream: str
    line: int
    kind: EndKind
    message: str
    last_line: int = 0
    signal: SignalDetail | None = None
    exit_code: int | None = None
    is_survived: bool = False
    """True if the program went on: an HTTP server that recovered, a dump that was asked for in the program, a race."""
    is_aborted: bool = False
    """True if the runtime ended by a signal of its own (GOTRACEBACK=crash), so by no exit code."""
    is_by_signal: bool = False
    """True also for a dump that a signal caused: the program ends behind it."""
    is_cut: bool = False
    """True if half a line of a stack stood last."""
    chain: PanicChain = field(default_factory=PanicChain)
    diagnostics: list[str] = field(default_factory=list)
    registers: list[tuple[str, int]] = field(default_factory=list)
    groups: GoroutineGroups = field(default_factory=GoroutineGroups)
    chosen: ChosenGoroutines | None = None
    """Those that are kept whole; None if none was asked for."""
    leading: list[Goroutine] = field(default_factory=list)
    """The first goroutines that were printed."""
    runtime_stack: StackReading | None = None
    race: RaceReport | None = None
    profile: CountProfile | None = None
    not_understood: list[tuple[int, str]] = field(default_factory=list)
    _held: tuple[str, list[str], int] | None = None
    """The first goroutine of a panic: it may prove to be words of the panic's value."""
    _was_held: bool = False
    _last: tuple[Goroutine, list[str]] | None = None
    """The goroutine that came last, without its stack, and its lines."""

    def diagnose(self, text: str) -> None:
        """Keeps a line that explains."""
        if len(self.diagnostics) < _DIAGNOSTICS_LIMIT:
            self.diagnostics.append(text.rstrip()[:_TEXT_LIMIT])

    def register(self, found: Sequence[tuple[str, int]]) -> None:
        """Keeps registers, those of the first thread only."""
        for name, value in found:
            if len(self.registers) < _REGISTERS_LIMIT and all(name != each for each, _ in self.registers):
                self.registers.append((name, value))

    def profile_line(self, text: str) -> bool:
        """Takes a line of a profile; False if it is none."""
        return self.profile is not None and self.profile.line(text)

    def on_thread_stack(self, body: list[str]) -> None:
        """Takes the stack of the thread itself (`runtime stack:`), the first one."""
        if self.runtime_stack is None:
            self.runtime_stack = parse_stack(body)
            for each in self.runtime_stack.diagnostics:
                self.diagnose(each)

    @property
    def takes_many(self) -> bool:
        """True if goroutines may be taken without being looked at one by one."""
        return len(self.leading) >= _LEADING and self._held is None

    def taken(self, last_line: int) -> None:
        """Tells that goroutines were put into `groups` up to this line, all of them whole."""
        self.last_line = last_line
        self._last = None

    def goroutine(self, header: str, body: list[str], line: int) -> None:
        """Takes one goroutine.

        Until Go 1.22 the lines of a panic's value stood as they were, and in a log they still do, so that a value could
        hold a goroutine. The true one comes next, and is running and has a stack too, as no other one of a panic does.
        """
        if self.kind is EndKind.PANIC and not self._was_held:
            self._held, self._was_held = (header, body, line), True
            return
        if self._held is not None:
            held, self._held = self._held, None
            if _is_running(header, body) and _is_running(held[0], held[1]):
                for each in ("", held[0], *held[1], ""):
                    self.chain.go_on(each)
            else:
                self._add(*held)
        self._add(header, body, line)

    def _add(self, header: str, body: list[str], line: int) -> None:
        added = self.groups.add(header, body, line)
        head = parse_header(header, line)
        if added is None or head is None:
            return
        if self.chosen is not None:
            self.chosen.one(header, body, line)
        for offset, text in added.not_understood:
            if len(self.not_understood) < _NOT_UNDERSTOOD_LIMIT:
                self.not_understood.append((line + 1 + offset, text.strip()[:_TEXT_LIMIT]))
        for text in added.diagnostics:
            self.diagnose(text)
        self._last = (head, body)
        if len(self.leading) < _LEADING:
            reading = parse_stack(body)
            self.leading.append(replace(head, stack=reading.stack, parent_id=reading.parent_id))

    def close(self) -> Crash:
        """The entry."""
        if self._held is not None:
            held, self._held = self._held, None
            self._add(*held)
        kind = self._kind()
        buckets = self.profile.buckets() if self.profile else self.groups.buckets()
        # In a deadlock nobody runs: the first that is printed is the main goroutine, which waits with all others.
        is_deadlock = self.message.startswith(_DEADLOCK)
        culprit = crashing(kind, self.signal, self.leading, self.runtime_stack is not None and not is_deadlock)
        runtime_frames = self.runtime_stack.stack.frames if self.runtime_stack else ()
        frames = culprit.stack.frames if culprit else ()
        if culprit is None and self.signal is not None and self.signal.name.startswith("0x"):
            frames = runtime_frames
        stacks = self._stacks(buckets)
        program = program_of(stacks)
        gopls, go = versions_of(stacks)
        truncation = self._truncation(kind)
        crash = Crash(
            source=self.source,
            line=self.line,
            kind=kind,
            message=self.message,
            last_line=self.last_line or self.line,
            stream=self.stream,
            program=program,
            program_version=gopls if program == "gopls" else "",
            go_version=go,
            chain=self._chain(),
            signal=self.signal,
            exit_code=self._exit_code(kind),
            diagnostics=tuple(self.diagnostics),
            goroutines=self.profile.goroutines if self.profile else self.groups.count,
            is_truncated=bool(truncation),
            truncation=truncation,
            crashing=culprit,
            first=self.leading[0] if self.leading else None,
            top_frame=top_frame(frames),
            origin_frame=origin_frame(frames),
            runtime_stack=runtime_frames,
            buckets=buckets,
            chosen=tuple(self.chosen.found) if self.chosen else (),
            race=self.race.accesses() if self.race else (),
            registers=tuple(self.registers),
            not_understood=tuple(self.not_understood),
        )
        return with_waiting(crash, self.groups.goroutines(WAITING_STATES))

    def _kind(self) -> EndKind:
        is_memory = self.kind is EndKind.FATAL and is_out_of_memory(self.message)
        return EndKind.OOM if is_memory else self.kind

    def _chain(self) -> tuple[PanicValue, ...]:
        values = self.chain.values()
        return tuple(replace(each, is_recovered=True) for each in values) if self.is_survived else values

    def _exit_code(self, kind: EndKind) -> int | None:
        if self.exit_code is not None or self.is_aborted or self.is_survived:
            return self.exit_code
        if self.message.startswith(_TRAPS) and self.signal is None:
            return None
        return 2 if kind in _ENDS_WITH_2 or self.is_by_signal else None

    def _stacks(self, buckets: Sequence[Bucket]) -> list[Stack]:
        """Every distinct stack of the crash."""
        stacks = [each.stack for each in self.leading] + [each.stack for each in buckets]
        if self.runtime_stack is not None:
            stacks.append(self.runtime_stack.stack)
        if self.race is not None:
            stacks += [Stack(each.frames) for each in self.race.accesses()]
        return stacks

    def _truncation(self, kind: EndKind) -> str:
        if self._last is not None:
            head, body = self._last
            return (
                f"the stack of goroutine {head.id} is cut off"
                if self.is_cut or _is_cut(head, parse_stack(body))
                else ""
            )
        if kind in (EndKind.EXIT, EndKind.KILLED) or self.is_survived or self.groups.count:
            return ""
        if self.message.startswith(_NO_GOROUTINES):
            return ""
        if self.runtime_stack is None:
            return "no stack follows the message"
        return "the stack of the runtime is cut off" if self.runtime_stack.is_cut else ""


def _is_running(header: str, body: Sequence[str]) -> bool:
    head = parse_header(header)
    return head is not None and head.state == "running" and bool(parse_stack(body).stack.frames)


def _is_cut(head: Goroutine, reading: StackReading) -> bool:
    """True if the end of the stack is missing.

    All tell who created them, but goroutine 1, those of threads that Go did not start, and those that the runtime
    created for finalizers and cleanups: these are among the first of a program.
    """
    stack = reading.stack
    if reading.is_cut:
        return True
    if (
        head.id < _FIRST_ONES
        or head.is_locked
        or stack.created_by is not None
        or not stack.is_available
        or not stack.frames
    ):
        return False
    if stack.elided or stack.frames[-1].function in _LAST_CALLS:
        return False
    return not any("cgocallback" in each.function or "_cgoexp_" in each.function for each in stack.frames)
