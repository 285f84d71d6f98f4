"""How a program ended, as far as its output, its editor or the system told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gopls_diag.model.go_stack import Bucket, Frame, Goroutine


class EndKind(StrEnum):
    """The kinds of an end. A value is part of the JSON contract and never changes."""

    PANIC = "panic"
    """A Go panic, also nested and re-panicked."""
    FATAL = "fatal"
    """A `fatal error:` of the runtime other than for memory."""
    SIGNAL = "signal"
    """A signal that the runtime turned into a crash: SIGSEGV, SIGABRT and friends, with no panic."""
    OOM = "oom"
    """The runtime itself was refused memory."""
    KILLED = "killed"
    """Ended from outside; nothing printed."""
    EXIT = "exit"
    """It ended itself with a code: log.Fatal, wrong flags."""
    HANG = "hang"
    """A dump, asked for, of a program that is proved to wait for what does not come."""
    RACE = "race"
    """A report of the race detector."""
    DUMP = "dump"
    """Goroutines that somebody asked for: SIGQUIT, pprof, runtime.Stack."""


@dataclass(frozen=True, slots=True)
class PanicValue:
    """One panic of a chain."""

    text: str
    """What stood after `panic: `, with its further lines, without the mark."""
    is_recovered: bool = False
    """Marked ` [recovered]`."""
    is_repanicked: bool = False
    """Marked ` [recovered, repanicked]` (Go 1.25), or panicked again with the same value (two lines before)."""
    is_goexit: bool = False


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """What was printed about the signal."""

    name: str
    """`SIGSEGV`; `0xc0000005` on Windows."""
    words: str = ""
    """`segmentation violation`."""
    code: int | None = None
    """sigcode, signed. 0 and -6 (SI_USER, SI_TKILL) say that a process sent it; 128 (SI_KERNEL) that the kernel did."""
    address: int | None = None
    """The fault address; of a signal that a process sent, that process's pid (Linux)."""
    pc: int | None = None
    during_cgo: bool = False


@dataclass(frozen=True, slots=True)
class KnownCrash:
    """An entry of the table of crashes of gopls whose fix was released."""

    issue: str
    """`golang/go#69362`."""
    fixed_in: str
    """First release of gopls with the fix: `v0.18.0`."""
    title: str = ""
    function: str = ""
    """The function, as this table knows it, that matched."""
    commit: str = ""
    rule: str = ""
    """Why it is taken for this crash, in words."""
    fixed_by_go: str = ""
    """`go1.22.6` where the fault is in Go's own packages: gopls must be built with that release or a newer one.
    `fixed_in` is "" then."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One proved statement about why goroutines wait, or what memory did."""

    summary: str
    """One sentence without a full stop: `37 goroutines wait for the mutex 0xc000123, which goroutine 18 holds`."""
    kind: str
    """`lock`, `lock-cycle`, `child-process`, `channel`, `network`, `file`, `queue`, `leak`, `busy`; of gctrace lines:
    `gc`, `gc-growth`, `gc-share`, `gc-thrash`."""
    goroutines: tuple[int, ...] = ()
    """Those concerned, the cause first."""
    proof: tuple[str, ...] = ()
    """Lines of the dump that show it."""
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class RaceAccess:
    """One access, or one creation, of a race report."""

    title: str
    """`Write at 0x00c000094020 by goroutine 8`, `Goroutine 8 (running) created at`."""
    goroutine: int | None
    frames: tuple[Frame, ...]
    is_restored: bool = True
    """False for `[failed to restore the stack]`."""


@dataclass(frozen=True, slots=True)
class Crash:
    """One end of one program."""

    source: str
    """The input: a path, or `-`."""
    line: int
    """Line of the input on which it begins, from 1."""
    kind: EndKind
    message: str
    """The exact first line, after what carried it was peeled off: `panic: …`, `fatal error: …`, `SIGQUIT: quit`,
    `goroutine profile: total 12`, the first header of a bare dump, the line that told of a kill or an exit."""
    last_line: int | None = None
    stream: str = ""
    """Which program of several in one log: a systemd unit, a container; "" where there is one."""
    program: str = ""
    """`gopls` or `go` where the stacks prove it; "" if unknown."""
    program_version: str = ""
    """Where paths prove it: `v0.16.1` of `golang.org/x/tools/gopls@v0.16.1/`."""
    go_version: str = ""
    """Where paths prove it (`/go1.22.10/src/runtime/`), else ""."""
    chain: tuple[PanicValue, ...] = ()
    """All panics, the first cause first; empty when it was no panic."""
    signal: SignalDetail | None = None
    exit_code: int | None = None
    """As the log says it or the runtime is known to end: 2 after a Go crash, 66 after races."""
    diagnostics: tuple[str, ...] = ()
    """`runtime: …` lines and their like before and after the message, at most 50."""
    goroutines: int = 0
    """Headers that were read."""
    is_truncated: bool = False
    """True if the end is missing: a goroutine was cut, or the message stands alone where a stack must follow."""
    truncation: str = ""
    """In words, what is missing; "" if nothing is."""
    crashing: Goroutine | None = None
    """The goroutine that panicked or met the fault; None for a dump, or when no stack was printed."""
    first: Goroutine | None = None
    """The first goroutine that was printed, crashing or not."""
    top_frame: Frame | None = None
    """First frame of the crashing goroutine that is not the runtime's own."""
    origin_frame: Frame | None = None
    """First frame below the last panic call in that stack, where a panic was re-raised; else None."""
    runtime_stack: tuple[Frame, ...] = ()
    """Of `runtime stack:`."""
    buckets: tuple[Bucket, ...] = ()
    """Interesting ones first."""
    chosen: tuple[Goroutine, ...] = ()
    """Goroutines that the user asked for by their ids, whole."""
    race: tuple[RaceAccess, ...] = ()
    registers: tuple[tuple[str, int], ...] = ()
    signature: str = ""
    """Stable short id: the same for the same defect in another release; "" when there is no stack to make one of."""
    signature_parts: tuple[str, ...] = ()
    """What it was made of: the kind of the error, then canonical function names, outermost last."""
    known: tuple[KnownCrash, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    not_understood: tuple[tuple[int, str], ...] = ()
    """(line, text) within this crash that had no form known here; at most 20."""

    @property
    def is_gopls(self) -> bool:
        return self.program == "gopls"
