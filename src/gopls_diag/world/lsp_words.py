"""Words for what happens in a session: how a server was not started, answered, and ended."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from gopls_diag.model.session import SessionStep, SessionTranscript


def start_error(problem: OSError | ValueError, folder: str) -> str:
    """Why a program could not be started in that folder, as `SessionTranscript.start_error` has it."""
    if isinstance(problem, OSError) and problem.filename == folder:
        return f"the folder {folder} cannot be entered"
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        return "missing"
    if isinstance(problem, PermissionError):
        return "denied"
    if isinstance(problem, OSError):
        return "format" if problem.errno == errno.ENOEXEC else problem.strerror or str(problem)
    return str(problem)


def ending(code: int) -> str:
    """How a process ended, from its return code as Python gives it: below zero for a signal."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def file_uri(path: str) -> str:
    """The URI of a path; a name that is no UTF-8 keeps its bytes."""
    if sys.platform == "win32":
        return "file:///" + urllib.parse.quote(path.replace("\\", "/"), safe="/~")
    return "file://" + urllib.parse.quote(os.fsencode(path), safe="/~")


def first_line(text: str) -> str:
    """The first line, cut to what a step's result has room for."""
    return (text.strip().splitlines() or [""])[0][:200]


def words_of_load(text: str) -> str:
    """How loading ended, in a line: of an error, go's own words, which stand behind `stderr:`."""
    _, _, said = text.partition(": stderr: ")
    return first_line(said) or first_line(text)


def server_name(answer: Any) -> str:
    """`gopls v0.23.0 (go1.27.3)`, from the answer to initialize.

    serverInfo.version of gopls is its build information as JSON (seen with v0.16.2 to v0.23.0).
    """
    server = answer.get("serverInfo") if isinstance(answer, Mapping) else None
    if not isinstance(server, Mapping):
        return "answered"
    name, version = str(server.get("name", "server")), str(server.get("version", ""))
    try:
        build = json.loads(version)
        return f"{name} {build.get('Version') or build['Main']['Version']} ({build['GoVersion']})"
    except (ValueError, KeyError, TypeError, AttributeError):
        return first_line(f"{name} {version}")


def judge_answer(name: str, answer: Any, word: str) -> tuple[bool, str]:
    """Whether a hover or completion was answered well, and in a few words what with.

    Args:
        name: hover or completion.
        answer: the result.
        word: what was hovered over or completed after; empty when the place was only a guess.
    """
    if name == "hover":
        return bool(answer) or not word, "answered" if answer else "nothing known at this place"
    items = answer.get("items") if isinstance(answer, Mapping) else answer
    count = len(items) if isinstance(items, list) else 0
    # After the dot of an imported package there is always something to offer; elsewhere the place is only a guess.
    return count > 0 or not word, f"{count} items" + (f" after {word}." if word else "")


def not_started(why: str, notes: Iterable[str]) -> SessionTranscript:
    """What was heard of a server that could not be started."""
    step = SessionStep("start", 0.0, None, f"could not be started ({why})", is_ok=False)
    return SessionTranscript((step,), (), None, None, None, None, start_error=why, notes=tuple(notes))
