"""Words about stacks: short names, the frames that matter, what a goroutine is there for."""

from __future__ import annotations

from collections.abc import Sequence

from gopls_diag.model.crash import Crash
from gopls_diag.model.go_stack import Bucket, Frame, Stack
from gopls_diag.parse.go_crash.frame_role import FrameRole, frame_role
from gopls_diag.parse.go_crash.function_name import function_name

_PANIC_FUNCTIONS = ("panic", "runtime.gopanic", "runtime.sigpanic", "runtime.throw", "runtime.fatal")
_TOOLS = "golang.org/x/tools/"
_CARRIERS = (
    f"{_TOOLS}internal/jsonrpc2",
    f"{_TOOLS}gopls/internal/lsprpc",
    f"{_TOOLS}gopls/internal/protocol.",
    f"{_TOOLS}internal/lsp/protocol.",
    f"{_TOOLS}internal/lsp/lsprpc",
)
"""Packages through which every request comes; they tell nothing of one."""
_HANDLERS = (
    f"{_TOOLS}gopls/internal/server.(*server).",
    f"{_TOOLS}gopls/internal/lsp.(*Server).",
    f"{_TOOLS}internal/lsp.(*Server).",
)
"""Methods that are named like the requests that they answer, in the order of the releases that had them there."""
_SHOWN_FRAMES = 3


def telling_buckets(crash: Crash) -> tuple[Bucket, ...]:
    """The buckets, those first of which an explanation speaks, then in their own order."""
    named = [each for explanation in crash.explanations for each in explanation.goroutines[:8]]
    if not named:
        return crash.buckets
    rank = {each: at for at, each in reversed(list(enumerate(named)))}
    last = len(named)
    return tuple(sorted(crash.buckets, key=lambda each: min((rank.get(one, last) for one in each.ids), default=last)))


def purpose(stack: Stack) -> str:
    """What a goroutine is there for: `gocommand.runCmdContext, for Initialized`, `main.wait, called by main.serve`."""
    frame = speaking_frame(stack)
    if frame is None:
        return "no stack"
    name, request = short_function(frame.function), request_served(stack)
    if request:
        return name if request in name else f"{name}, for {request}"
    below = stack.frames[stack.frames.index(frame) + 1 :] if frame in stack.frames else ()
    caller = next((each for each in below if role(each) is FrameRole.OWNER and not is_carrier(each)), None)
    if caller is None or caller.function.startswith(frame.function):
        return name
    return f"{name}, called by {short_function(caller.function)}"


def short_function(name: str) -> str:
    """`golang.(*renamer).checkStructField` of a name with its whole path."""
    head, bracket, rest = name.partition("[")
    return head.rpartition("/")[2] + bracket + rest if head else name


def short_file(file: str) -> str:
    """The file with as many folders as tell it: from the module's or GOROOT's on, else its last two names."""
    path = file.replace("\\", "/")
    if "/pkg/mod/" in path:
        return _without_host(path.partition("/pkg/mod/")[2])
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
    """`rename_check.go:476`; with the path for a program's own code, which its reader can open; "" where none was."""
    if not frame.file:
        return ""
    line = "" if frame.line is None else f":{frame.line}"
    if is_of_tools(frame) or not is_users(frame):
        return frame.file.replace("\\", "/").rpartition("/")[2] + line
    return frame.file + line


def is_of_tools(frame: Frame) -> bool:
    """True for code of gopls and golang.org/x/tools."""
    return frame.function.startswith(_TOOLS)


def is_users(frame: Frame) -> bool:
    """True for code that is neither the standard library's nor from the module cache."""
    path = frame.file.replace("\\", "/")
    package = function_name(frame.function).package
    is_standard = package not in ("", "main") and "." not in package.partition("/")[0] and f"/src/{package}/" in path
    return "/" in path and not is_standard and "/pkg/mod/" not in path and "/go/src/" not in path


def below_panic(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Frames below the last call of panic: what was done when it went wrong."""
    last = max((at for at, each in enumerate(frames) if each.function in _PANIC_FUNCTIONS), default=-1)
    return frames[last + 1 :]


def role(frame: Frame) -> FrameRole:
    """What a frame tells."""
    return frame_role(function_name(frame.function))


def telling_frames(stack: Stack, limit: int = _SHOWN_FRAMES) -> tuple[Frame, ...]:
    """The frames that matter: where it went wrong, then who led there; not the runtime nor what carries requests."""
    frames = [each for each in below_panic(stack.frames) if role(each) is not FrameRole.MACHINERY]
    if not frames:
        return stack.frames[:limit]
    chosen = [frames[0]]
    for each in frames[1:]:
        if len(chosen) == limit:
            break
        if role(each) is FrameRole.OWNER and not is_carrier(each) and each.function != chosen[-1].function:
            chosen.append(each)
    return tuple(chosen)


def telling_accesses(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """Of an access that raced: the two innermost frames that are not the runtime's."""
    return tuple(each for each in frames if role(each) is not FrameRole.MACHINERY)[:2] or tuple(frames[:1])


def is_carrier(frame: Frame) -> bool:
    """True for what every request comes through."""
    return frame.function.startswith(_CARRIERS)


def request_served(stack: Stack) -> str:
    """`Hover`: the request that gopls was answering, by the name of its handler; "" if the stack shows none."""
    for frame in stack.frames:
        for each in _HANDLERS:
            if frame.function.startswith(each):
                name = frame.function[len(each) :].partition(".")[0]
                if name[:1].isupper():
                    return name
    return ""


def speaking_frame(stack: Stack) -> Frame | None:
    """The one frame that says what a goroutine is there for."""
    best: Frame | None = None
    for frame in stack.frames:
        told = role(frame)
        if told is FrameRole.OWNER and not is_carrier(frame):
            return frame
        if told is not FrameRole.MACHINERY and (best is None or role(best) is FrameRole.HELPER is not told):
            best = frame
    return best or stack.created_by or (stack.frames[0] if stack.frames else None)


def waits(bucket: Bucket) -> str:
    """`3 to 12 minutes`; "" where none was printed."""
    if bucket.waited_minutes is None:
        return ""
    low, high = bucket.waited_minutes
    if low == high:
        return plural(high, "minute")
    return f"up to {plural(high, 'minute')}" if low == 0 else f"{low:,} to {plural(high, 'minute')}"


def states(bucket: Bucket) -> str:
    """`chan receive`, with what is printed beside it."""
    words = ", ".join(state for state, _ in bucket.states)
    if bucket.locked:
        words += ", locked to thread"
    return words


def plural(count: int, one: str, many: str = "") -> str:
    """`1 stack`, `1,002 goroutines`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
