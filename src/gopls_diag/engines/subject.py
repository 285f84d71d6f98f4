"""What was examined, in the words of the first line of a report."""

from __future__ import annotations

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.editor import Editors
from gopls_diag.model.go_list import GoList
from gopls_diag.model.gopls import GoplsBinary, GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.report import ProbeStep, SubjectLine
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionTranscript
from gopls_diag.model.toolchain import GoCommand, GoEnvironment
from gopls_diag.world import World

SUBJECT_FACTS = (GoCommand, GoEnvironment, GoplsCommands, Editors)
"""What the first line needs; all but the rarest check need these too."""

SLOWEST_FACTS = (GoList, GoplsApi, GoplsFlags, GoplsProcesses)
"""What takes longest to ask, with what it needs: worth starting before anything else is loaded."""


def describe_subject(gatherer: Gatherer, world: World, request: Request) -> SubjectLine:
    """The subject line; a part that could not be learnt is empty."""
    machine = world.machine
    commands, editors = gatherer.value(GoplsCommands), gatherer.value(Editors)
    return SubjectLine(
        folder=request.folder,
        os=f"{machine.os}/{machine.architecture}",
        go=_go(gatherer),
        gopls=_gopls(commands.in_use) if isinstance(commands, GoplsCommands) else "",
        editors=tuple(each.title for each in editors.all) if isinstance(editors, Editors) else (),
    )


def _go(gatherer: Gatherer) -> str:
    environment = gatherer.value(GoEnvironment)
    if isinstance(environment, GoEnvironment) and environment.value("GOVERSION"):
        return environment.value("GOVERSION")
    command = gatherer.value(GoCommand)
    if not isinstance(command, GoCommand) or not command.is_there:
        return ""
    return command.version.name if command.version.is_known else "a go that does not tell its version"


def _gopls(binary: GoplsBinary | None) -> str:
    if binary is None:
        return ""
    built = f" (built with {binary.built_with.name})" if binary.built_with.is_known else ""
    return f"{binary.version.text or 'an unknown version'}{built}"


def probe_steps(gatherer: Gatherer, request: Request) -> tuple[ProbeStep, ...]:
    """The steps of the probe, when one was asked for and could be made."""
    if not request.probe:
        return ()
    transcript = gatherer.value(SessionTranscript)
    if not isinstance(transcript, SessionTranscript):
        return ()
    return tuple(
        ProbeStep(each.name, each.elapsed_seconds, each.resident_bytes, each.result) for each in transcript.steps
    )


def probe_notes(gatherer: Gatherer, request: Request) -> tuple[str, ...]:
    """What the probe did otherwise than the editor, or why it could not be made."""
    if not request.probe:
        return ()
    transcript = gatherer.value(SessionTranscript)
    if isinstance(transcript, SessionTranscript):
        return tuple(f"probe: {each}" for each in transcript.notes)
    return (f"the probe was not made: {transcript.reason}",)
