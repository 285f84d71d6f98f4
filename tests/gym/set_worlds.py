"""macOS, Windows and other machines that cannot be had here, as recorded worlds: one page each in worlds/."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gym.machine import Machine
from tests.gym.setups import ALL, Build, Setup

EXPECTED = re.compile(r"^Expected: (.+)$", re.MULTILINE)


def _play(page: Path) -> Build:
    def build(machine: Machine) -> None:
        machine.arguments += ["--world", str(page)]

    return build


def _register(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    expected = EXPECTED.search(text)
    if not expected:
        raise ValueError(f"{page} does not say what is expected")
    codes = () if expected[1] == "nothing" else tuple(expected[1].split(" or "))
    title = text.splitlines()[0].removeprefix("# ")
    ALL.append(Setup(page.stem, title, _play(page), codes))


for _each in sorted((Path(__file__).parent / "worlds").glob("*.md")):
    _register(_each)
