"""Goroutines and their stacks, as the Go runtime prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a stack."""

    function: str
    """As printed, without the argument list: `main.(*T).set`, `main.Map[...]`; a bare name for C; "" if nameless."""
    file: str = ""
    """As printed; "" where none was."""
    line: int | None = None
    arguments: str | None = None
    """What stood between the parentheses, of one goroutine of those with this stack; None where no list was printed."""
    is_inlined: bool = False
    """True if the compiler put it into its caller: printed with `(...)` and no offset."""
    is_go: bool = True
    """False for frames of C and other languages."""
    pc: int | None = None
    """Address of the instruction, where one was printed."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The calls of one goroutine, innermost first."""

    frames: tuple[Frame, ...] = ()
    created_by: Frame | None = None
    elided: int = 0
    """Frames that the runtime left out; -1 when it did not say how many (`...additional frames elided...`)."""
    elided_at: int = 0
    """How many of `frames` stand above the gap."""
    is_available: bool = True
    """False for `goroutine running on other thread; stack unavailable`."""
    ancestors: tuple[Stack, ...] = ()
    """Stacks of `[originating from goroutine N]:`, nearest first (GODEBUG=tracebackancestors)."""


@dataclass(frozen=True, slots=True)
class Goroutine:
    """One goroutine of a dump."""

    id: int
    state: str
    """`running`, `chan receive`, `sync.Mutex.Lock`: without minutes, marks, bubble, labels and lock."""
    stack: Stack = Stack()
    waited_minutes: int | None = None
    is_locked: bool = False
    """Locked to its thread."""
    marks: tuple[str, ...] = ()
    """Of `leaked`, `scan`, `durable`, `synctest`."""
    bubble: int | None = None
    labels: tuple[tuple[str, str], ...] = ()
    parent_id: int | None = None
    """Of `created by … in goroutine N`."""
    g: int | None = None
    """Address of its g structure (`gp=`), since Go 1.22 at the higher traceback levels."""
    thread: int | None = None
    """Its thread (`m=`); None for `m=nil` or not printed."""
    line: int | None = None
    """Line of its header in the input, from 1."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Goroutines with the same stack and state."""

    stack: Stack
    """With the arguments of `example`."""
    count: int
    states: tuple[tuple[str, int], ...]
    """State and how many; one entry, since a bucket is of one state."""
    waited_minutes: tuple[int, int] | None = None
    """Shortest and longest wait that was printed."""
    locked: int = 0
    """How many are locked to their thread."""
    ids: tuple[int, ...] = ()
    """In the order of the dump; of very large dumps not all, and none where the stack was not kept."""
    example: Goroutine | None = None
    """The first one, whole."""
    labels: tuple[tuple[tuple[str, str], int], ...] = ()
    """(key, value) and how many carry it, the commonest first; at most 20."""
