"""Whose crash it is: which goroutine, which function, which program and release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gopls_diag.model.crash import EndKind, SignalDetail
from gopls_diag.model.go_stack import Frame, Goroutine, Stack

_GOPLS_PREFIXES = ("golang.org/x/tools/gopls/", "golang.org/x/tools/internal/lsp", "golang.org/x/tools/cmd/gopls")
_GOPLS_MAIN_PATTERN = re.compile(r"(?:[/\\]gopls(?:@[^/\\]{1,100})?|[/\\]cmd[/\\]gopls)[/\\]main\.go")
_GO_MAIN_PATTERN = re.compile(r"[/\\]src[/\\]cmd[/\\][^\n]{1,200}")
_GOPLS_VERSION_PATTERN = re.compile(r"golang\.org[/\\]x[/\\]tools[/\\]gopls@(v[0-9][0-9A-Za-z.+-]{1,80})[/\\]")
_GO_VERSION_PATTERNS = (
    re.compile(
        r"[/\\]go-?(1\.[0-9]{1,3}(?:\.[0-9]{1,3}|rc[0-9]{1,2}|beta[0-9]{1,2})?)[/\\](?:[^\n]{0,40}[/\\])?src[/\\]"
    ),
    re.compile(r"golang\.org[/\\]toolchain@v0\.0\.1-go(1\.[0-9]{1,3}(?:\.[0-9]{1,3}|rc[0-9]{1,2}|beta[0-9]{1,2})?)\."),
    re.compile(
        r"[/\\]go(?:lang)?[/\\](1\.[0-9]{1,3}(?:\.[0-9]{1,3})?)(?:[_-][0-9]{1,3})?[/\\](?:libexec|x64|arm64|x86|go)[/\\]src[/\\]"
    ),
)
_RUNNING = frozenset(("running", "syscall", "copystack", "preempted", "waiting for cgo callback"))

_ON_ITS_THREAD = frozenset(("garbage collection", "garbage collection scan", "stack growth", "stack split"))
"""States in which a goroutine waits for its own thread: where a dump names no threads, they tell which one it was."""


def is_runtime(function: str) -> bool:
    """True for the runtime's own functions and `panic`, which stand above what crashed."""
    return function.startswith(("runtime.", "internal/runtime/")) or function in ("panic", "")


def top_frame(frames: Sequence[Frame]) -> Frame | None:
    """The innermost frame that is not the runtime's own."""
    return next((each for each in frames if not is_runtime(each.function)), None)


def origin_frame(frames: Sequence[Frame]) -> Frame | None:
    """The innermost frame below the outermost panic call, if that is another one than the innermost of all."""
    last = next((at for at in range(len(frames) - 1, -1, -1) if _is_panic(frames[at].function)), None)
    if last is None:
        return None
    found = top_frame(frames[last + 1 :])
    top = top_frame(frames)
    if found is None or top is None or (found.function, found.file, found.line) == (top.function, top.file, top.line):
        return None
    return found


def _is_panic(function: str) -> bool:
    return function in ("panic", "runtime.panic", "runtime.gopanic")


def crashing(
    kind: EndKind, signal: SignalDetail | None, leading: Sequence[Goroutine], has_runtime_stack: bool
) -> Goroutine | None:
    """The goroutine that crashed, of those that were printed first.

    `dopanic_m` and `tracebackothers` of golang/go src/runtime/panic.go and traceback.go print it first; where the
    runtime was on a thread's own stack (`runtime stack:`, `goroutine 0`), the one that this thread ran for comes next,
    if there is any.
    """
    if not leading or kind in (EndKind.DUMP, EndKind.RACE, EndKind.EXIT, EndKind.KILLED):
        return None
    first = leading[0]
    if kind is EndKind.PANIC:
        return next((each for each in leading if each.state == "running"), first)
    if kind is EndKind.SIGNAL and signal is not None and is_sent(signal) and not signal.during_cgo:
        return None
    if first.id == 0:
        behind = leading[1] if len(leading) > 1 else None
        is_same_thread = behind is not None and (first.thread is None or behind.thread == first.thread)
        if behind is not None and behind.state in _RUNNING and behind.stack.is_available and is_same_thread:
            return behind
        return first
    if has_runtime_stack and first.thread is None and first.state not in _RUNNING | _ON_ITS_THREAD:
        return None
    return first


def is_sent(signal: SignalDetail) -> bool:
    """True if a process sent it: SI_USER is 0 on Linux, 0x10001 on FreeBSD; SI_QUEUE is -1. Windows sends none."""
    return signal.code in (0, -1, 0x10001) and not signal.name.startswith("0x")


def program_of(stacks: Iterable[Stack]) -> str:
    """`gopls` or `go`, where the functions prove it; else ""."""
    found = ""
    for stack in stacks:
        frames = stack.frames if stack.created_by is None else (*stack.frames, stack.created_by)
        for frame in frames:
            function = frame.function
            if function.startswith(_GOPLS_PREFIXES):
                return "gopls"
            if function == "main.main" and frame.file:
                if _GOPLS_MAIN_PATTERN.search(frame.file):
                    return "gopls"
                if _GO_MAIN_PATTERN.search(frame.file):
                    found = "go"
            elif function.startswith("cmd/"):
                found = "go"
    return found


def versions_of(stacks: Iterable[Stack]) -> tuple[str, str]:
    """(release of gopls, release of Go) where the paths of the sources tell: ("v0.16.1", "go1.22.10"); "" if not."""
    gopls = go = ""
    seen: set[str] = set()
    for stack in stacks:
        for frame in stack.frames:
            file = frame.file
            if not file or file in seen:
                continue
            seen.add(file)
            if not gopls and (matched := _GOPLS_VERSION_PATTERN.search(file)):
                gopls = matched[1]
            if not go and "src" in file and _is_of_go(frame.function):
                go = _go_version(file)
        if gopls and go:
            break
    return gopls, go


def _is_of_go(function: str) -> bool:
    """True for functions of the standard library: a GOPATH may bear a version in its name too."""
    package = function[: function.find(".", function.rfind("/") + 1)]
    return not package.startswith("main") and "." not in package.partition("/")[0]


def _go_version(file: str) -> str:
    for pattern in _GO_VERSION_PATTERNS:
        if matched := pattern.search(file):
            return "go" + matched[1]
    return ""
