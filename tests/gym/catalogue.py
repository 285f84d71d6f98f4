"""All set-ups, by importing the files that hold them."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.gym.setups import ALL

for each in sorted(Path(__file__).parent.glob("set_*.py")):
    importlib.import_module(f"tests.gym.{each.stem}")

__all__ = ["ALL"]
