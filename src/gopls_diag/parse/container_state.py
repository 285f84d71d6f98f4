"""What container engines keep of how a container ended.

`docker inspect` (moby api/types/container: State.OOMKilled, State.ExitCode, Path), `kubectl get -o json`
(ContainerStateTerminated: reason, exitCode), `kubectl describe`. Docker's OOMKilled says that some process within the
container was killed since its start, and stays (moby/moby#43564): it names nobody, so nor do we, unless the container
ended by that signal and runs nothing but the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.kernel_log import KernelEvent, KillKind, is_gopls_name

_KILLED_CODE = 137
"""128 and SIGKILL."""
_WORD_PATTERN = re.compile(
    r"^(?:- )?\"?[Rr]eason\"?: {1,30}\"?OOMKilled\"?,?$|^\S{1,253} +\d{1,4}/\d{1,4} +OOMKilled\b"
)
_FLAG_PATTERN = re.compile(r"(?:^|[{,]\s{0,40})\"?OOMKilled\"?[:=] ?true\b")


class ContainerReading(NamedTuple):
    """What was found."""

    crashes: tuple[Crash, ...]
    events: tuple[KernelEvent, ...]


def parse_container_words(lines: Iterable[str], *, source: str) -> ContainerReading:
    """Ends by lack of memory that stand in lines of any text: `Reason: OOMKilled`, `"OOMKilled": true`."""
    crashes: list[Crash] = []
    events: list[KernelEvent] = []
    for number, line in enumerate(lines, 1):
        if "OOMKilled" not in line:
            continue
        is_word = _WORD_PATTERN.search(line.strip()) is not None
        if not is_word and not _FLAG_PATTERN.search(line):
            continue
        text = line.strip()[:400].rstrip(",")
        crashes.append(_crash(source, number, text, "", _KILLED_CODE if is_word else None))
        events.append(_event(source, number, text, ""))
    return ContainerReading(tuple(crashes), tuple(events))


def is_container_state(text: str) -> bool:
    """True if a text begins like the JSON of `docker inspect` or `kubectl get -o json`."""
    head = text.lstrip("\ufeff \t\r\n")[:1]
    return head in ("[", "{") and (
        ('"State"' in text and ('"OOMKilled"' in text or '"ExitCode"' in text))
        or ('"kind"' in text and '"apiVersion"' in text)
        or ('"OOMKilled"' in text and '"ExitCode"' in text)
    )


def parse_container_state(text: str, *, source: str) -> ContainerReading | None:
    """The ends that such a JSON tells of; None if it is none (a cut one is read by its lines)."""
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    crashes: list[Crash] = []
    events: list[KernelEvent] = []
    lines = text.split("\n")
    for name, is_oom, code in _states(value):
        if not is_oom and code != _KILLED_CODE:
            continue
        mark = "OOMKilled" if is_oom else f": {_KILLED_CODE}"
        number = next((at for at, line in enumerate(lines, 1) if mark in line), 1)
        said = lines[number - 1].strip()[:400].rstrip(",")
        crashes.append(_crash(source, number, said, name, code))
        if is_oom:
            events.append(_event(source, number, said, name))
    return ContainerReading(tuple(crashes), tuple(events))


def _states(value: Any) -> Iterator[tuple[str, bool, int | None]]:
    """(program, killed for memory, exit code) of each container, wherever it stands; not deeper than JSON allows."""
    waiting = [(value, "")]
    while waiting:
        found, program = waiting.pop()
        if isinstance(found, list):
            waiting += [(each, program) for each in reversed(found)]
        elif isinstance(found, dict):
            path = found.get("Path")
            program = path if isinstance(path, str) else program
            code = found.get("ExitCode", found.get("exitCode"))
            is_oom = found.get("OOMKilled") is True or found.get("reason") == "OOMKilled"
            if isinstance(code, int) and not isinstance(code, bool):
                yield program, is_oom, code
            else:
                waiting += [(each, program) for each in reversed(list(found.values()))]


def _program(path: str) -> str:
    """gopls where the container runs it; any other program may have started one, so it proves nothing."""
    return "gopls" if is_gopls_name(path) else ""


def _crash(source: str, line: int, text: str, path: str, code: int | None) -> Crash:
    signal = SignalDetail("SIGKILL", "killed") if code == _KILLED_CODE else None
    program = _program(path) if code == _KILLED_CODE else ""
    return Crash(source, line, EndKind.KILLED, text, last_line=line, program=program, signal=signal, exit_code=code)


def _event(source: str, line: int, text: str, path: str) -> KernelEvent:
    name = path.rsplit("/", 1)[-1]
    return KernelEvent(KillKind.CGROUP_OUT_OF_MEMORY, text, source, line=line, process=name, reason="OOMKilled")
