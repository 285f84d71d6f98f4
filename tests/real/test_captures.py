"""What gopls v0.23.0 said in broken set-ups (tests/corpus/captures), heard again in conversations of our own.

The captures were made with Go 1.27.3; each set-up here is the smallest that breaks in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.model.session import SessionScript, SessionTranscript
from gopls_diag.world.lsp_session import run_session

pytestmark = pytest.mark.real

CAPTURES = Path(__file__).parent.parent / "corpus" / "captures"
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi")\n}\n'
OK_MOD = "module ex.com/a\n\ngo 1.25\n"


@dataclass
class SetUp:
    """Files below the folder, and what differs from an ordinary start."""

    files: dict[str, str] = field(default_factory=lambda: {"go.mod": OK_MOD, "main.go": MAIN})
    environment: dict[str, str | None] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    opens: str = "main.go"


def files(more: dict[str, str]) -> dict[str, str]:
    return {"go.mod": OK_MOD, "main.go": MAIN} | more


USES_XY = 'package main\n\nimport "github.com/x/y"\n\nfunc main() {\n\ty.F()\n}\n'
SETTINGS = {
    "allowModfileModifications": True,
    "buildFlags": "-tags=x",
    "completionBudget": "100",
    "directoryFilters": ["node_modules"],
    "env": ["A=b"],
    "matcher": "fast",
    "memoryMode": "DegradeClosed",
    "serverArgs": ["-v"],
    "staticcheck": "yes",
    "tempModfile": True,
}
SET_UPS = {
    "ok": SetUp(),
    "badgoroot": SetUp(environment={"GOROOT": "/nonexistent/go"}),
    "badgoflags": SetUp(environment={"GOFLAGS": "mod=vendor"}),
    "badgomod": SetUp(files({"go.mod": OK_MOD + "foo bar\n"})),
    "badgover": SetUp(files({"go.mod": "module ex.com/a\n\ngo 1.25.x\n"})),
    "nogo": SetUp(environment={"PATH": "/nonexistent/bin"}),
    "nogomod": SetUp({"main.go": MAIN}),
    "settings_bad": SetUp(settings=SETTINGS),
    "vendor_inconsistent": SetUp(
        files({"go.mod": OK_MOD + "\nrequire github.com/x/y v1.0.0\n"})
        | {"vendor/modules.txt": "# github.com/z/z v1.0.0\n## explicit\ngithub.com/z/z\n", "main.go": USES_XY}
    ),
    "missing_require": SetUp(files({"main.go": USES_XY})),
    "importcycle": SetUp(
        {
            "go.mod": OK_MOD,
            "p/p.go": 'package p\n\nimport _ "ex.com/a/q"\n',
            "q/q.go": 'package q\n\nimport _ "ex.com/a/p"\n',
        },
        opens="p/p.go",
    ),
    "buildtag": SetUp(files({"t.go": "//go:build special\n\npackage main\n\nfunc t() {\n}\n"}), opens="t.go"),
    "dirfilter": SetUp(
        files({"p/p.go": "package p\n\nfunc P() {\n}\n"}), settings={"directoryFilters": ["-p"]}, opens="p/p.go"
    ),
    "gowork_absent_dir": SetUp(
        {"go.work": "go 1.25\n\nuse ./a\nuse ./c\n", "a/go.mod": OK_MOD, "a/a.go": "package a\n\nfunc A() {\n}\n"},
        opens="a/a.go",
    ),
    "gowork_env_absent": SetUp(environment={"GOWORK": "/nonexistent/go.work"}),
    "gowork_old_go": SetUp(
        {"go.work": "go 1.20\n\nuse ./a\n", "a/go.mod": OK_MOD, "a/a.go": "package a\n\nfunc A() {\n}\n"},
        opens="a/a.go",
    ),
    "driver_missing": SetUp(environment={"GOPACKAGESDRIVER": "/nonexistent/gopackagesdriver.sh"}),
    "gocacheoff": SetUp(environment={"GOCACHE": "off"}),
    "gomemlimit_bad": SetUp(environment={"GOMEMLIMIT": "3GB"}),
    "cla_module": SetUp(files({"go.mod": "module command-line-arguments\n\ngo 1.25\n"})),
    "bad_remote_flag": SetUp(flags=("-remotee=auto",)),
    "flags_wsfolder": SetUp(flags=("-logfile=${workspaceFolder}/.gopls.log",)),
    "cgo_nogcc": SetUp(
        files({"main.go": 'package main\n\nimport "C"\n\nfunc main() {\n}\n'}),
        environment={"CC": "gcc-nonexistent", "CGO_ENABLED": "1"},
    ),
}


def essential(capture: str, folder: Path) -> list[tuple[str, str]]:
    """(channel, words) of the lines of a capture that any conversation about the same fault must bring."""
    wanted: list[tuple[str, str]] = []
    text = re.sub(r"/home/gopher/src/\w+", str(folder), capture)
    # The advice at the end of this sentence differs between releases of Go.
    text = re.sub(r"(but go\.work lists go [\d.]+); to .*", r"\1", text)
    for line in text.splitlines():
        if line.startswith("SHOW("):
            wanted.append(("show", line.split(") ", 1)[1]))
        elif found := re.match(r'ERROR resp id=\d+ \{"code": 0, "message": "(.*)"\}', line):
            wanted.append(("reply", found[1]))
        elif found := re.match(r"DIAG (\S+) sev=\d source=(.*?) code=\S+: (.*)", line):
            wanted.append(("diagnostic", f"{found[2]}: {found[3]}"))
        elif found := re.match(
            r"LOG\(1\) \S+ \S+ (initial workspace load failed: .*|errors loading workspace: .*)", line
        ):
            wanted.append(("log", found[1]))
        elif found := re.match(r'PROGRESS \{"kind": "end", "message": "(\w+ loading packages)', line):
            wanted.append(("progress", found[1]))
        elif line.startswith("STDERR ") and not any(channel == "stderr" for channel, _ in wanted):
            wanted.append(("stderr", line.removeprefix("STDERR ")))
        elif line.startswith("EXIT "):
            wanted.append(("exit", f"exit code {line.removeprefix('EXIT ')}"))
    return wanted


def heard(transcript: SessionTranscript, channel: str, words: str) -> bool:
    return any(each.channel == channel and words in each.text for each in transcript.utterances)


@pytest.mark.parametrize("name", SET_UPS)
def test_hears_what_the_capture_holds(
    name: str, gopls: Callable[[str], str], environment: dict[str, str], tmp_path: Path
) -> None:
    set_up, folder = SET_UPS[name], tmp_path / name
    for path, text in set_up.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    script = SessionScript(
        (gopls("v0.23.0"), *set_up.flags),
        str(folder),
        set_up.environment,
        set_up.settings,
        open_file=str(folder / set_up.opens),
        limit_seconds=60,
    )

    transcript = run_session(script, environment)

    wanted = essential((CAPTURES / f"{name}.txt").read_text(encoding="utf-8"), folder)
    assert len(wanted) >= 2
    missing = [each for each in wanted if not heard(transcript, *each)]
    assert missing == [], transcript.utterances
