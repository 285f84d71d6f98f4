"""The server's arguments as the probe may use them: nothing that reaches a running gopls, nothing that writes a file.

An editor's flags are taken as they are, but for those that would make the probe more than an observer. A flag that
gopls does not have stays, since its refusal is what the probe is there to show.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_DROPPED = {
    "remote": "a running gopls is never spoken to",
    "listen": "the probe speaks over standard input",
    "port": "the probe speaks over standard input",
    "debug": "its port may belong to a running gopls",
    "mcp.listen": "its port may belong to a running gopls",
    "logfile": "a running gopls may be writing to that file",
    "otel": "nothing is sent anywhere",
    "ocagent": "nothing is sent anywhere",
    "rpc.trace": "the conversation is listened to as it is",
    "profile.alloc": "no profile is written",
    "profile.block": "no profile is written",
    "profile.cpu": "no profile is written",
    "profile.mem": "no profile is written",
    "profile.trace": "no profile is written",
}
_SWITCHES = {"rpc.trace"}
"""Of those, the ones without a value; Go's flag package takes a value as `-name=value` or as the next argument."""


def observing_arguments(command: Sequence[str], folder: str) -> tuple[list[str], list[str]]:
    """The command without what an observer must not use, and a sentence for each argument that was dropped."""
    kept, notes = [command[0]], []
    for words in _flags(command[1:]):
        name, _, value = words[0].lstrip("-").partition("=")
        why = _DROPPED.get(name) if words[0].startswith("-") else None
        given = value or " ".join(words[1:])
        if why is None or (name == "logfile" and not _can_be_written(given, folder)):
            kept.extend(words)
        else:
            notes.append(f"{' '.join(words)} was left out: {why}")
    return kept, notes


def _flags(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each argument, a dropped flag together with the value that is its own argument."""
    rest = iter(words)
    for word in rest:
        name, equals, _ = word.lstrip("-").partition("=")
        if word.startswith("-") and name in _DROPPED and name not in _SWITCHES and not equals:
            value = next(rest, None)
            yield (word,) if value is None else (word, value)
        else:
            yield (word,)


def _can_be_written(log: str, folder: str) -> bool:
    """True if gopls could create that log; if not, it ends at once and says so, and nothing is written."""
    if log == "auto":
        return True
    path = Path(folder, log)
    return os.access(path if path.exists() else path.parent, os.W_OK)
