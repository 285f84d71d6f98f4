"""Words about crashes that screen, page and issue share: short names, frames that matter, ends that are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.go_stack import Bucket, Frame, Stack
from gopls_diag.parse.go_crash.frame_role import FrameRole, frame_role
from gopls_diag.parse.go_crash.function_name import function_name

KIND_WORDS = {
    EndKind.PANIC: "panic",
    EndKind.FATAL: "fatal error",
    EndKind.SIGNAL: "crash by a signal",
    EndKind.OOM: "out of memory",
    EndKind.KILLED: "killed from outside",
    EndKind.EXIT: "exit",
    EndKind.HANG: "hang",
    EndKind.RACE: "data race",
    EndKind.DUMP: "dump that was asked for",
}
_WORST_FIRST = (
    EndKind.OOM,
    EndKind.FATAL,
    EndKind.PANIC,
    EndKind.SIGNAL,
    EndKind.KILLED,
    EndKind.HANG,
    EndKind.RACE,
    EndKind.EXIT,
    EndKind.DUMP,
)
_PANIC_FUNCTIONS = ("panic", "runtime.gopanic", "runtime.sigpanic", "runtime.throw", "runtime.fatal")
_CARRIERS = (
    "golang.org/x/tools/internal/jsonrpc2",
    "golang.org/x/tools/gopls/internal/lsprpc",
    "golang.org/x/tools/gopls/internal/protocol",
    "golang.org/x/tools/internal/lsp/protocol",
    "golang.org/x/tools/internal/lsp/lsprpc",
)
"""Packages through which every request comes; they tell nothing of one."""
_SHOWN_FRAMES = 3


@dataclass(frozen=True, slots=True)
class SameEnds:
    """Ends that are one and the same, told once."""

    first: Crash
    all: tuple[Crash, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """Of the program, as far as paths prove them."""
        return tuple(sorted({each.program_version for each in self.all if each.program_version}))

    @property
    def places(self) -> str:
        """`line 12, 44 and 91 of server.log`, at most a few."""
        by_source: dict[str, list[int]] = {}
        for each in self.all:
            by_source.setdefault(each.source, []).append(each.line)
        parts = [f"{source_name(source)} {_lines(lines)}" for source, lines in list(by_source.items())[:3]]
        more = len(by_source) - len(parts)
        return ", ".join(parts) + (f" and {more} more files" if more > 0 else "")


def _lines(lines: Sequence[int]) -> str:
    shown = ", ".join(str(each) for each in lines[:4])
    more = f" and {len(lines) - 4} more" if len(lines) > 4 else ""
    return f"line{'' if len(lines) == 1 else 's'} {shown}{more}"


def same_ends(crashes: Iterable[Crash]) -> tuple[SameEnds, ...]:
    """The ends, each kind of them once, worst and most frequent first; the first one with most goroutines speaks."""
    groups: dict[tuple[str, ...], list[Crash]] = {}
    for each in crashes:
        groups.setdefault(_identity(each), []).append(each)
    found = [SameEnds(max(group, key=_completeness), tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda each: (_rank(each.first), -len(each.all), each.first.line)))


def _identity(crash: Crash) -> tuple[str, ...]:
    if crash.signature:
        return (crash.program, crash.signature)
    if crash.kind is EndKind.DUMP:
        return (crash.source, str(crash.line))
    return (crash.program, crash.kind.value, crash.message)


def _completeness(crash: Crash) -> tuple[bool, bool, int]:
    return crash.crashing is not None, not crash.is_truncated, -crash.line


def _rank(crash: Crash) -> tuple[bool, int]:
    is_foreign = crash.program not in ("gopls", "", "go")
    return is_foreign or crash.kind is EndKind.DUMP, _WORST_FIRST.index(crash.kind)


def source_name(source: str) -> str:
    """How people are told of an input."""
    return "standard input" if source == "-" else source


def short_function(name: str) -> str:
    """`golang.(*renamer).checkStructField` of a name with its whole path."""
    head, bracket, rest = name.partition("[")
    return head.rpartition("/")[2] + bracket + rest if head else name


def short_file(file: str) -> str:
    """The file with as many folders as tell it: its package's, and the module's where the path has it."""
    path = file.replace("\\", "/")
    for mark in ("/pkg/mod/", "/vendor/"):
        if mark in path:
            return _without_host(path.partition(mark)[2])
    for mark in ("/src/tools/", "/x/tools/"):
        if mark in path:
            return path.partition(mark)[2]
    if "/go/src/" in path or "/goroot/src/" in path.lower():
        return path.rpartition("/src/")[2]
    return "/".join(path.split("/")[-2:])


def _without_host(path: str) -> str:
    """`gopls@v0.16.1/internal/…` of `golang.org/x/tools/gopls@v0.16.1/internal/…`."""
    head, at, rest = path.partition("@")
    return head.rpartition("/")[2] + at + rest if at else path


def place(frame: Frame) -> str:
    """`rename_check.go:476` with its folder; "" where none was printed."""
    if not frame.file:
        return ""
    line = "" if frame.line is None else f":{frame.line}"
    return f"{short_file(frame.file)}{line}"


def below_panic(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Frames below the last call of panic: what was done when it went wrong."""
    last = max((at for at, each in enumerate(frames) if each.function in _PANIC_FUNCTIONS), default=-1)
    return frames[last + 1 :]


def role(frame: Frame) -> FrameRole:
    """What a frame tells."""
    return frame_role(function_name(frame.function))


def telling_frames(stack: Stack, limit: int = _SHOWN_FRAMES) -> tuple[Frame, ...]:
    """The frames that matter: where it went wrong, then who led there; neither the runtime nor what carries requests."""
    frames = [each for each in below_panic(stack.frames) if role(each) is not FrameRole.MACHINERY]
    if not frames:
        return stack.frames[:limit]
    chosen = [frames[0]]
    for each in frames[1:]:
        if len(chosen) == limit:
            break
        if role(each) is FrameRole.OWNER and not is_carrier(each):
            chosen.append(each)
    return tuple(chosen)


def is_carrier(frame: Frame) -> bool:
    """True for what every request comes through."""
    return frame.function.startswith(_CARRIERS)


def speaking_frame(stack: Stack) -> Frame | None:
    """The one frame that says what a goroutine is there for."""
    best: Frame | None = None
    for frame in stack.frames:
        told = role(frame)
        if told is FrameRole.OWNER:
            return frame
        if told is FrameRole.HELPER and best is None:
            best = frame
    return best or stack.created_by or (stack.frames[0] if stack.frames else None)


def waits(bucket: Bucket) -> str:
    """`3 to 12 minutes`; "" where none was printed."""
    if bucket.waited_minutes is None:
        return ""
    low, high = bucket.waited_minutes
    if low == high:
        return f"{high} minute{'' if high == 1 else 's'}"
    return f"{low} to {high} minutes"


def states(bucket: Bucket) -> str:
    """`chan receive`, with what is printed beside it."""
    words = ", ".join(state for state, _ in bucket.states)
    if bucket.locked:
        words += ", locked to thread"
    return words


def plural(count: int, one: str, many: str = "") -> str:
    """`1 stack`, `1,002 goroutines`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def program(crash: Crash) -> str:
    """Who ended, as a subject: `gopls v0.16.1`; `a Go program` where nothing proves which."""
    return " ".join(each for each in (crash.program or "a Go program", crash.program_version) if each)
