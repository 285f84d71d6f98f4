"""The recorder's work: looks at one gopls from the side until it ends, and keeps what it saw.

Nothing here may fail for good. Every source is asked through `Sources.ask`, files are written by methods that say False
instead of raising, and a step that raises all the same is told of and followed by the next.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from gopls_diag.engines.record.children import Children
from gopls_diag.engines.record.depth import Depth, LookWanted
from gopls_diag.engines.record.kept_looks import KeptLooks
from gopls_diag.engines.record.looking import Looking, Pages
from gopls_diag.engines.record.recorder_document import Known, render_notes
from gopls_diag.engines.record.requests import Requests
from gopls_diag.engines.record.ring import EventRing, SampleRing
from gopls_diag.engines.record.sampling import Machine, Process, Reading, Sampling
from gopls_diag.engines.record.session_time import SessionTime
from gopls_diag.engines.record.sources import FAILED, OFF, ON, Sources
from gopls_diag.engines.record.stderr_signs import StderrSigns
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import (
    EventKind,
    InFlight,
    RecordedEvent,
    Sample,
    SessionEnd,
    SessionStart,
    Trouble,
)
from gopls_diag.model.recorder_notes import RecorderNotes
from gopls_diag.parse.incident import parse_session_end
from gopls_diag.parse.otlp import parse_metrics, parse_traces
from gopls_diag.parse.shown_command import shown_command
from gopls_diag.world.debug_pages import DebugPages
from gopls_diag.world.recorder_clock import Moment, read_clocks
from gopls_diag.world.session_files import SessionFiles, StderrFollower

STATE_SECONDS = 5.0
"""Between two writings of recorder.json."""
_AFTER_LAUNCHER_SECONDS = 2.0
_LAUNCHER_SECONDS = 600.0
_STEP_SECONDS = 0.25
_NO_POSTS: tuple[tuple[str, bytes], ...] = ()
_NO_EVENTS: tuple[RecordedEvent, ...] = ()


class Receiver(Protocol):
    """Of world.otlp_receiver.OtlpReceiver, what is asked."""

    def take(self) -> tuple[tuple[str, bytes], ...]: ...

    @property
    def dropped(self) -> int: ...


class Watch(Protocol):
    """Of world.process_watch.ProcessWatch, what is asked."""

    def has_ended(self, pid: int) -> bool: ...

    def wait(self, seconds: float) -> None: ...


@dataclass(slots=True)
class Watched:
    """What a recording sees and uses."""

    files: SessionFiles
    watch: Watch
    process: Process | None
    """gopls; None if it could not be started."""
    receiver: Receiver | None = None
    clocks: Callable[[], Moment] = read_clocks
    machine: Machine = field(default_factory=Machine)
    pages_of: Callable[[int], Pages] = DebugPages
    is_asked_to_end: Callable[[], bool] = lambda: False
    on_measures: Callable[[float, Sample, Requests, Depth], str] | None = None
    """Exports the measures; gives back why it cannot, "" if it can."""


class _Later(NamedTuple):
    """Something to be done once."""

    seconds: float
    work: Callable[[], None]
    is_owed: bool


class Recording:
    """One session."""

    def __init__(
        self,
        start: SessionStart,
        settings: RecordSettings,
        watched: Watched,
        known: Known,
        *,
        pid: int = 0,
        age_seconds: float = 0.0,
    ) -> None:
        """`pid` is this process's; `age_seconds` says how long ago the session began."""
        self.known = known
        self.sources = Sources()
        self._start = start
        self._settings = settings
        self._world = watched
        now = watched.clocks()
        self._time = SessionTime(now, age_seconds)
        self._begin = now
        self._sampling = Sampling(watched.process, settings, watched.machine) if watched.process else None
        self._children = Children()
        self._depth = Depth(settings)
        self._requests = Requests(settings)
        self._looking = Looking(watched.pages_of)
        is_traced = settings.gctrace or "gctrace=" in known.environment.get("GODEBUG", "")
        self._stderr = StderrSigns(start, StderrFollower(watched.files), is_traced=is_traced)
        self._samples = SampleRing(watched.files, settings.samples_bytes)
        self._events = EventRing(watched.files, settings.samples_bytes)
        self._in_flight: tuple[InFlight, ...] = ()
        self._looks = KeptLooks(watched.files, settings)
        self._told: RecorderNotes | None = None
        self._is_state_written = True
        self._pid = pid
        self._state_at = float("-inf")
        self._later: list[_Later] = []
        self._pause = 0.0
        self._has_measures = False

    def run(self) -> SessionEnd | None:
        """Until gopls and its launcher have ended, or somebody asks this process to; then what end.json says."""
        self._safely(self._open)
        while not self._is_over() and not self._world.is_asked_to_end():
            self._pause = self._safely(self._step) or self._settings.sample_seconds
            self._world.watch.wait(self._pause)
        end = None
        if self._is_over():
            self._safely(self._see_the_end)
            end = self._wait_for_launcher()
        self._safely(lambda: self._close(end))
        return end

    def do_later(self, seconds: float, work: Callable[[], None], *, is_owed: bool = False) -> None:
        """Once, so many seconds from the beginning; what is owed is done at the end if there was no time before.

        Whether it works is its own affair.
        """
        self._later.append(_Later(seconds, work, is_owed))
        self._later.sort(key=_when)

    def now(self) -> float:
        """Seconds since the session began."""
        return self._time.at(self._world.clocks())

    def _is_over(self) -> bool:
        process = self._world.process
        return process is None or self._world.watch.has_ended(process.pid)

    def _open(self) -> float:
        words = shown_command((self._start.gopls, *self._start.arguments))
        self._add(RecordedEvent(0.0, EventKind.START, "gopls", None, words))
        is_heard = self._world.receiver is not None
        no_process = "it had ended before it was looked at" if self._start.gopls_pid else "gopls did not start"
        for name, state, why in (
            ("process", ON, "") if self._sampling else ("process", OFF, no_process),
            ("otel", OFF, "nothing was heard yet" if is_heard else "gopls was not asked to tell"),
            ("debug", OFF, self._stderr.why_no_port),
            ("gctrace", OFF, "no line was seen"),
            ("rpc trace", ON, "") if self._settings.rpc_trace else ("rpc trace", OFF, "it was not asked for"),
        ):
            self.sources.set(name, state, why, at=0.0)
        return 0.0

    def _step(self) -> float:
        """One look at everything; seconds until the next."""
        now = self._world.clocks()
        at = self._time.at(now)
        self._add(*self._time.see(now, self._pause))
        self._hear(at, now)
        self._read_stderr(at)
        reading = self._sample(at, now)
        # What gopls tells can be judged without samples.
        pause = self._judge(at, reading or Reading(Sample(at), (), None, is_stopped=False, events=()))
        self._take_looks(at)
        self._do_later(now)
        self._flush(at)
        if at - self._state_at >= STATE_SECONDS:
            self._write_state(at)
        return pause

    def _hear(self, at: float, now: Moment) -> None:
        """What gopls told by OpenTelemetry since the last time."""
        receiver = self._world.receiver
        if receiver is None:
            return
        for path, body in self.sources.ask("otel", receiver.take, _NO_POSTS, at=at):
            self._has_measures = True
            told = parse_traces(body) if path.endswith("traces") else parse_metrics(body)
            self._add(*self._requests.add(told, at, unix_seconds=now.wall))
        if self._has_measures and not self.sources.is_on("otel"):
            self.sources.set("otel", ON, at=at)
        self._in_flight = self._time.without_sleep(self._requests.in_flight(at), at)

    def _read_stderr(self, at: float) -> None:
        events = self.sources.ask(
            "standard error", lambda: self._stderr.read(at, self._time.slept_before(at)), _NO_EVENTS, at=at
        )
        self._add(*events)
        if self._stderr.port is not None and not self.sources.is_on("debug"):
            self.sources.set("debug", ON, at=at)
        if self._stderr.collections and not self.sources.is_on("gctrace"):
            self.sources.set("gctrace", ON, at=at)

    def _sample(self, at: float, now: Moment) -> Reading | None:
        sampling = self._sampling
        if sampling is None:
            return None
        reading = self.sources.ask("process", lambda: sampling.take(at, now.steady), None, at=at)
        if reading is None:
            return None
        self._samples.add(reading.sample)
        self._add(*reading.events)
        self._add(*self._children.see(reading.children, at, is_told=self._has_measures))
        if "control group" not in {each.name for each in self.sources.all}:
            has_group = sampling.group is not None
            self.sources.set(
                "control group", ON if has_group else OFF, "" if has_group else "none counts memory", at=at
            )
        return reading

    def _judge(self, at: float, reading: Reading) -> float:
        window = self._requests.window(at) if self._has_measures else None
        decision = self._depth.see(
            at,
            reading.sample,
            window,
            self._in_flight,
            reading.limit,
            is_stopped=reading.is_stopped,
            thrashing=self._stderr.thrashing(at),
        )
        for each in decision.begun:
            self._add(RecordedEvent(at, EventKind.TROUBLE, each.kind.value, None, each.words))
        for each in decision.ended:
            self._add(_calm(at, each))
        if decision.look is not None:
            self._look(at, decision.look)
        if self._world.on_measures is not None:
            why = self.sources.ask("export", lambda: self._export(at, reading.sample), "", at=at)
            if why:
                self.sources.set("export", FAILED, why, at=at)
        return decision.next_sample_seconds

    def _export(self, at: float, sample: Sample) -> str:
        export = self._world.on_measures
        return export(at, sample, self._requests, self._depth) if export else ""

    def _look(self, at: float, wanted: LookWanted) -> None:
        if self._stderr.port is None:
            self.sources.set("debug", OFF, f"a look was wanted; {self._stderr.why_no_port}", at=at)
        elif not self._looking.begin(self._stderr.port, wanted):
            self._add(RecordedEvent(at, EventKind.LOOK, "none", None, "the look before it was still going on"))

    def _take_looks(self, at: float) -> None:
        self._add(*(self._looks.keep(each, at) for each in self._looking.take()))

    def _do_later(self, now: Moment) -> None:
        while self._later and now.awake - self._begin.awake >= self._later[0].seconds:
            with contextlib.suppress(Exception):
                self._later.pop(0).work()

    def _flush(self, at: float, *, is_urgent: bool = False) -> None:
        for event in self.sources.drain():
            self._events.add(event)
        is_written = self._samples.flush(is_urgent=is_urgent)
        is_written = self._events.flush(is_urgent=is_urgent) and is_written and self._is_state_written
        state, why = (
            (ON, "") if is_written else (FAILED, f"{self._world.files.problem}; it is kept in memory meanwhile")
        )
        self.sources.set("session folder", state, why, at=at)

    def _write_state(self, at: float, *, is_complete: bool = False) -> None:
        """Only what changed; a disk that sleeps is not to be woken for nothing."""
        known, sampling = self.known, self._sampling
        group = sampling.group if sampling else None
        lost = self._samples.lost + self._events.lost
        words = f"{lost} samples and events: the session's folder could not be written"
        notes = RecorderNotes(
            pid=self._pid,
            settings=self._settings,
            sources=self.sources.all,
            environment=known.environment,
            editor=known.editor,
            limits=sampling.limits(known.environment) if sampling else (),
            gopls_version=known.gopls_version,
            go_version=known.go_version,
            requests=self._requests.totals(),
            in_flight=self._in_flight,
            troubles=self._depth.troubles,
            looks=self._looks.all,
            kills_before=sampling.kills_before if sampling else None,
            kills_after=sampling.kills_after if sampling else None,
            group=group.own if group else "",
            group_version=group.version if group else 0,
            is_complete=is_complete,
            missing=(*known.missing, *((words,) if lost else ())),
        )
        if notes == self._told:
            return
        self._state_at = at
        content = render_notes(replace(notes, at_seconds=at))
        self._is_state_written = self._world.files.replace("recorder.json", content)
        if self._is_state_written:
            self._told = notes

    def _see_the_end(self) -> float:
        now = self._world.clocks()
        at = self._time.at(now)
        self._looking.end()
        if self._sampling is not None:
            self._add(*self._sampling.after_the_end(at))
        # gopls cannot tell of requests any more, but what it told last may still be on its way.
        self._hear(at, now)
        self._read_stderr(at)
        self._add(*self._children.still_running(at))
        self._take_looks(at)
        self._flush(at, is_urgent=True)
        self._write_state(at)
        return 0.0

    def _wait_for_launcher(self) -> SessionEnd | None:
        """end.json as soon as it is there; None if the launcher is gone and left none."""
        launcher, patience = self._start.launcher_pid, _LAUNCHER_SECONDS
        while patience > 0 and not self._world.is_asked_to_end():
            end = parse_session_end(self._world.files.read("end.json") or b"").value
            if end is not None:
                return end
            if self._world.watch.has_ended(launcher):
                patience = min(patience, _AFTER_LAUNCHER_SECONDS)
            self._world.watch.wait(_STEP_SECONDS)
            patience -= _STEP_SECONDS
        return None

    def _close(self, end: SessionEnd | None) -> float:
        now = self._world.clocks()
        at = self._time.at(now)
        self._hear(at, now)
        for each in self._later:
            if each.is_owed:
                with contextlib.suppress(Exception):
                    each.work()
        if self._is_over():
            self._add(RecordedEvent(at, EventKind.END, "gopls", None, _words_of(end)))
        self._flush(at, is_urgent=True)
        self._write_state(at, is_complete=self._is_over())
        return 0.0

    def _add(self, *events: RecordedEvent) -> None:
        for each in events:
            self._events.add(each)

    def _safely(self, work: Callable[[], float]) -> float:
        """The recorder's own faults are written down like those of any source."""
        try:
            return work()
        except Exception as problem:
            with contextlib.suppress(Exception):
                self.sources.set("recorder", FAILED, f"{type(problem).__name__}: {problem}", at=self.now())
            return self._settings.sample_seconds


def _when(later: _Later) -> float:
    return later.seconds


def _calm(at: float, trouble: Trouble) -> RecordedEvent:
    lasted = (trouble.ended_seconds or at) - trouble.began_seconds
    return RecordedEvent(at, EventKind.CALM, trouble.kind.value, lasted, trouble.words)


def _words_of(end: SessionEnd | None) -> str:
    if end is None:
        return "nobody saw how"
    if end.failure:
        return f"it could not be started: {end.failure}"
    return f"killed by {end.signal}" if end.signal else f"exit status {end.exit_code}"
