"""What remedies make of bad settings and flags, given to the real gopls: it has nothing left to say."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.checks.settings._meant import meant_flags
from gopls_diag.checks.settings.analyzer_unknown import analyzer_unknown
from gopls_diag.checks.settings.directory_filter_wrong import directory_filter_wrong
from gopls_diag.checks.settings.gopls_setting_retired import gopls_setting_retired
from gopls_diag.checks.settings.gopls_setting_unknown import gopls_setting_unknown
from gopls_diag.checks.settings.setting_given_twice import setting_given_twice
from gopls_diag.checks.settings.setting_unknown_to_extension import setting_unknown_to_extension
from gopls_diag.checks.settings.setting_value_wrong import setting_value_wrong
from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.facts.settings_layers import FLAGS_KEY, layer_of, merge
from gopls_diag.model.editor import Editors, EditorSetup, Scope
from gopls_diag.model.finding import Finding
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.session import SessionScript
from gopls_diag.parse.gopls_api import parse_api_json, parse_gopls_flags
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.world.lsp_session import run_session
from tests.real.test_settings_by_gopls import SETTINGS

pytestmark = pytest.mark.real

FILE = "/home/gopher/.config/Code/User/settings.json"
MORE = {
    "disableDeepCompletion": True,
    "caseSensitiveCompletion": True,
    "experimentalDisabledAnalyses": ["unusedparams", "nosuch"],
    "noSemanticNumber": True,
    "semanticToken": True,
    "diagnosticsTrigger": "save",
    "vulncheck": "imports",
    "completionDocumentations": "yes",
    "expandWorkspaceToModule": "off",
    "args": ["-rpc.trace"],
    "build.exclude": ["web"],
}
MOST_REPAIRS = 200
FLAGS: list[Any] = [
    ["-rpc.trace", "-v", "-memory-profile", "off", "-logfile", "/nowhere/x.log", "-debug=:6060", "-listen=:37374"],
    "serve -rpc.trace -remote=localhost:1 -port=6060 -nosuch=1 -mode=stdio --verbose",
    [
        "-profile.cpu=/nowhere/cpu",
        "-vv",
        "version",
        "-mcp.listen=localhost:1",
        "-ocagent=off",
        "-logfile=${workspaceFolder}/x",
    ],
]


def editors_of(content: bytes) -> Editors:
    document = parse_jsonc(content)
    reading = layer_of(document, FILE, Scope.USER, document.root, "")
    merged = merge([reading])
    return Editors(
        (
            EditorSetup(
                "vscode",
                "VS Code",
                layers=(reading.layer,),
                settings=merged.settings,
                gopls_settings=merged.inner.get("gopls", {}),
                language_server_flags=tuple(reading.inner.get(FLAGS_KEY, ())),
            ),
        )
    )


def findings(content: bytes, api: GoplsApi, flags: GoplsFlags) -> Iterator[Finding]:
    editors, commands = editors_of(content), GoplsCommands((), ())
    yield from setting_unknown_to_extension(editors, commands, api, flags)
    yield from gopls_setting_unknown(editors, commands, api, flags)
    yield from gopls_setting_retired(editors, commands, api)
    yield from setting_value_wrong(editors, commands, api, flags)
    yield from directory_filter_wrong(editors, Unknown("not asked"))
    yield from setting_given_twice(editors)
    yield from analyzer_unknown(editors, commands, api)


def repaired(content: bytes, api: GoplsApi, flags: GoplsFlags) -> bytes:
    """The file after all first remedies, each worked out on what the one before it left."""
    for _ in range(MOST_REPAIRS):
        firsts = (next((r for r in each.remedies if r.edits), None) for each in findings(content, api, flags))
        remedy = next(filter(None, firsts), None)
        if remedy is None:
            return content
        after = edit_settings(FILE, content, remedy.edits)
        assert after != content, remedy
        content = after
    raise AssertionError(f"there is no end to it:\n{content.decode()}")


def asked(program: str, version: str, environment: dict[str, str]) -> tuple[GoplsApi, GoplsFlags]:
    def says(*words: str) -> str:
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    api = parse_api_json(says("api-json"), program, version)
    flags = parse_gopls_flags(says("help", "serve"), says("help"), program, version)
    assert api is not None and flags is not None
    return api, flags


FOR_THE_READER = ("env", "workspaceFiles")


@pytest.mark.parametrize("key", ["gopls", "go.goplsSettings"])
@pytest.mark.parametrize("version", ["v0.16.2", "v0.24.0"])
def test_repaired_settings_are_taken_by_gopls(
    version: str, key: str, gopls: Callable[[str], str], environment: dict[str, str], tmp_path: Path
) -> None:
    program = gopls(version)
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/x\n\ngo 1.21\n")
    (folder / "x.go").write_text("package x\n")
    api, flags = asked(program, version, environment)
    content = repaired(json.dumps({key: {**SETTINGS, **MORE}}, indent=2).encode(), api, flags)
    document = parse_jsonc(content)
    assert document.root is not None
    settings = document.root.value
    assert set(settings) <= {"gopls", FLAGS_KEY, "go.toolsEnvVars"}, settings
    assert settings["gopls"], settings

    # What decides what is loaded, and has a value that nobody can guess, is left to the reader.
    taken = {name: value for name, value in settings["gopls"].items() if name.rsplit(".")[-1] not in FOR_THE_READER}
    script = SessionScript((program,), str(folder), settings=taken, limit_seconds=60.0)
    transcript = run_session(script, environment)

    said = [each.text for each in transcript.utterances if each.text.startswith("Invalid settings")]
    assert said == [], settings


@pytest.mark.parametrize("version", ["v0.16.2", "v0.24.0"])
def test_migrated_flags_start_gopls(version: str, gopls: Callable[[str], str], environment: dict[str, str]) -> None:
    program = gopls(version)
    mode = Path(environment["HOME"], ".config", "go", "telemetry", "mode")
    mode.parent.mkdir(parents=True)
    mode.write_text("off")
    _, known = asked(program, version, environment)
    assert any(meant_flags(given, known).words for given in FLAGS)
    for given in FLAGS:
        words = meant_flags(given, known).words
        done = subprocess.run(
            [program, *words],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, (words, done.stderr[-500:])
