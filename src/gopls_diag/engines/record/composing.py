"""Makes an incident of what is left of a session: what it was, how it ended, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gopls_diag.model.crash import EndKind
from gopls_diag.model.incident import Incident, Lost, MemorySeen
from gopls_diag.model.recorded_session import RecordedEvent, Sample, SessionEnd, SessionStart, Source
from gopls_diag.model.recorder_notes import RecorderNotes
from gopls_diag.parse.incident import parse_recorder_notes, parse_session_end, parse_session_start
from gopls_diag.parse.log.reader import LogReader
from gopls_diag.parse.recording_lines import read_events, read_samples
from gopls_diag.world.recorded_files import RecordedFiles

ASKED = ("SIGTERM", "SIGINT", "SIGHUP")
"""Signals that ask a program to end; gopls handles none of them. Sent to the launcher, they are meant for the editor's
server; sent to gopls itself, they come from somebody who looked for it."""
STOPPED, LOST, TROUBLE, START = "stopped", "lost", "trouble", "start"
_PRINTED = (EndKind.PANIC, EndKind.FATAL, EndKind.SIGNAL, EndKind.OOM)
WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that was read of one session."""

    start: SessionStart
    end: SessionEnd | None
    notes: RecorderNotes
    samples: tuple[Sample, ...]
    events: tuple[RecordedEvent, ...]
    missing: tuple[str, ...]
    is_empty: bool
    """True if there is nothing at all to tell of: the launcher was killed before it had started gopls."""


def read_session(name: str, files: RecordedFiles) -> Session:
    """The session of a folder of that name; never raises, whatever the files hold."""
    missing = list(files.problems)
    start = parse_session_start(files.start)
    end = parse_session_end(files.end)
    notes = parse_recorder_notes(files.recorder)
    samples, events = read_samples(files.samples), read_events(files.events)
    for file, content, found in (
        ("session.json", files.start, start.complaints),
        ("end.json", files.end, end.complaints),
        ("recorder.json", files.recorder, notes.complaints),
    ):
        missing += [f"{file}: {each}" for each in found if content]
    if not files.start:
        missing.append("session.json is not there: what was started, and by whom, is not known")
    if not files.recorder:
        missing.append("the recorder left nothing: no samples, no requests, no limits")
    elif notes.value is not None and not notes.value.is_complete:
        missing.append(f"the recorder was gone before the end: it wrote last at second {notes.value.at_seconds:.0f}")
    for file, rows in (("samples", samples), ("events", events)):
        if rows.not_understood:
            missing.append(f"{rows.not_understood} lines of the {file} could not be read")
    if end.value is not None and end.value.stderr_bytes > len(files.stderr):
        missing.append(f"the first {end.value.stderr_bytes - len(files.stderr)} bytes of standard error")
    known = notes.value or RecorderNotes()
    return Session(
        # A name that stands in a file which was cut may be half of it; the folder's is whole.
        replace(start.value or _unknown_start(name), id=name),
        end.value,
        known,
        tuple(sorted(samples.rows, key=lambda each: each.at_seconds)),
        tuple(sorted(events.rows, key=lambda each: each.at_seconds)),
        (*missing, *known.missing),
        not (files.start or files.end or files.stderr or files.recorder),
    )


def kind_of(session: Session, stderr: bytes) -> str:
    """How the session ended, as Incident.kind has it; "" if well and without trouble."""
    end = session.end
    if end is None:
        return LOST
    if end.failure:
        return START
    if end.exit_code is None and end.signal is None:
        return LOST
    if end.exit_code == 0:
        return TROUBLE if session.notes.troubles else ""
    if end.signal in ASKED and any(each.name == end.signal for each in end.signals):
        return STOPPED
    printed = printed_end(stderr)
    if printed is not None and (end.exit_code == 2 or end.signal not in (None, "SIGKILL")):
        return printed.value
    return EndKind.KILLED.value if end.signal else EndKind.EXIT.value


def printed_end(stderr: bytes) -> EndKind | None:
    """What the last crash on standard error was; None if there was none."""
    reader = LogReader("stderr.log")
    reader.feed(stderr)
    kinds = [
        each.kind
        for each in reader.finish().crashes
        if each.program != "go" and (each.kind in _PRINTED or each.message.startswith("SIGQUIT"))
    ]
    return kinds[-1] if kinds else None


def lost_by(session: Session, boot_id: str) -> Lost:
    """Why nobody saw the end.

    Args:
        session: whose end nobody saw.
        boot_id: of the machine as it runs now; "" where there is none.
    """
    if session.end is not None and (session.end.exit_code is not None or session.end.signal or session.end.failure):
        return Lost.NO
    if session.start.boot_id and boot_id and session.start.boot_id != boot_id:
        return Lost.MACHINE
    return Lost.WATCHED if session.start.launcher == WATCH else Lost.LAUNCHER


def memory_seen(session: Session) -> MemorySeen | None:
    """The last and the highest of the samples."""
    rows = [each for each in session.samples if each.resident_bytes is not None or each.group_bytes is not None]
    if not rows:
        return None
    last = rows[-1]
    peak = session.end.max_resident_bytes if session.end else None
    return MemorySeen(
        last.at_seconds,
        len(session.samples),
        last.resident_bytes,
        last.children_resident_bytes,
        last.group_bytes,
        last.group_limit_bytes,
        last.available_bytes,
        _most([peak, *(each.resident_bytes for each in rows)]),
        _most([each.group_bytes for each in rows]),
        min((each.available_bytes for each in rows if each.available_bytes is not None), default=None),
    )


def compose(session: Session, kind: str, *, version: str, boot_id: str, kills_after: int | None) -> Incident:
    """The incident without its files, its kernel's words and its verdict; private words are still in it."""
    notes = session.notes
    kills = [each.group_kills for each in session.samples if each.group_kills is not None]
    incident = Incident(
        id=session.start.id,
        kind=kind,
        start=session.start,
        end=session.end,
        version=version,
        editor=notes.editor,
        gopls_version=notes.gopls_version,
        go_version=notes.go_version,
        environment=notes.environment,
        limits=notes.limits,
        in_flight=notes.in_flight,
        requests=notes.requests,
        troubles=notes.troubles,
        looks=notes.looks,
        sources=notes.sources,
        settings=notes.settings,
        kills_before=notes.kills_before if notes.kills_before is not None else kills[-1] if kills else None,
        kills_after=notes.kills_after if notes.kills_after is not None else kills_after,
        samples=session.samples,
        events=session.events,
        missing=session.missing,
        lost=lost_by(session, boot_id),
        memory=memory_seen(session),
    )
    if session.end is None:
        return replace(incident, missing=(*incident.missing, f"the end: {_LOST_WORDS[incident.lost]}"))
    return incident


def minimal(name: str, files: RecordedFiles, why: str, *, version: str) -> Incident:
    """What can be said of a session of which no incident could be made: that it was, how it ended, and why no more."""
    start = parse_session_start(files.start).value or _unknown_start(name)
    end = parse_session_end(files.end).value
    kind = LOST if end is None else EndKind.KILLED.value if end.signal else EndKind.EXIT.value
    lost = Lost.LAUNCHER if end is None else Lost.NO
    return Incident(start.id, kind, start, end, version, lost=lost, missing=(f"everything else: {why}",))


def with_source(incident: Incident, source: Source) -> Incident:
    """The incident with one more way of seeing, in the place of one of the same name."""
    others = tuple(each for each in incident.sources if each.name != source.name)
    return replace(incident, sources=(*others, source))


def seconds_of(words: str) -> float | None:
    """Seconds since 1970 of an RFC 3339 time; None if it is none."""
    try:
        found = datetime.fromisoformat(words.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


_LOST_WORDS = {
    Lost.NO: "nobody says how it ended",
    Lost.MACHINE: "the machine was started anew since",
    Lost.LAUNCHER: "the launcher is gone and wrote nothing down: it was killed",
    Lost.WATCHED: "gopls was only watched, and nobody's log says how it ended",
}


def _unknown_start(name: str) -> SessionStart:
    """From the folder's name: the time and the launcher's pid."""
    stamp, _, pid = name.rpartition("-")
    plain = stamp.removesuffix("Z").replace("T", "")
    started = ""
    if len(plain) >= 14 and plain[:14].isdigit():
        d = plain
        started = f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}Z"
    number = int(pid) if pid.isdigit() and len(pid) < 12 else 0
    return SessionStart(name, started, number, None, 0, "")


def _most(values: Sequence[int | None]) -> int | None:
    return max((each for each in values if each is not None), default=None)
