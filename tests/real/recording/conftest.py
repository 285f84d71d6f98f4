"""Stages for faults: gopls alone and behind the launcher, which is built once for all tests of a process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.recording.fault import Fault, prove
from tests.real.recording.launchers import placing
from tests.real.recording.stage import DIRECT, GO, Outcome, Stage, quiet_descriptors

Prove = Callable[[Fault, str], list[dict[str, object]]]
RESULT = "fault"


@pytest.fixture(scope="session")
def gopls_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One GOPLSCACHE for all: a cold one costs seconds of work that no test here is about."""
    return tmp_path_factory.mktemp("gopls-cache")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the launcher in Go is built, once for all tests of a process."""
    return tmp_path_factory.mktemp("launcher") / "built"


@pytest.fixture
def stage_of(
    gopls: Callable[[str], str],
    environment: dict[str, str],
    gopls_cache: Path,
    built: Path,
    tmp_path: Path,
) -> Iterator[Callable[[str, str], Stage]]:
    """A function that makes a stage; after the test nothing that was started on one may live."""
    before = quiet_descriptors()
    made: list[Stage] = []

    def of(form: str, version: str = "v0.24.0") -> Stage:
        own = {**environment, "GOPLSCACHE": str(gopls_cache)}
        launcher = None if form == DIRECT else placing(form, built)
        folder = tmp_path / f"{len(made)}-{form}"
        made.append(Stage(form, folder, gopls(version), own, launcher, sys.executable))
        return made[-1]

    yield of
    for stage in made:
        for run in stage.runs:
            run.editor.leave()
    left = [each for stage in made for each in stage.settle()]
    assert left == []
    assert quiet_descriptors() - before == frozenset()


@pytest.fixture(scope="session")
def direct() -> dict[str, Outcome]:
    """Outcomes of gopls alone, which are the same however the launcher is made."""
    return {}


@pytest.fixture
def proved(stage_of: Callable[[str, str], Stage], direct: dict[str, Outcome], request: pytest.FixtureRequest) -> Prove:
    """A function that proves one fault in one form."""

    def of(fault: Fault, form: str) -> list[dict[str, object]]:
        request.node.user_properties.append((RESULT, [fault.title, form, fault.ends, fault.kind, fault.verdict or ""]))
        return prove(fault, stage_of(DIRECT, fault.version), stage_of(form, fault.version), direct)

    return of


def rows(faults: tuple[Fault, ...]) -> list[object]:
    """Parameters of a test: each fault in each of its forms."""
    return [
        pytest.param(fault, form, id=f"{fault.name}-{form}")
        for fault in faults
        for form in fault.forms
        if form != DIRECT
    ]


__all__ = ["GO", "Prove", "rows"]
