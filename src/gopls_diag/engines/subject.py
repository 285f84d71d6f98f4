"""What was examined, in the words of the first line of a report."""

from __future__ import annotations

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.report import ProbeStep, SubjectLine
from gopls_diag.model.request import Request
from gopls_diag.world import World


def describe_subject(gatherer: Gatherer, world: World, request: Request) -> tuple[SubjectLine, tuple[ProbeStep, ...]]:
    """The subject line and the steps of the probe, from facts that the checks asked anyway."""
    machine = world.machine
    return SubjectLine(request.folder, f"{machine.os}/{machine.architecture}", "", ""), ()
