"""What real gopls, real go and `advice` say of one another: nothing that they list is called invented."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.engines.advice.judging import judge_claims, look_up
from gopls_diag.engines.advice.names import Installed
from gopls_diag.model.claim import Claim, ClaimKind, Truth
from gopls_diag.model.request import Request
from gopls_diag.parse.advice import read_claims
from gopls_diag.world.live import LiveWorld
from tests.unit.advice_rows import EXISTING, INVENTED
from tests.unit.test_advice_ledger import SCRIPTS

pytestmark = pytest.mark.real
VERSIONS = ("v0.16.2", "v0.18.1", "v0.23.0", "v0.24.0")
NOT_REAL = (Truth.NEVER_EXISTED, Truth.HARMFUL)


@pytest.fixture(params=VERSIONS)
def installed(
    request: pytest.FixtureRequest,
    gopls: Callable[[str], str],
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> tuple[str, Installed]:
    path = gopls(request.param)
    monkeypatch.setenv("HOME", environment["HOME"])
    monkeypatch.setenv("PATH", f"{Path(path).parent}:{environment['PATH']}")
    return path, look_up(LiveWorld(), Request(folder=str(tmp_path)))


def _truths(claims: list[Claim], installed: Installed) -> dict[str, Truth]:
    return {each.claim.text: each.truth for each in judge_claims(claims, installed).judgements}


def test_what_gopls_lists_is_not_called_invented(installed: tuple[str, Installed]) -> None:
    path, own = installed
    api = json.loads(subprocess.run([path, "api-json"], capture_output=True, check=True).stdout)
    settings = [
        Claim(each["Name"], ClaimKind.SETTING, 1, program="gopls", place="gopls") for each in api["Options"]["User"]
    ]
    analyzers = [
        Claim(each["Name"], ClaimKind.SETTING, 1, program="gopls", place="analyses") for each in api["Analyzers"]
    ]
    assert own.flags and own.api
    flags = [Claim(f"-{each}", ClaimKind.FLAG, 1, program="gopls", place="command-line") for each in own.flags.flags]
    words = [Claim(f"gopls {each}", ClaimKind.COMMAND, 1, program="gopls") for each in own.flags.subcommands]

    truths = _truths([*settings, *analyzers, *flags, *words], own)

    assert own.gopls == Path(path).parent.name
    assert {text for text, truth in truths.items() if truth in NOT_REAL} <= {"staticcheckProvided"}
    assert len(truths) > 60


def test_the_rows_hold_with_an_installed_gopls(installed: tuple[str, Installed]) -> None:
    _, own = installed
    for rows, is_real in ((INVENTED, False), (EXISTING, True)):
        for sentence, name in rows:
            file = "settings.json" if sentence.startswith('"') else "a.sh" if sentence.startswith(SCRIPTS) else "a.md"
            truth = _truths(list(read_claims(sentence, name=file)), own)[name]
            # An older gopls lacks what came later, and says since when it is real.
            assert (truth in (Truth.REAL, Truth.ELSEWHERE)) is is_real, (sentence, truth)


def test_every_command_of_the_installed_go_is_real() -> None:
    listed = subprocess.run(["go", "help"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("\t") and line[1:2].isalpha()]
    topics = listed.split("Additional help topics")[0]
    commands = [each for each in names if f"\t{each} " in topics and each != "go"]

    truths = _truths(
        [Claim(f"go {each}", ClaimKind.COMMAND, 1, program="go", subcommand=each) for each in commands], Installed()
    )

    assert set(truths.values()) == {Truth.REAL}
    assert len(truths) > 15
