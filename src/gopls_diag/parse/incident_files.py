"""Names of the files of an incident's folder, and what each is for."""

from __future__ import annotations

import re
from collections.abc import Iterable

INCIDENT = "incident.json"
STDERR = "stderr.log"
KERNEL = "kernel.log"
TIMELINE = "timeline.tsv"
EVENTS = "events.tsv"
RPC = "rpc.log"
_LOOK_PATTERN = re.compile(r"looks/[0-9]{3,6}-([a-z]{1,20})\.(?:txt|pb\.gz)")
_ABOUT = {
    INCIDENT: "what is known, and the verdict",
    STDERR: "the last that gopls wrote to standard error",
    KERNEL: "lines of the kernel's log that concern it",
    TIMELINE: "memory, processor time and more, a line for each sample",
    EVENTS: "requests, collections, commands, troubles, a line for each",
    RPC: "messages between editor and gopls, with source text",
}


def is_part(name: str) -> bool:
    """True for a name that files of an incident have (relative to its folder)."""
    return name in _ABOUT or _LOOK_PATTERN.fullmatch(name) is not None


def is_judged(name: str) -> bool:
    """True for a file that the verdict is made of. Messages are not: what they hold is nobody's to quote."""
    return name in (INCIDENT, STDERR, KERNEL) or (name.startswith("looks/") and name.endswith("-goroutines.txt"))


def is_private(name: str) -> bool:
    """True for what may hold source text or names that cannot be taken out: messages, binary profiles."""
    return name == RPC or name.endswith(".pb.gz")


def about(name: str) -> str:
    """What a file holds, in words."""
    look = _LOOK_PATTERN.fullmatch(name)
    if look:
        return "goroutines while something was wrong" if look[1] == "goroutines" else f"{look[1]} profile"
    return _ABOUT.get(name, "")


def packed_names(names: Iterable[str]) -> list[str]:
    """Those of the names that are parts of an incident, in their order."""
    return sorted(each for each in names if is_part(each))


def judged_names(names: Iterable[str]) -> list[str]:
    """Those that the verdict is made of, what says most first."""
    found = {each for each in names if is_judged(each)}
    first = [each for each in (INCIDENT, STDERR, KERNEL) if each in found]
    return first + sorted(found.difference(first))
