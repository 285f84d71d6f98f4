"""A short name for a defect: the same for all its crashes, in every release.

A signature is the kind of the error and the innermost function of the program that knows what it does, below the
first cause of the panic. Line numbers, arguments, addresses, goroutines, the numbers of closures, and who called do not
enter: they differ between releases, machines and the ways that lead to one bug. Further functions enter only where the
first one does not tell: a literal of a package-level variable has no name, so its caller stands beside it.

An infinite recursion is known by the functions that repeat, whichever of them met the end of the stack; a data race by
both accesses. Where the runtime found memory destroyed, was refused memory, or was killed, the stack shows who was
there and not who did it; then the signature is made of the words of the message alone. A dump that somebody asked for
is no defect and has none.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections import Counter
from collections.abc import Sequence

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.error_class import (
    DATA_RACE,
    STACK_OVERFLOW,
    USERS_FATAL_CLASSES,
    constant_words,
    error_class,
    is_own_message,
)
from gopls_diag.parse.go_crash.frame_role import FrameRole, frame_role, function_key, speaks_for_itself
from gopls_diag.parse.go_crash.function_name import FunctionName, canonical_package, function_name

ID_LENGTH = 10
"""Characters of base32, 50 bits: among 100,000 defects two share an id with a probability of 1 in 200,000."""
MOST_FRAMES = 400
"""Frames that are looked at: 100 are printed, or 50 and 50 around a gap, and those of a panic within a panic."""
_OFTEN = 0.6
"""A function that repeats belongs to the cycle if it stands there this often, measured by the commonest."""

_PANIC_FUNCTIONS = {"panic", "runtime.gopanic", "runtime.sigpanic", "runtime.throw", "runtime.fatal", "runtime.panic"}
_PRINTED_FRAME_PATTERN = re.compile(r"^\t{0,3}([^\s(][^\t\n]{0,900})\([^()\n]*\)$")
_SENT_SIGNAL_CODES = {0, -6}
"""SI_USER and SI_TKILL: a process sent it (Linux; golang/go src/runtime/os_linux.go)."""
_NEVER_A_FAULT = {"SIGABRT", "SIGQUIT", "SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGSYS"}


def signature(crash: Crash) -> tuple[str, tuple[str, ...]]:
    """The id and what it was made of: the kind of error, then functions, innermost first; ("", ()) if nothing tells."""
    parts, keys = _parts(crash)
    return (_id(keys), parts) if keys else ("", ())


def same(one: Crash, other: Crash) -> str | None:
    """Why two crashes are taken for one defect, in words for people; None if they are not."""
    first_id, first = signature(one)
    if not first_id or first_id != signature(other)[0]:
        return None
    error, *functions = first
    if not functions:
        return f"both are: {error}"
    names = " and ".join(_short(each) for each in functions)
    rule = f"both are {error} in {names}, the innermost function that knows what it does"
    printed = [_innermost_names(each, first[1:]) for each in (one, other)]
    if printed[0] and printed[1] and printed[0] != printed[1]:
        rule += f"; it is printed as {printed[0]} in one and as {printed[1]} in the other"
    return rule


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _innermost_names(crash: Crash, functions: Sequence[str]) -> str:
    keys = {function_key(function_name(each)) for each in functions}
    for frame in _frames(crash):
        if function_key(_named(frame)) in keys:
            return frame.function
    return ""


def _id(keys: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(keys).encode("utf-8", errors="backslashreplace")).digest()
    return b32encode(digest).decode("ascii").lower()[:ID_LENGTH]


def _parts(crash: Crash) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is shown, and what is hashed: the same without what differs between releases."""
    if crash.kind in (EndKind.DUMP, EndKind.HANG):
        return (), ()
    if crash.kind in (EndKind.OOM, EndKind.KILLED, EndKind.EXIT):
        return _cause_only(crash)
    if crash.kind == EndKind.RACE:
        return _race(crash)
    if crash.kind == EndKind.SIGNAL and crash.signal is not None and _was_sent(crash):
        return _of_words(f"{crash.signal.name} sent by a process")
    error = _error(crash)
    frames = _frames(crash)
    if crash.kind == EndKind.FATAL and error not in USERS_FATAL_CLASSES:
        return _of_words(f"fatal: {error}")
    if not frames:
        return (), ()
    if error == STACK_OVERFLOW:
        return _with(error, _cycle(frames))
    return _with(error, _telling(_below_panics(_quoted_frames(crash) or frames), error))


def _with(error: str, functions: Sequence[FunctionName]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not functions:
        return (), ()
    keys = tuple(function_key(each) for each in functions)
    return (error, *(each.text for each in functions)), (error.lower(), *keys)


def _of_words(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (words,), (words.lower(),)


def _cause_only(crash: Crash) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = constant_words(crash.message.removeprefix("fatal error: "))
    if crash.signal is not None:
        words = f"{words} {crash.signal.name}".strip()
    return _of_words(f"{crash.kind.value}: {words}") if words else ((), ())


def _race(crash: Crash) -> tuple[tuple[str, ...], tuple[str, ...]]:
    owners: dict[str, FunctionName] = {}
    for access in crash.race:
        if access.title.startswith("Goroutine"):
            continue
        for name in _telling(access.frames, DATA_RACE):
            owners.setdefault(function_key(name), name)
    return _with(DATA_RACE, [owners[key] for key in sorted(owners)])


def _was_sent(crash: Crash) -> bool:
    detail = crash.signal
    if detail is None or (_is_in_c(crash) and detail.code != 0):
        # abort() of C sends the signal to its own thread: SI_TKILL.
        return False
    return detail.code in _SENT_SIGNAL_CODES or detail.name in _NEVER_A_FAULT


def _is_in_c(crash: Crash) -> bool:
    """True if the goroutine had called C."""
    names = [each.function for each in _below_panics(_frames(crash)) if each.is_go]
    return bool(names) and (names[0] in ("runtime.cgocall", "runtime.asmcgocall") or "._Cfunc_" in names[0])


def _error(crash: Crash) -> str:
    """The class of the first cause; that of a fault without a message is the signal."""
    if crash.chain:
        return error_class(crash.chain[0].text)
    for start in ("panic: ", "fatal error: "):
        if crash.message.startswith(start):
            return error_class(crash.message.removeprefix(start))
    if crash.signal is not None:
        return f"signal {crash.signal.name}"
    return error_class(crash.message)


def _frames(crash: Crash) -> Sequence[Frame]:
    return crash.crashing.stack.frames[:MOST_FRAMES] if crash.crashing else ()


def _quoted_frames(crash: Crash) -> list[Frame]:
    """Frames in the text of the panic: a program that caught a panic elsewhere prints its stack with the value."""
    text = crash.chain[0].text if crash.chain else ""
    if "goroutine " not in text:
        return []
    found = []
    for line in text.splitlines()[:MOST_FRAMES]:
        frame = _PRINTED_FRAME_PATTERN.match(line)
        if frame and not line.lstrip("\t").startswith(("goroutine ", "created by ")):
            found.append(Frame(frame[1].partition("(0x")[0]))
    return found


def _below_panics(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Below the last call of panic: a deferred function that panics again stands above the one that was first."""
    last = -1
    for at, frame in enumerate(frames):
        if frame.function in _PANIC_FUNCTIONS:
            last = at
    return frames[last + 1 :]


def _named(frame: Frame) -> FunctionName:
    """The function of a frame; a closure that was inlined into another package is put back where its file is."""
    name = function_name(frame.function)
    if not name.inlined_into or not frame.file:
        return name
    package = _package_of(frame.file)
    if not package or package == name.package:
        return name
    return name._replace(package=package)


def _package_of(file: str) -> str:
    """The import path that a file of the module cache has; "" for any other file."""
    _, found, below = file.replace("\\", "/").partition("/pkg/mod/")
    folder = below.rpartition("/")[0]
    return canonical_package(folder) if found and "!" not in folder else ""


def _telling(frames: Sequence[Frame], error: str) -> list[FunctionName]:
    """The innermost function that knows what it does, and its caller if it has no name of its own."""
    owners: list[FunctionName] = []
    others: dict[FrameRole, FunctionName] = {}
    for frame in frames:
        if not frame.is_go:
            continue
        name = _in_its_place(_named(frame), frame, frames)
        role = frame_role(name)
        if not owners and speaks_for_itself(name) and is_own_message(error):
            return [name]
        if role is not FrameRole.OWNER:
            others.setdefault(role, name)
        elif not (owners and _is_nameless(name)):
            owners.append(name)
            if not _is_nameless(name):
                return owners
    if owners:
        return owners
    others.pop(FrameRole.MACHINERY, None)
    best = others.get(FrameRole.HELPER) or others.get(FrameRole.STANDARD)
    return [best] if best else []


def _in_its_place(name: FunctionName, frame: Frame, frames: Sequence[Frame]) -> FunctionName:
    """The same for a closure with two names before its own, if its own function is among the frames.

    Then it is clear whether the first one is the type of a receiver or what the function was inlined into, and whose
    package stands in front.
    """
    if not name.inlined_into:
        return name
    for each in frames:
        other = function_name(each.function)
        if other.name != name.name or other.inlined_into:
            continue
        if other.receiver == name.receiver or f".{other.receiver}.{name.name}." in frame.function:
            package = name.package if _package_of(frame.file) else other.package
            return name._replace(package=package, receiver=other.receiver)
    return name


def _is_nameless(name: FunctionName) -> bool:
    return name.name == "init" and name.is_closure


def _cycle(frames: Sequence[Frame]) -> list[FunctionName]:
    """The function that stands for a recursion: of those that repeat most, the first by name."""
    names: dict[str, FunctionName] = {}
    counts: Counter[str] = Counter()
    for frame in frames:
        name = _named(frame)
        if frame.is_go and frame_role(name) is not FrameRole.MACHINERY:
            key = function_key(name)
            names.setdefault(key, name)
            counts[key] += 1
    if not counts:
        return []
    most = max(counts.values())
    often = [key for key, count in counts.items() if count >= most * _OFTEN]
    owners = [key for key in often if frame_role(names[key]) is FrameRole.OWNER]
    return [names[min(owners or often)]]
