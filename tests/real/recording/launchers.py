"""The launcher in both forms, put into its place in the way in which `record install` does it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.world.launcher_build import build_launcher
from tests.real.recording.stage import GO

Place = Callable[[Path, str], None]
"""Puts a launcher into a folder, for a gopls."""


def placing(form: str, built: Path) -> Place:
    """How to place a launcher of a form; the one in Go is built once, into `built`."""

    def copy(folder: Path, gopls: str) -> None:
        if not built.exists():
            made = build_launcher(built, LauncherSettings(gopls=gopls), environment=os.environ)
            if made.form != "go":
                pytest.skip(f"no launcher in Go can be built here: {made.why}")
        shutil.copytree(built, folder, dirs_exist_ok=True)

    def write(folder: Path, gopls: str) -> None:
        assert build_launcher(folder, LauncherSettings(gopls=gopls), go="").form == "script"

    return copy if form == GO else write
