"""What the recorder has to know before it begins: its session, its settings, whose gopls it is."""

from __future__ import annotations

import contextlib
import os
import socket
import stat as stat_bits
import sys
from datetime import datetime
from pathlib import Path

from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.editor_process import editor_of
from gopls_diag.parse.private_words import PrivateWords
from gopls_diag.world.otlp_receiver import OtlpReceiver
from gopls_diag.world.process_samples import process_samples
from gopls_diag.world.record_folders import record_settings_file
from gopls_diag.world.recorder_clock import Moment
from gopls_diag.world.redaction import may_keep_variable

_GENERATIONS = 8
_OLDEST_SECONDS = 24 * 3600.0
_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "fish", "env", "timeout", "nice"))


def read_settings() -> tuple[RecordSettings, tuple[str, ...]]:
    """Of record.toml, and what in it was passed over."""
    try:
        text = record_settings_file().read_text(encoding="utf-8", errors="replace")
    except (OSError, RuntimeError):  # no such file; no home folder
        return RecordSettings(), ()
    from gopls_diag.parse.record_settings import parse_record_settings  # noqa: PLC0415 - needs a parser of TOML

    return parse_record_settings(text)


def kept_environment(variables: dict[str, str] | None) -> dict[str, str]:
    """Variables whose names are on the allow-list, without words that have the shape of a secret."""
    private = PrivateWords()
    return {
        name: private.clean_secrets(value)[:4000]
        for name, value in (variables or {}).items()
        if may_keep_variable(name)
    }


def editor_name(pid: int) -> str:
    """Of the nearest ancestor that is an editor; else the name of the nearest that is no shell."""
    nearest = ""
    for _ in range(_GENERATIONS):
        if pid <= 1:
            break
        process = process_samples(pid)
        name = process.name
        found = editor_of(name, process.executable(), process.command())
        if found is not None:
            return found[1]
        if not nearest and name not in _SHELLS:
            nearest = name
        pid = process.parent() or 0
    return nearest


def age_of(started: str, now: Moment, process_started: float | None) -> float:
    """Seconds since the session began.

    The process's own start, by the steady clock, is not moved when the wall clock is set; the launcher starts gopls
    first of all.
    """
    if process_started is not None and now.steady - process_started >= 0:
        return now.steady - process_started
    with contextlib.suppress(ValueError, OverflowError, OSError):
        age = now.wall - datetime.fromisoformat(started).timestamp()
        if 0 <= age <= _OLDEST_SECONDS:
            return age
    return 0.0


def receiver() -> OtlpReceiver | None:
    """Of what the launcher left for us; None if gopls tells nothing, or it cannot be heard."""
    descriptor, port = os.environ.pop("GOPLS_DIAG_OTEL_FD", ""), os.environ.pop("GOPLS_DIAG_OTEL_PORT", "")
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        if descriptor.isdigit():
            number = int(descriptor)
            os.set_inheritable(number, False)
            heard = OtlpReceiver.of_socket(number) if _is_listening(number) else OtlpReceiver.of_stream(number)
        elif port.isdigit():
            heard = OtlpReceiver.of_port(int(port))
        else:
            return None
        heard.start()
        return heard
    return None


def _is_listening(descriptor: int) -> bool:
    if not stat_bits.S_ISSOCK(os.fstat(descriptor).st_mode):
        return False
    if sys.platform == "darwin":  # which does not tell
        return True
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        return bool(copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def is_same_file(path: str, size: int, modified_ns: int, known: str) -> bool:
    """True if `path` leads to the file that is known by its path, size and time."""
    try:
        real = os.path.realpath(path)
        stat = os.stat(real)
    except OSError:
        return False
    return (real, stat.st_size, stat.st_mtime_ns) == (known, size, modified_ns)


def other_sessions(folder: Path) -> list[Path]:
    """Folders beside a session's."""
    try:
        return [each for each in folder.parent.iterdir() if each.name != folder.name and each.is_dir()]
    except OSError:
        return []


def become(arguments: list[str]) -> None:
    """This process is another program from here on; on Windows it starts it and goes on."""
    if os.name == "nt":
        import subprocess  # noqa: PLC0415 - only there

        flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        subprocess.Popen(arguments, creationflags=flags, close_fds=True)
        return
    os.execv(arguments[0], arguments)  # noqa: S606


def start_beside(arguments: list[str]) -> None:
    """Starts a program that nobody waits for."""
    import subprocess  # noqa: PLC0415 - seldom

    nothing = subprocess.DEVNULL
    subprocess.Popen(arguments, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=os.name != "nt")
