"""How gopls is to be started: the settings beside the launcher, the real gopls, and its arguments."""

from __future__ import annotations

import contextlib
import json
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

# fmt: off
TAKES_VALUE = {
    "debug", "listen", "listen.timeout", "logfile", "mcp.listen", "mode", "ocagent", "otel", "port", "profile.alloc",
    "profile.block", "profile.cpu", "profile.mem", "profile.trace", "remote", "remote.debug", "remote.listen.timeout",
    "remote.logfile",
}
"""Flags of gopls v0.16 to v0.24 whose value may stand as a word of its own."""
# fmt: on


class Settings:
    """launcher.json, in which nothing must be there and everything may be of a wrong type."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        def text(name: str) -> str:
            value = values.get(name)
            return value if isinstance(value, str) else ""

        def texts(name: str) -> list[str]:
            value = values.get(name)
            return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

        def size(name: str) -> int:
            value = values.get(name)
            return value if type(value) is int and value > 0 else 8 << 20

        self.gopls, self.state = text("gopls"), text("state")
        self.search, self.recorder = texts("search"), texts("recorder")
        self.stderr_bytes, self.rpc_bytes = size("stderr_bytes"), size("rpc_bytes")
        self.otel, self.debug, self.gctrace, self.rpc_trace, self.keep_alive = (
            values.get(name) is True for name in ("otel", "debug", "gctrace", "rpc_trace", "keep_alive")
        )
        self.binary = _object(values.get("binary"))

    def knows(self, program: str) -> bool:
        """Whether the program is the very file that was asked for its flags."""
        try:
            info = os.stat(program)
        except OSError:
            return False
        known = self.binary
        told = (known.get("path"), known.get("bytes"), known.get("modified_ns"))
        return told == (os.path.realpath(program), info.st_size, info.st_mtime_ns)


def read_document(path: str) -> dict[str, Any]:
    """The object in a file of JSON; empty if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            value = json.loads(file.read(1 << 20))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def read_words(arguments: Sequence[str]) -> tuple[bool, int, set[str]]:
    """Whether gopls is to serve an editor, where the word `serve` is (-1 if it is not), and the names of the flags."""
    is_session, serve, flags, is_value = True, -1, set(), False
    for at, word in enumerate(arguments):
        if is_value:
            is_value = False
        elif len(word) > 1 and word[0] == "-" and word != "--":
            name, has_value, _ = word[2 if word[1] == "-" else 1 :].partition("=")
            flags.add(name)
            is_value = name in TAKES_VALUE and not has_value
            is_session = is_session and name not in {"h", "help"}
        elif serve >= 0:
            break
        elif word != "serve":
            return False, serve, flags
        else:
            serve = at
    return is_session, serve, flags


def is_program(path: str) -> bool:
    """Whether a file can be started."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.X_OK)
    except OSError:
        return False


def find_gopls(settings: Settings, own: str) -> str:
    """The configured one, the first on PATH, or the first in the folders to search; never a launcher; "" for none."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *settings.search]
    candidates = [settings.gopls, *(os.path.join(each, "gopls") for each in folders)]
    launchers = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(own) if own else ():
            info = os.stat(os.path.join(own, name))
            launchers.add((info.st_dev, info.st_ino))
    for each in candidates:
        # What a relative entry names depends on the editor's working folder, which may be anybody's.
        if os.path.isabs(each) and is_program(each):
            info = os.stat(each)
            beside = os.path.join(os.path.dirname(os.path.realpath(each)), "launcher.json")
            if (info.st_dev, info.st_ino) not in launchers and not os.path.lexists(beside):
                return each
    return ""


def not_found_words(settings: Settings) -> str:
    """Where there is no gopls."""
    first = f"neither at {settings.gopls} nor on PATH" if settings.gopls else "neither on PATH"
    return f"there is no gopls, {first}" + "".join(f" nor in {each}" for each in settings.search)


def find_remedy(state: str, program: str, folder: str, given: Sequence[str]) -> Mapping[str, Any]:
    """The entry of keep-alive.json for a gopls in a folder with these arguments; empty if there is none."""
    import datetime

    entries = read_document(os.path.join(state, "keep-alive.json")).get("entries")
    now = datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017 - Python 3.9 has no datetime.UTC
    for each in map(_object, entries if isinstance(entries, list) else ()):
        try:
            until = datetime.datetime.fromisoformat(str(each.get("until")).replace("Z", "+00:00"))
            is_over = until <= now
        except (ValueError, TypeError):
            continue
        is_for = each.get("gopls") in {program, os.path.realpath(program)} and each.get("folder", "") in {"", folder}
        if is_for and not is_over and each.get("given_arguments") in (None, list(given)):
            return each
    return {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


class Plan:
    """How gopls is going to be started: with what the settings ask for and the arguments do not hold already."""

    def __init__(self, settings: Settings, program: str, given: Sequence[str], environment: dict[str, str]) -> None:
        self.settings, self.program, self.environment = settings, program, environment
        self.given, self.arguments = list(given), list(given)
        self.words, self.is_debugged = "", False
        self.otel: Any = None
        self.messages: tuple[int, int] | None = None
        """The ends of the pipe into which gopls writes its messages."""
        try:
            self.folder = os.getcwd()
        except OSError:
            self.folder = ""
        if settings.keep_alive and settings.state and program:
            self._follow_remedy()
        if settings.gctrace:
            before = environment.get("GODEBUG", "")
            environment["GODEBUG"] = f"{before},gctrace=1" if before else "gctrace=1"
        if program and settings.knows(program):
            self._add_flags()

    def _follow_remedy(self) -> None:
        found = find_remedy(self.settings.state, self.program, self.folder, self.given)
        for name, value in _object(found.get("environment")).items():
            if name and isinstance(value, str) and not set("=\0") & set(name) and "\0" not in value:
                self.environment[name] = value
        arguments = found.get("arguments")
        if isinstance(arguments, list) and all(isinstance(each, str) for each in arguments):
            self.arguments = list(arguments)
        words = found.get("words")
        self.words = words if isinstance(words, str) else ""

    def _add_flags(self) -> None:
        _, serve, present = read_words(self.arguments)
        settings, of_all, of_serve = self.settings, [], []
        can_record = bool(settings.state and settings.recorder and is_program(settings.recorder[0]))
        if settings.otel and settings.binary.get("otel") is True and "otel" not in present and can_record:
            self._listen()
            if self.otel:
                of_all = [f"-otel=http://127.0.0.1:{self.otel.getsockname()[1]}"]
        if settings.debug and not present & {"debug", "remote"}:
            self.is_debugged = True
            of_serve = ["-debug=127.0.0.1:0"]
        if settings.rpc_trace and settings.state and not present & {"rpc.trace", "logfile"}:
            with contextlib.suppress(OSError):
                self.messages = os.pipe()
                os.set_inheritable(self.messages[1], True)
                of_serve += ["-rpc.trace", f"-logfile=/dev/fd/{self.messages[1]}"]
        self.arguments = [*of_all, *self.arguments[: serve + 1], *of_serve, *self.arguments[serve + 1 :]]

    def _listen(self) -> None:
        import socket

        with contextlib.suppress(OSError):
            self.otel = socket.create_server(("127.0.0.1", 0), backlog=16)
