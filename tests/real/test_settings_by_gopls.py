"""What our checks say about settings and flags, beside what the real gopls says about the same ones."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.checks.settings._flags import first_mistake
from gopls_diag.checks.settings.directory_filter_wrong import directory_filter_wrong
from gopls_diag.checks.settings.gopls_setting_retired import gopls_setting_retired
from gopls_diag.checks.settings.gopls_setting_unknown import gopls_setting_unknown
from gopls_diag.checks.settings.setting_given_twice import setting_given_twice
from gopls_diag.checks.settings.setting_value_wrong import setting_value_wrong
from gopls_diag.facts.settings_layers import layer_of
from gopls_diag.model.editor import Editors, EditorSetup, Scope, SettingValue
from gopls_diag.model.finding import Finding
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.session import SessionScript
from gopls_diag.parse.gopls_api import parse_api_json, parse_gopls_flags
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.world.lsp_session import run_session

pytestmark = pytest.mark.real

VERSIONS = ["v0.16.2", "v0.18.1", "v0.23.0", "v0.24.0"]
SETTINGS = {
    # names
    "serverArgs": [],
    "memoryMode": "DegradeClosed",
    "memoryLimit": 3221225472,
    "staticcheckProvided": True,
    "deepCompletion": False,
    "completeUnimported": True,
    "completionDocumentation": True,
    "allExperiments": True,
    "experimentalDiagnosticsDelay": "1s",
    "codelens": {"generate": False},
    "importsSource": "gopls",
    "mcpTools": {},
    "moveDeclaration": True,
    "moveType": False,
    "newGoFileHeader": True,
    "pullDiagnostics": False,
    "renameMovesSubpackages": False,
    "noSemanticString": True,
    "ui": {"semanticTokens": True},
    "zeroConfig": True,
    "wantSuggestedFixes": True,
    "fuzzyMatching": True,
    "any.where.linkTarget": "pkg.go.dev",
    # values
    "ui.diagnostic.staticcheck": "yes",
    "build.env": {"A": 1},
    "ui.diagnostic.diagnosticsDelay": "500",
    "completionBudget": "1m30.5s",
    "matcher": "fuzzier",
    "hoverKind": "singleline",
    "directoryFilters": ["node_modules"],
    "analyses": {"nosuch": True},
    "linksInHover": "gopls",
    "maxFileCacheBytes": 2e9,
    "templateExtensions": None,
    "gofumpt": None,
    "hints": {"x": True},
    "annotations": {"foo": True},
    "usePlaceholders": 0,
    "buildFlags": "x",
    "workspaceFiles": [1],
    "local": 5,
    "standaloneTags": ["ignore"],
    "symbolScope": "All",
    "semanticTokens": True,
    "ui.semanticTokens": False,
}
NAMED = re.compile(r'setting option "?([\w.-]+)"?:|duplicate value for (\w+)')


def of(finding: Finding) -> str:
    """The last segment of the name that a finding is about, read from its evidence."""
    return finding.evidence[0].text.split('"')[1].rsplit(".", 1)[-1]


def ours(api: GoplsApi) -> set[str]:
    document = parse_jsonc(json.dumps({"gopls": SETTINGS}).encode())
    reading = layer_of(document, "settings.json", Scope.USER, document.root, "")
    values = {each.key: each for each in reading.layer.gopls}
    # A client that is no VS Code, so that what the Go extension adds plays no part.
    editor = EditorSetup("zed", "Zed", layers=(reading.layer,), gopls_settings=values)
    editors, commands = Editors((editor,)), GoplsCommands((), ())
    found = [
        *gopls_setting_unknown(editors, commands, api, Unknown("not asked")),
        *gopls_setting_retired(editors, commands, api),
        *setting_value_wrong(editors, commands, api, Unknown("not asked")),
        *directory_filter_wrong(editors, Unknown("not asked")),
        *setting_given_twice(editors),
    ]
    return {of(each) for each in found}


@pytest.mark.parametrize("version", VERSIONS)
def test_checks_object_to_what_gopls_objects_to(
    version: str, gopls: Callable[[str], str], environment: dict[str, str], tmp_path: Path
) -> None:
    program = gopls(version)
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/x\n\ngo 1.21\n")
    (folder / "x.go").write_text("package x\n")
    answer = subprocess.run([program, "api-json"], env=environment, capture_output=True, text=True, check=True)
    api = parse_api_json(answer.stdout, program, version)
    assert api is not None

    transcript = run_session(SessionScript((program,), str(folder), settings=SETTINGS, limit_seconds=60.0), environment)

    said = " ".join(each.text for each in transcript.utterances if each.text.startswith("Invalid settings"))
    named = {(name or other).rsplit(".", 1)[-1] for name, other in NAMED.findall(said)}
    assert named, transcript
    assert ours(api) == named


ARGUMENTS = [
    ["-rpc.trace"],
    ["--rpc.trace=true", "-v"],
    ["-rpc.trace", "serve", "-mode=stdio"],
    ["-vv", "serve"],
    ["serve", "-v"],
    ["serve", "-remote=auto"],
    ["-memory-profile", "off"],
    ["-rpc.trace -v"],
    ["-logfile"],
    ["-logfile", "/dev/null"],
    ["-port=0"],
    ["-ocagent=off"],
    ["-otel="],
    ["-mcp.listen="],
    ["-profile.block="],
    ["nosuch"],
    ["-rpc.trace", "-nosuch"],
    ["-listen.timeout=1m"],
    ["-remote.debug="],
]


@pytest.mark.parametrize("version", VERSIONS)
def test_flags_are_refused_when_gopls_refuses_them(
    version: str, gopls: Callable[[str], str], environment: dict[str, str]
) -> None:
    program = gopls(version)
    # Each run would leave a side-car of telemetry behind for a moment.
    mode = Path(environment["HOME"], ".config", "go", "telemetry", "mode")
    mode.parent.mkdir(parents=True)
    mode.write_text("off")
    pages = [
        subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=True)
        for words in (["help", "serve"], ["help"])
    ]
    serve, main = (page.stdout + page.stderr for page in pages)
    known = parse_gopls_flags(serve, main, program, version)
    assert known is not None

    differing: list[tuple[list[str], bool, str]] = []
    for arguments in ARGUMENTS:
        done = subprocess.run(
            [program, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        written = tuple(SettingValue("f", each, "s.json", 1, 1, Scope.USER) for each in arguments)
        refused = first_mistake(written, known) is not None
        if refused != (done.returncode == 2):
            differing.append((arguments, refused, done.stderr[:200]))

    assert differing == []
