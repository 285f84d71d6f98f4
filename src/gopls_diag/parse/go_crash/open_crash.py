"""One crash while it is read: what its lines told so far, and the entry that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.go_stack import Bucket, Goroutine, Stack
from gopls_diag.parse.go_crash.diagnostics import is_out_of_memory
from gopls_diag.parse.go_crash.groups import GoroutineGroups
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.origin import crashing, origin_frame, program_of, top_frame, versions_of
from gopls_diag.parse.go_crash.panic_chain import PanicChain
from gopls_diag.parse.go_crash.profile_text import CountProfile
from gopls_diag.parse.go_crash.race import RaceReport
from gopls_diag.parse.go_crash.stack import StackReading, parse_stack

DIAGNOSTICS_LIMIT = 50
REGISTERS_LIMIT = 80
NOT_UNDERSTOOD_LIMIT = 20
_LEADING = 3
_TEXT_LIMIT = 2_000
_ENDS_WITH_2 = frozenset((EndKind.PANIC, EndKind.FATAL, EndKind.OOM, EndKind.SIGNAL))


@dataclass(slots=True)
class OpenCrash:
    """Collects what belongs to one crash; `close` makes the entry."""

    source: str
    stream: str
    line: int
    kind: EndKind
    message: str
    last_line: int = 0
    chain: PanicChain = field(default_factory=PanicChain)
    signal: SignalDetail | None = None
    diagnostics: list[str] = field(default_factory=list)
    registers: list[tuple[str, int]] = field(default_factory=list)
    groups: GoroutineGroups = field(default_factory=GoroutineGroups)
    leading: list[Goroutine] = field(default_factory=list)
    """The first goroutines that were printed."""
    runtime_stack: StackReading | None = None
    race: RaceReport | None = None
    profile: CountProfile | None = None
    not_understood: list[tuple[int, str]] = field(default_factory=list)
    exit_code: int | None = None
    is_survived: bool = False
    """True if the program went on: an HTTP server that recovered, a dump that was asked for in the program."""
    is_aborted: bool = False
    """True if the runtime ended by a signal of its own (GOTRACEBACK=crash), so by no exit code."""
    is_by_signal: bool = False
    """True for a dump that a signal caused: the program ends behind it."""
    _held: tuple[str, list[str], int] | None = None
    """The first goroutine of a panic: it may prove to be words of the panic's value."""
    _has_held: bool = False
    _last_cut: str = ""

    def diagnose(self, text: str) -> None:
        """Keeps a line that explains."""
        if len(self.diagnostics) < DIAGNOSTICS_LIMIT:
            self.diagnostics.append(text.rstrip()[:_TEXT_LIMIT])

    def register(self, found: Sequence[tuple[str, int]]) -> None:
        """Keeps registers, those of the first thread only."""
        for name, value in found:
            if len(self.registers) < REGISTERS_LIMIT and all(name != each for each, _ in self.registers):
                self.registers.append((name, value))

    def misunderstand(self, number: int, text: str) -> None:
        """Counts a line within the crash that has no form known here."""
        if len(self.not_understood) < NOT_UNDERSTOOD_LIMIT:
            self.not_understood.append((number, text.strip()[:_TEXT_LIMIT]))

    @property
    def takes_many(self) -> bool:
        """True if goroutines may be taken without being looked at one by one."""
        return len(self.leading) >= _LEADING and self._held is None

    def goroutine(self, header: str, body: list[str], line: int) -> None:
        """Takes one goroutine.

        Until Go 1.22 the lines of a panic's value stood as they were, so that a value could hold a goroutine. The true
        one comes next, and is running and has a stack too, as no other goroutine of a panic does.
        """
        if self.kind is EndKind.PANIC and not self._has_held and not self.is_survived:
            self._held, self._has_held = (header, body, line), True
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
        reading = self.groups.add(header, body, line)
        if reading is None:
            return
        for offset, text in reading.not_understood:
            self.misunderstand(line + 1 + offset, text)
        for text in reading.diagnostics:
            self.diagnose(text)
        head = parse_header(header, line)
        self._last_cut = ""
        if head is None:
            return
        if reading.is_cut:
            self._last_cut = f"the stack of goroutine {head.id} is cut off"
        if len(self.leading) < _LEADING:
            stack = parse_stack(body)
            self.leading.append(replace(head, stack=stack.stack, parent_id=stack.parent_id))

    def taken(self) -> None:
        """Tells that goroutines were taken whole, past `goroutine`."""
        self._last_cut = ""

    def close(self) -> Crash:
        """The entry."""
        if self._held is not None:
            held, self._held = self._held, None
            self._add(*held)
        kind = self._kind()
        chain = self.chain.values()
        buckets = self.profile.buckets() if self.profile else self.groups.buckets()
        has_stack = self.runtime_stack is not None
        culprit = crashing(kind, self.signal, self.leading or list(self.groups.running), has_stack)
        runtime_frames = self.runtime_stack.stack.frames if self.runtime_stack else ()
        if culprit is not None:
            frames = culprit.stack.frames
        else:
            frames = runtime_frames if kind is EndKind.SIGNAL and not self.groups.count else ()
        gopls, go = versions_of(self._stacks(buckets))
        program = program_of(self._stacks(buckets))
        truncation = self._truncation(kind)
        return Crash(
            source=self.source,
            line=self.line,
            kind=kind,
            message=self.message,
            last_line=self.last_line or self.line,
            stream=self.stream,
            program=program,
            program_version=gopls if program in ("gopls", "") else "",
            go_version=go,
            chain=chain,
            signal=self.signal,
            exit_code=self._exit_code(kind),
            diagnostics=tuple(self.diagnostics),
            goroutines=self.profile.goroutines if self.profile else self.groups.count,
            is_truncated=bool(truncation),
            truncation=truncation,
            crashing=culprit,
            first=self.leading[0] if self.leading else self.groups.first,
            top_frame=top_frame(frames),
            origin_frame=origin_frame(frames),
            runtime_stack=runtime_frames,
            buckets=buckets,
            race=self.race.accesses() if self.race else (),
            registers=tuple(self.registers),
            not_understood=tuple(self.not_understood),
        )

    def _kind(self) -> EndKind:
        if self.kind is EndKind.FATAL and is_out_of_memory(self.message):
            return EndKind.OOM
        return self.kind

    def _exit_code(self, kind: EndKind) -> int | None:
        if self.exit_code is not None or self.is_aborted or self.is_survived:
            return self.exit_code
        return 2 if kind in _ENDS_WITH_2 or self.is_by_signal else None

    def _stacks(self, buckets: Sequence[Bucket]) -> list[Stack]:
        own = [each.stack for each in self.leading] + [each.stack for each in buckets]
        if self.runtime_stack is not None:
            own.append(self.runtime_stack.stack)
        if self.race is not None:
            own += [Stack(each.frames) for each in self.race.accesses()]
        return own

    def _truncation(self, kind: EndKind) -> str:
        if self._last_cut:
            return self._last_cut
        if kind in (EndKind.EXIT, EndKind.KILLED) or self.race is not None or self.profile is not None:
            return ""
        if self.runtime_stack is not None and self.runtime_stack.is_cut and not self.groups.count:
            return "the stack of the runtime is cut off"
        if not self.groups.count and self.runtime_stack is None and not self.is_survived:
            return "no stack follows the message"
        return ""


def _is_running(header: str, body: Sequence[str]) -> bool:
    head = parse_header(header)
    if head is None or head.state != "running":
        return False
    reading = parse_stack(body)
    return bool(reading.stack.frames)
