"""The guard against crash loops: which proven remedy the next start gets.

VS Code starts gopls again four times and gives up at the fifth end, for the life of the window (seen with the Go
extension 0.56.0 and 0.57.2). What ends gopls at the same place each time uses these up in minutes. Nothing is hidden:
each end is mirrored and kept as an incident, and the launcher says with what it starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gopls_diag.model.amount import GIB, MIB, size_text
from gopls_diag.model.incident import Incident, IncidentEntry
from gopls_diag.model.keep_alive import KeepAlive
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.byte_count import parse_memory_limit

KEPT_SECONDS = 24 * 3600.0
"""A remedy counts for a day from the last end: the windows of a day have four restarts each."""
LEAST_BYTES = 600 * MIB
"""Below it gopls collects garbage more than it works: checks/memory/_soft_goal.py has the runs."""
_SHARE_OF_GROUP = 2
_SHARE_OF_MACHINE = 4
_LOWER = 0.75
"""The next goal where gopls was killed under one already: goals are exceeded by as much as half."""
_KILLED_FOR_MEMORY = {"M01": "machine", "M02": "control group"}
"""Code of the verdict, and the limit that it is about."""
_FLAG_ERROR = "X05"
_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Advice:
    """What comes of one more end."""

    entry: KeepAlive | None
    """For the next starts; None if nothing is to be changed."""
    why_not: str = ""
    """Why there is no remedy though gopls is in a loop; "" otherwise."""


def advise_next_start(
    incident: Incident,
    recent: Sequence[IncidentEntry],
    settings: RecordSettings,
    *,
    working: tuple[str, ...] | None,
) -> Advice:
    """The remedy for the next starts of this gopls in this folder.

    Args:
        incident: the end that was just kept.
        recent: all incidents, this one among them or not.
        settings: how many ends within what time are a loop.
        working: the flags with which it last worked here, where known.
    """
    code = _code(incident.report)
    ended = _moment(incident.end.ended if incident.end else "")
    if ended is None or code not in (*_KILLED_FOR_MEMORY, _FLAG_ERROR):
        return Advice(None)
    count = _count(incident, ended, recent, code, settings.keep_alive_seconds)
    if count < settings.keep_alive_ends:
        return Advice(None)
    until = (ended + timedelta(seconds=KEPT_SECONDS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if code == _FLAG_ERROR:
        return _without_new_flags(incident, count, working, until)
    return _with_goal(incident, count, code, until)


def _count(
    incident: Incident, ended: datetime, recent: Sequence[IncidentEntry], code: str, within_seconds: float
) -> int:
    """Ends of this cause in this folder, up to this one."""
    earlier = [
        each
        for each in recent
        if each.id != incident.id and each.folder == incident.start.folder and _code_of(each.verdict) == code
    ]
    moments = [moment for each in earlier if (moment := _moment(each.ended)) is not None]
    return 1 + sum(timedelta(0) <= ended - each <= timedelta(seconds=within_seconds) for each in moments)


def _without_new_flags(incident: Incident, count: int, working: tuple[str, ...] | None, until: str) -> Advice:
    given = incident.start.given_arguments
    if working is None:
        return Advice(None, "it is not known with which flags gopls last worked here")
    if working == given:
        return Advice(None, "these are the flags with which it last worked: gopls itself has changed")
    words = (
        f"gopls ended {count} times because it does not know a flag, so it is started with "
        f"{' '.join(working) or 'no flags'}, as when it last worked here (incident {incident.id})"
    )
    start = incident.start
    return Advice(
        KeepAlive(_FLAG_ERROR, start.gopls, start.folder, until, words, given_arguments=given, arguments=working)
    )


def _with_goal(incident: Incident, count: int, code: str, until: str) -> Advice:
    kind = _KILLED_FOR_MEMORY[code]
    limits = [each.bytes for each in incident.limits if each.kind == kind]
    if not limits:
        return Advice(None, f"the memory limit of the {kind} is not known")
    goal = min(limits) // (_SHARE_OF_GROUP if code == "M02" else _SHARE_OF_MACHINE)
    present = _present_goal(incident)
    if present is not None and present <= goal:
        goal = int(present * _LOWER)
    if goal < LEAST_BYTES:
        return Advice(
            None,
            f"a goal of {size_text(goal)} would keep gopls collecting garbage: it needs a higher limit or a smaller "
            "workspace",
        )
    value = _written(goal)
    words = (
        f"gopls was killed {count} times for memory (the {kind} has {size_text(min(limits))}), so it is started with "
        f"GOMEMLIMIT={value} (incident {incident.id})"
    )
    start = incident.start
    return Advice(KeepAlive(code, start.gopls, start.folder, until, words, environment={"GOMEMLIMIT": value}))


def _present_goal(incident: Incident) -> int | None:
    """The goal under which gopls ran, in bytes: the lowest that it was given."""
    given = parse_memory_limit(incident.environment.get("GOMEMLIMIT", ""))
    goals = [each.bytes for each in incident.limits if each.kind in ("GOMEMLIMIT", "memoryLimit")]
    return min([*goals, *([given] if given else [])], default=None)


def _written(goal: int) -> str:
    """As the Go runtime takes it: whole GiB from four on, else hundreds of MiB."""
    return f"{goal // GIB}GiB" if goal >= 4 * GIB else f"{goal // MIB // 100 * 100}MiB"


def _code(report: object) -> str:
    return _code_of(report.get("verdict")) if isinstance(report, Mapping) else ""


def _code_of(verdict: object) -> str:
    code = verdict.get("code") if isinstance(verdict, Mapping) else None
    return code if isinstance(code, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def merged(present: Sequence[KeepAlive], new: KeepAlive, now: datetime) -> tuple[KeepAlive, ...]:
    """The entries with a new one, first, so that the launcher takes it: one for each cause and place, none over."""
    kept = [
        each
        for each in present
        if (each.cause, each.gopls, each.folder) != (new.cause, new.gopls, new.folder)
        and (until := _moment(each.until)) is not None
        and until > now
    ]
    return (new, *kept[: _ENTRIES - 1])
