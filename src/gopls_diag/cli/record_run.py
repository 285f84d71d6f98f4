"""`gopls-diag record [--] GOPLS ARGS…`: this process becomes the launcher."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gopls_diag.cli.exits import UserError
from gopls_diag.engines.record.debug_pages_choice import debug_at_first
from gopls_diag.engines.record.installing import FIRST_WITH_OTEL
from gopls_diag.engines.record.overriding import overridden
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.launcher import SETTINGS_NAME, LauncherSettings
from gopls_diag.model.version import GoplsVersion
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world.launcher.launch import main
from gopls_diag.world.launcher_store import known_binary
from gopls_diag.world.program_version import read_build_info
from gopls_diag.world.record_folders import record_folders
from gopls_diag.world.record_start import read_settings

NOT_FOUND = 127
"""As a shell says it."""
RECORDER = (sys.executable, "-m", "gopls_diag.cli.recorder")


def recorder_command(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The recorder's command, with what is to be over record.toml as lines of it."""
    # JSON's texts, numbers, true and false are TOML's too.
    return (*RECORDER, *(f"--set={name} = {json.dumps(value)}" for name, value in sorted(given.items())))


def run(words: Sequence[str], given: Mapping[str, Any]) -> int:
    """Run a gopls under the recorder; does not return once gopls is started."""
    program = _found(words[0])
    if not program:
        sys.stderr.write(f"gopls-diag: there is no program {words[0]}\nGive the path of the gopls to run.\n")
        return NOT_FOUND
    settings = _settings(program, given)
    if sys.platform == "win32":
        raise UserError("a gopls is not run from here on Windows", "Install the launcher: gopls-diag record install")
    main(list(words[1:]), settings.to_json())


def _found(word: str) -> str:
    found = shutil.which(word)
    path = os.path.abspath(found) if found else ""  # noqa: PTH100 - links stay links
    beside = Path(os.path.realpath(path)).parent / SETTINGS_NAME if path else None
    if beside is None or not beside.is_file():
        return path
    # The launcher that is installed: recorded once is enough.
    settings, _ = parse_launcher_settings(beside.read_bytes())
    return settings.gopls if settings else ""


def _settings(program: str, given: Mapping[str, Any]) -> LauncherSettings:
    record = overridden(read_settings()[0], given)
    info = read_build_info(Path(program))
    # A wrapper's or a fork's flags are not known by its version.
    is_gopls = info is not None and info.module == GOPLS_PACKAGE
    version = info.version if info else ""
    has_otel = GoplsVersion.parse(version).is_at_least(FIRST_WITH_OTEL)
    return LauncherSettings(
        gopls=program,
        state=str(record_folders().root),
        recorder=recorder_command(given),
        binary=known_binary(program, version, has_otel=has_otel) if is_gopls else None,
        otel=record.otel,
        debug=debug_at_first(record.debug, version, info.go_version if info else ""),
        debug_choice=record.debug,
        gctrace=record.gctrace,
        rpc_trace=record.rpc_trace,
        keep_alive=record.keep_alive,
        stderr_bytes=record.stderr_bytes,
        rpc_bytes=record.rpc_bytes,
        otlp=record.otlp,
    )
