"""What was meant by flags and settings that stand where nothing reads them: what gopls takes, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gopls_diag.checks.settings._filters import filter_objection
from gopls_diag.checks.settings._names import acceptable, is_taken, modern
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags

_TRACING = frozenset({"rpc.trace", "v", "vv", "verbose", "veryverbose"})
"""Flags that make gopls write more: one that was inert is not switched on by a repair."""
SLOWS = "left out, since it would fill the log"
VARIABLE_PATTERN = re.compile(r"\$\{[A-Za-z][A-Za-z0-9_.:]{0,80}\}")
LOADING = frozenset({"buildFlags", "env", "directoryFilters", "workspaceFiles", "expandWorkspaceToModule"})
"""Settings that decide what is loaded: to bring one into force is for the reader to say."""


@dataclass(frozen=True, slots=True)
class MeantFlags:
    """Arguments for gopls, sorted out."""

    words: tuple[str, ...] = ()
    """Those that gopls takes and that can do no harm, each a list element."""
    unknown: tuple[str, ...] = ()
    """Those that this gopls does not have."""
    unfit: tuple[str, ...] = ()
    """Those that it has, and with which it would not serve an editor or might not start."""
    tracing: tuple[str, ...] = ()
    """Those that would make it write more, as a list element each."""


def meant_flags(value: Any, known: GoplsFlags) -> MeantFlags:
    """Arguments as people write them: a list, or one text. A log file gets a name, a debug port a number, from gopls.

    What was inert until now must not keep gopls from starting: gopls ends at a log file that it cannot make, at a
    daemon that is not there, and does not serve an editor that gives it an address to listen on.
    """
    given = value if isinstance(value, list) else value.split() if isinstance(value, str) else []
    waiting = [part for each in given if isinstance(each, str) for part in (each.split() or [""])]
    words: list[str] = []
    unknown: list[str] = []
    unfit: list[str] = []
    tracing: list[str] = []
    while waiting:
        word = waiting.pop(0)
        name, equals, argument = word.lstrip("-").partition("=")
        has_argument_beside = bool(waiting) and not waiting[0].startswith("-") and not equals
        is_known = word.startswith("-") and name in known.flags
        if word.startswith("-") and has_argument_beside and (not is_known or known.flags[name]):
            argument = waiting.pop(0)
            word = f"{word} {argument}"
        if not is_known:
            # The word serve and an empty one ask for what the editor does anyway.
            unknown += [word] if word not in ("serve", "") else []
        elif name in _TRACING and argument != "false":
            tracing.append(f"-{name}")
        elif name == "logfile":
            words.append("-logfile=auto")
        elif name == "debug":
            words.append("-debug=localhost:0")
        elif name == "remote" and (argument == "auto" or argument.startswith("auto;")):
            words.append(f"-remote={argument}")
        else:
            unfit.append(word)
    return MeantFlags(tuple(dict.fromkeys(words)), tuple(unknown), tuple(unfit), tuple(dict.fromkeys(tracing)))


@dataclass(frozen=True, slots=True)
class MeantSettings:
    """Settings for gopls, sorted out."""

    entries: dict[str, Any]
    """Name as it is to be written, to a value that gopls takes."""
    left: tuple[str, ...] = ()
    """Names that this gopls does not have, or with a value that it would not take."""
    present: tuple[str, ...] = ()
    """Names that are given already."""
    tracing: tuple[str, ...] = ()
    """Names that would make gopls write more."""

    @property
    def is_harmless(self) -> bool:
        """True if none of them decides what is loaded."""
        return LOADING.isdisjoint(each.rsplit(".", 1)[-1] for each in self.entries)


def meant_settings(value: Any, api: GoplsApi, present: Collection[str]) -> MeantSettings:
    """The entries of an object of settings that gopls takes; `present` holds last segments that are given already."""
    entries: dict[str, Any] = {}
    left: list[str] = []
    doubled: list[str] = []
    tracing: list[str] = []
    seen = set(present)
    for key, given in value.items() if isinstance(value, dict) else ():
        short = key.rsplit(".", 1)[-1]
        today = (key, given) if is_taken(short, api) else modern(short, given, api)
        name = today[0].rsplit(".", 1)[-1] if today else ""
        meant = fitting(name, today[1], api) if today else None
        if today is None or meant is None:
            left.append(key)
        elif name in seen:
            doubled.append(key)
        elif is_tracing(name, meant):
            tracing.append(key)
        else:
            seen.add(name)
            entries[today[0]] = meant
    return MeantSettings(entries, tuple(left), tuple(doubled), tuple(tracing))


def is_tracing(name: str, value: Any) -> bool:
    """True if the setting makes gopls or the editor write more: no repair brings it into force (S13 would follow)."""
    return (name == "verboseOutput" and value is True) or (
        name == "go.trace.server" and value in ("messages", "verbose")
    )


def is_tracing_flag(word: Any) -> bool:
    """The same for an argument of gopls."""
    name, _, value = word.lstrip("-").partition("=") if isinstance(word, str) and word[:1] == "-" else ("", "", "")
    return name in _TRACING and value != "false"


def fitting(name: str, value: Any, api: GoplsApi | None) -> Any:
    """A value with which none of the checks of settings finds a fault; None where there is none."""
    meant = acceptable(name, value, api)
    if meant is None or VARIABLE_PATTERN.search(str(meant)):
        return None
    if name == "directoryFilters":
        is_good = all(isinstance(each, str) and not filter_objection(each) for each in meant)
        return meant if is_good else None
    if name == "analyses" and isinstance(meant, dict) and api is not None:
        return {key: each for key, each in meant.items() if key in api.analyzers} or None
    return meant
