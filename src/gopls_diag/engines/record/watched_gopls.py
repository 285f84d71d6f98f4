"""One gopls that is watched without a launcher: its session, its end, what became of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from gopls_diag.engines.record.depth import Depth
from gopls_diag.engines.record.end_search import EndSearch, FoundEnd
from gopls_diag.engines.record.export import Export
from gopls_diag.engines.record.recorder_document import Known
from gopls_diag.engines.record.recording import Recording, Watched
from gopls_diag.engines.record.requests import Requests
from gopls_diag.model.gopls_process import GoplsProcess
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import Sample, SessionEnd, SessionStart, Trouble
from gopls_diag.world import World
from gopls_diag.world.process_end import ProcessEnd
from gopls_diag.world.process_samples import process_samples
from gopls_diag.world.process_watch import ProcessWatch
from gopls_diag.world.program_version import read_build_info
from gopls_diag.world.record_folders import RecordFolders
from gopls_diag.world.record_start import age_of, kept_environment
from gopls_diag.world.recorder_clock import Moment, read_clocks
from gopls_diag.world.session_files import SessionFiles
from gopls_diag.world.session_lock import SessionLock, lock_session
from gopls_diag.world.watch_sessions import (
    begin_session,
    boot_id,
    drop_session,
    end_session,
    keep_session,
    session_id,
    utc_text,
)

LAUNCHER = "watch"
"""In session.json, where the launcher's kind stands."""
STILL_RUNNING = "nobody: watching ended before gopls did"
_SLICE_SECONDS = 0.5
"""How soon Ctrl-C is heard."""
_LOG_SECONDS = (0.7, 1.5, 3.0, 6.0, 10.0)
"""After the end, when the editors' logs are read; editors write the sentence within the second."""


_WORDS_SECONDS = 3.0
"""After a crash, how long its words are waited for in the editor's log."""


@dataclass(slots=True)
class WatchTools:
    """What all watched ones share."""

    folders: RecordFolders
    settings: RecordSettings
    pid: int
    """Of this process."""
    new_world: Callable[[], World]
    """A world that has cached nothing yet."""
    complaints: tuple[str, ...] = ()
    """About record.toml."""
    clocks: Callable[[], Moment] = read_clocks
    keep: Callable[[Path], str] = keep_session
    export: Callable[[SessionStart, Known], Export | None] | None = None
    is_ending: bool = False

    def ask_to_end(self) -> None:
        """From now on nothing more is watched."""
        self.is_ending = True


@dataclass(slots=True)
class Fate:
    """What became of one that was watched."""

    process: GoplsProcess
    session: str = ""
    """Id of the session, and of the incident if one was kept."""
    has_ended: bool = False
    """False if it ran on when watching ended."""
    end: SessionEnd | None = None
    peak_bytes: int = 0
    watched_seconds: float = 0.0
    troubles: tuple[Trouble, ...] = ()
    problem: str = ""
    """Why the incident could not be made."""


@dataclass(slots=True)
class WatchedGopls:
    """Runs in a thread of its own."""

    process: GoplsProcess
    tools: WatchTools
    fate: Fate = field(init=False)
    _folder: Path | None = None
    _start: SessionStart | None = None
    _lock: SessionLock | None = None
    _end: ProcessEnd | None = None
    _export: Export | None = None

    def __post_init__(self) -> None:
        self.fate = Fate(self.process)

    def open(self) -> str:
        """Makes the session; why it cannot be watched, or "" if it can."""
        # Held first: from here on it is this process and no later one of the same pid.
        self._end = ProcessEnd(self.process.pid)
        if not process_samples(self.process.pid).is_alive():
            return "it ended as it was found"
        now = self.tools.clocks().wall
        words = self.process.command[1:]
        start = SessionStart(
            id=session_id(now, self.process.pid),
            started=utc_text(self.process.started_seconds or now),
            launcher_pid=self.tools.pid,
            gopls_pid=self.process.pid,
            parent_pid=self.process.parent_pid,
            gopls=self.process.executable or self.process.command[0],
            arguments=words,
            given_arguments=words,
            folder=self.process.folder or "",
            boot_id=boot_id(),
            launcher=LAUNCHER,
        )
        try:
            self._folder = begin_session(self.tools.folders, start)
        except OSError as problem:
            return f"its session cannot be written: {problem}"
        self._lock = lock_session(self._folder)
        self._start = start
        self.fate.session = start.id
        return ""

    def run(self) -> None:
        """Until it has ended or watching has; then what is worth it is kept."""
        assert self._folder and self._start and self._end
        began = self.tools.clocks().steady
        files = SessionFiles(self._folder)
        search = EndSearch(self.process, self._end.status, self.tools.new_world)
        watch = _PatientWatch(self, files, search)
        known = Known(missing=tuple(f"record.toml: {each}" for each in self.tools.complaints))
        try:
            recording = self._recording(files, watch, known)
            recording.run()
        except Exception as problem:
            self.fate.problem = f"{type(problem).__name__}: {problem}"
        self.fate.watched_seconds = self.tools.clocks().steady - began
        self.fate.has_ended = watch.has_ended(self.process.pid)
        watch.close()
        self._end.close()
        self.fate.end = watch.end
        if self._export is not None:
            self._export.close()
        self._finish(files)

    def _recording(self, files: SessionFiles, watch: _PatientWatch, known: Known) -> Recording:
        assert self._start
        start, tools, process = self._start, self.tools, process_samples(self.process.pid)
        export = self._export = tools.export(start, known) if tools.export else None

        def see(at: float, sample: Sample, requests: Requests, depth: Depth) -> str:
            self.fate.peak_bytes = max(self.fate.peak_bytes, sample.resident_bytes or 0)
            self.fate.troubles = depth.troubles
            return export(at, sample, requests, depth) if export else ""

        watched = Watched(
            files, watch, process, clocks=tools.clocks, is_asked_to_end=lambda: tools.is_ending, on_measures=see
        )
        age = age_of(start.started, tools.clocks(), process.started_seconds)
        recording = Recording(start, tools.settings, watched, known, pid=tools.pid, age_seconds=age)
        recording.do_later(0.0, lambda: self._learn(known))
        return recording

    def _learn(self, known: Known) -> None:
        known.environment = kept_environment(process_samples(self.process.pid).environment())
        known.editor = self.process.editor.label if self.process.editor else ""
        found = read_build_info(Path(self.process.executable)) if self.process.executable else None
        if found is not None:
            known.gopls_version, known.go_version = found.version, found.go_version

    def _finish(self, files: SessionFiles) -> None:
        assert self._folder
        if not self.fate.has_ended and not self.fate.troubles:
            drop_session(self._folder)
            self._release()
            return
        if not self.fate.has_ended:
            end_session(files, self.end_of(None, STILL_RUNNING))
        self._release()
        self.fate.problem = self.fate.problem or self.tools.keep(self._folder)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def end_of(self, found: FoundEnd | None, why: str, ended: float | None = None) -> SessionEnd:
        """`ended`: since 1970; now without it."""
        at = ended if ended is not None else self.tools.clocks().wall
        elapsed = max(0.0, at - self.process.started_seconds) if self.process.started_seconds else 0.0
        ending = found.ending if found else None
        return SessionEnd(
            ended=utc_text(at),
            elapsed_seconds=round(elapsed, 3),
            exit_code=ending.exit_code if ending else None,
            signal=ending.signal if ending else None,
            is_core_dumped=ending.is_core_dumped if ending else False,
            how_known=found.how_known if found else why,
        )


class _PatientWatch:
    """Waits for the end of one gopls and then plays the launcher: it finds out how it ended, and writes end.json."""

    def __init__(self, gopls: WatchedGopls, files: SessionFiles, search: EndSearch) -> None:
        self._gopls = gopls
        self._files = files
        self._search = search
        self._pid = gopls.process.pid
        self._watch = ProcessWatch(self._pid)
        self._ended: Moment | None = None
        self._left = list(_LOG_SECONDS)
        self._found: FoundEnd | None = None
        self._words = 0
        """Bytes of its last words that an editor's log had."""
        self.end: SessionEnd | None = None

    def has_ended(self, pid: int) -> bool:
        """The launcher, which is this process, has not."""
        has_ended = pid == self._pid and self._watch.has_ended(pid)
        if has_ended and self._ended is None:
            self._ended = self._gopls.tools.clocks()
        return has_ended

    def wait(self, seconds: float) -> None:
        """At most so long; less when it ends or Ctrl-C is pressed."""
        clocks, tools = self._gopls.tools.clocks, self._gopls.tools
        until = clocks().steady + seconds
        while not tools.is_ending and (left := until - clocks().steady) > 0:
            self._watch.wait(min(left, _SLICE_SECONDS))
            if self.has_ended(self._pid):
                break
        if self._ended is not None and self.end is None:
            self._search_end(self._ended)

    def close(self) -> None:
        """Gives back what it holds."""
        if self._ended is not None and self.end is None:
            self._write(self._search.in_kernel(), "nobody: watching ended before it was found out", self._ended)
        self._watch.close()

    def _search_end(self, ended: Moment) -> None:
        tools = self._gopls.tools
        self._found = found = self._found or self._search.in_kernel()
        passed = tools.clocks().steady - ended.steady
        is_due = bool(self._left) and (passed >= self._left[0] or tools.is_ending)
        if is_due:
            self._left.pop(0)
            self._found = found = found or self._search.in_logs(ended.wall)
            if found is not None and found.is_crash:
                self._keep_words(self._search.last_words(ended.wall))
        is_enough = found is not None and (not found.is_crash or self._words > 0 or passed >= _WORDS_SECONDS)
        if is_enough or not self._left:
            self._write(found, f"nobody: {self._search.why}", ended)
        else:
            self._watch.wait(_SLICE_SECONDS)

    def _keep_words(self, words: bytes) -> None:
        """In the place of the launcher's ring of standard error."""
        if words and self._files.append("stderr-000001", words):
            self._words = len(words)

    def _write(self, found: FoundEnd | None, why: str, ended: Moment) -> None:
        self.end = replace(self._gopls.end_of(found, why, ended.wall), stderr_bytes=self._words)
        with contextlib.suppress(OSError):
            end_session(self._files, self.end)
