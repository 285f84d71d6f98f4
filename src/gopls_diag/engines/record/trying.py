"""Tries the launcher before any editor is told of it: what it answers, and a short session, beside gopls's own.

The trial has folders of its own, so that nothing of it is among the user's sessions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gopls_diag.model.installation import Trial
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.session import SessionScript, SessionTranscript
from gopls_diag.world import World
from gopls_diag.world.launcher_build import BuiltLauncher, LauncherNotBuilt, build_launcher
from gopls_diag.world.launcher_store import ends_in, trial, trial_module, write_launcher_settings
from gopls_diag.world.record_folders import RecordFolders

_ANSWER_SECONDS = 20.0
_SESSION_SECONDS = 120.0
_CACHES = ("XDG_CACHE_HOME",)
_VERSION_QUESTIONS = (("version",), ("version", "-json"))


class _Misbehaved(Exception):
    """What the launcher did that gopls does not do."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the trial, and the launcher that was tried."""

    trial: Trial
    built: BuiltLauncher | None


def try_launcher(
    look: Callable[[], World], settings: LauncherSettings, folders: RecordFolders, *, go: str | None
) -> Tried:
    """Build the launcher in a folder apart and let it do what editors will ask of it; all is gone afterwards.

    Args:
        look: gives a world that sees this moment.
        settings: launcher.json as it will be.
        folders: the recorder's.
        go: the go to build with; None looks for one.
    """
    world = look()
    steps: list[str] = []
    built: BuiltLauncher | None = None
    try:
        with trial(folders) as apart:
            tried = replace(settings, state=str(apart.root))
            built = build_launcher(apart.launcher, tried, go=go)
            write_launcher_settings(apart.launcher, tried)
            how = f"built with {built.built_with}" if built.form == "go" else f"a script, since {built.why}"
            steps.append(f"the launcher is {how}")
            steps += _answers(world, built.path, settings.gopls)
            steps += _session(world, apart, built.path, settings.gopls)
    except LauncherNotBuilt as refusal:
        return Tried(Trial(False, tuple(steps), str(refusal)), None)
    except OSError as problem:
        words = f"{problem.filename or folders.root}: {problem.strerror or problem}"
        return Tried(Trial(False, tuple(steps), words), None)
    except _Misbehaved as misbehaved:
        return Tried(Trial(False, tuple(steps), str(misbehaved)), built)
    return Tried(Trial(True, tuple(steps)), built)


def _answers(world: World, launcher: str, gopls: str) -> Iterator[str]:
    for words in _VERSION_QUESTIONS:
        ours, theirs = (
            world.run((program, *words), limit_seconds=_ANSWER_SECONDS, private_folders=_CACHES)
            for program in (launcher, gopls)
        )
        if (ours.stdout, ours.exit_code, ours.signal) != (theirs.stdout, theirs.exit_code, theirs.signal):
            said = " ".join((ours.stderr or ours.stdout or ours.ending).split())[:200]
            raise _Misbehaved(f"asked for `{' '.join(words)}` it answers otherwise than {gopls}: {said}")
    yield "version and version -json are answered as gopls answers them"


def _session(world: World, apart: RecordFolders, launcher: str, gopls: str) -> Iterator[str]:
    folder = trial_module(apart.root)
    script = SessionScript(
        command=(launcher,),
        folder=str(folder),
        client="gopls-diag",
        open_file=str(folder / "main.go"),
        limit_seconds=_SESSION_SECONDS,
        settle_limit_seconds=1.0,
    )
    ours = world.session(script)
    if not _is_well(ours):
        # A gopls that cannot work here without the launcher either is no fault of the launcher's.
        alone = world.session(replace(script, command=(gopls,)))
        if _is_well(alone) or _outcome(alone) != _outcome(ours):
            raise _Misbehaved(f"a session under it went otherwise than with {gopls} alone: {_told(ours)}")
        yield f"a session goes as it does with gopls alone, which is not well: {_told(alone)}"
    else:
        yield "a session was begun, a file opened, and ended with exit code 0"
    yield from _recorded(apart, ours)


def _is_well(transcript: SessionTranscript) -> bool:
    return transcript.exit_code == 0 and any(each.name == "initialize" and each.is_ok for each in transcript.steps)


def _outcome(transcript: SessionTranscript) -> tuple[object, ...]:
    return (transcript.exit_code, transcript.signal, transcript.ended_by_us, transcript.start_error)


def _told(transcript: SessionTranscript) -> str:
    if transcript.start_error:
        return f"it could not be started ({transcript.start_error})"
    said = [each.text for each in transcript.utterances if each.text.strip()]
    return " ".join(said[-1].split())[:300] if said else "nothing was said"


def _recorded(apart: RecordFolders, transcript: SessionTranscript) -> Iterator[str]:
    ends = [_end(each) for each in ends_in(apart)]
    if not any(each.get("exit_code") == transcript.exit_code for each in ends if each):
        raise _Misbehaved("the end of the session was not written down")
    yield "its end was recorded"


def _end(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
