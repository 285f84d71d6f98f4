"""The launcher is built by the go that there is, whatever its settings say, and is a script where there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.world import launcher_build
from gopls_diag.world.launcher_build import BuiltLauncher, LauncherNotBuilt, build_launcher, find_go

GO = shutil.which("go")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(GO is None, reason="there is no go on PATH"),
    pytest.mark.skipif(sys.platform == "win32", reason="the files are those of Unix"),
]
SETTINGS = LauncherSettings(gopls="/opt/it's/gopls", search=("/opt/a b", "/opt/$HOME"))


def made(folder: Path, **variables: str) -> BuiltLauncher:
    return build_launcher(folder, SETTINGS, environment={**os.environ, **variables})


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_vs_code_sees_a_tool_of_the_same_go(tmp_path: Path) -> None:
    """As inspectGoToolVersion and listOutdatedTools of extension/src/goInstallTools.ts look at it."""
    launcher = made(tmp_path)
    assert GO
    told = subprocess.run([GO, "version", "-m", launcher.path], capture_output=True, text=True, check=True).stdout
    lines = told.split("\n")[:3]
    seen = re.search(r"\s+(go\d+.\d+\S*)", lines[0])
    own = subprocess.run([GO, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()

    assert seen and seen[1] == own == launcher.built_with
    # The extension takes the fourth word of the third line, and takes the tool for outdated if there is no such line.
    assert re.split(r"\s+", lines[2])[1:4] == ["mod", "gopls-diag.example/launcher", "(devel)"]
    assert launcher.form == "go" and launcher.why == ""
    assert names(tmp_path) == {"gopls"}


@pytest.mark.parametrize(
    "variables",
    [
        {"GOFLAGS": "-mod=vendor -tags=nonsense"},
        {"GOROOT": "/no/such/go"},
        {"GOOS": "windows", "GOARCH": "arm64"},
        {"GO111MODULE": "off", "GOWORK": "/no/such/go.work", "GOPROXY": "nonsense"},
        {"GOENV": "/dev/null", "CGO_ENABLED": "1", "CC": "/bin/false"},
        {"GOTOOLCHAIN": "go1.99.0"},
        {"GOMEMLIMIT": "300MB"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_settings_of_go_that_would_spoil_it(tmp_path: Path, variables: Mapping[str, str]) -> None:
    assert made(tmp_path, **variables).form == "go"


def test_a_build_cache_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it has one of its own, which is gone afterwards; a copy of this one stands in, for a build takes long."""
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    private = []
    run = subprocess.run
    assert GO
    usable = run([GO, "env", "GOCACHE"], capture_output=True, text=True, check=True).stdout.strip()

    def with_warm_cache(command: list[str], **options: object) -> object:
        variables = options.get("env")
        if command[1:2] == ["build"] and isinstance(variables, dict) and variables.get("GOCACHE") != str(blocked):
            private.append(variables["GOCACHE"])
            options["env"] = {**variables, "GOCACHE": usable}
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", with_warm_cache)
    launcher = made(tmp_path / "launcher", GOCACHE=str(blocked))

    assert launcher.form == "go"
    (folder,) = private
    assert not Path(folder).exists()


@pytest.mark.parametrize("kind", ["nothing", "refuses", "is no program"])
def test_without_a_go_that_builds_it_is_a_script(tmp_path: Path, kind: str) -> None:
    go = tmp_path / "go"
    if kind != "nothing":
        go.write_text("#!/bin/sh\necho 'go: something is wrong' >&2\nexit 1\n" if kind == "refuses" else "\x7fELF")
        go.chmod(0o755)
    launcher = build_launcher(tmp_path / "launcher", SETTINGS, go="" if kind == "nothing" else str(go))

    assert launcher.form == "script"
    assert (
        launcher.why
        in {
            "nothing": {"there is no go command"},
            "refuses": {"go: something is wrong"},
            "is no program": {f"{go} cannot be started: Exec format error"},
        }[kind]
    )
    assert names(tmp_path / "launcher") == {"gopls", "launch.pyz"}


def test_the_one_form_replaces_the_other(tmp_path: Path) -> None:
    build_launcher(tmp_path, SETTINGS, go="")
    assert made(tmp_path).form == "go"
    assert names(tmp_path) == {"gopls"}
    build_launcher(tmp_path, SETTINGS, go="")
    assert names(tmp_path) == {"gopls", "launch.pyz"}
    assert Path(tmp_path, "gopls").read_bytes().startswith(b"#!/bin/sh\n")


def test_a_running_launcher_is_replaced(tmp_path: Path) -> None:
    made(tmp_path)
    gopls = tmp_path / "real" / "gopls"
    gopls.parent.mkdir()
    gopls.write_text("#!/bin/sh\nread line\nexit 5\n")
    gopls.chmod(0o755)
    paths = f"{gopls.parent}:{os.environ['PATH']}"
    running = subprocess.Popen([tmp_path / "gopls"], env={**os.environ, "PATH": paths}, stdin=subprocess.PIPE)
    made(tmp_path)
    running.communicate(b"\n")

    assert running.returncode == 5


def test_the_same_sources_make_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made(tmp_path / name)
        build_launcher(tmp_path / name / "script", SETTINGS, go="")

    one, two = tmp_path / "one", tmp_path / "two"
    assert (one / "gopls").read_bytes() == (two / "gopls").read_bytes()
    assert (one / "script" / "gopls").read_bytes() == (two / "script" / "gopls").read_bytes()


def test_what_the_script_runs_needs_nothing_of_gopls_diag(tmp_path: Path) -> None:
    build_launcher(tmp_path, SETTINGS, go="")
    with zipfile.ZipFile(tmp_path / "launch.pyz") as archive:
        held = archive.namelist()
        texts = [archive.read(each).decode() for each in held if each.endswith(".py")]

    assert "__main__.py" in held and "launching/session.py" in held
    imported = {name for text in texts for name in re.findall(r"^ *(?:from|import) ([a-zA-Z_]+)", text, re.MULTILINE)}
    assert imported - sys.stdlib_module_names - {"launching"} == {"gopls_diag"}
    # The one place: launch.py as a part of gopls-diag itself.
    assert sum(text.count("from gopls_diag") for text in texts) == 1


def test_what_another_python_compiled_is_passed_over(tmp_path: Path) -> None:
    """The system's Python may be replaced by a newer one at any time."""
    build_launcher(tmp_path, SETTINGS, go="")
    packed = tmp_path / "launch.pyz"
    with zipfile.ZipFile(packed) as archive:
        held = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, b"\0\0\r\n" + content[4:] if name.endswith("c") else content)

    assert sum(name.endswith(".pyc") for name in held) >= 5
    assert launcher_build.runs(tmp_path / "gopls")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LauncherNotBuilt):
        made(tmp_path / "file" / "launcher")


def test_a_folder_where_programs_are_forbidden(tmp_path: Path) -> None:
    options = ["-t", "tmpfs", "-o", "size=16m,noexec", "none", str(tmp_path)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with pytest.raises(LauncherNotBuilt, match="cannot be started"):
            made(tmp_path)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_where_go_is_looked_for(tmp_path: Path) -> None:
    for name in ("path", "root/bin"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "go").write_text("#!/bin/sh\n")
        (tmp_path / name / "go").chmod(0o755)
    both = {"PATH": str(tmp_path / "path"), "GOROOT": str(tmp_path / "root")}

    assert find_go(both) == str(tmp_path / "path" / "go")
    assert find_go({**both, "PATH": "/no/such"}) == str(tmp_path / "root" / "bin" / "go")


@pytest.mark.parametrize("system", ["darwin/arm64", "freebsd/amd64", "windows/amd64"])
def test_the_sources_are_fit_for_every_system(system: str) -> None:
    assert GO
    name, processor = system.split("/")
    env = {**os.environ, "GOOS": name, "GOARCH": processor, "CGO_ENABLED": "0", "GOFLAGS": "", "GOPROXY": "off"}
    done = subprocess.run(
        [GO, "vet", "."], cwd=launcher_build.SOURCES, env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_sources_are_formatted() -> None:
    assert GO
    gofmt = shutil.which("gofmt") or str(Path(GO).resolve().parent / "gofmt")
    done = subprocess.run([gofmt, "-l", "."], cwd=launcher_build.SOURCES, capture_output=True, text=True, check=True)

    assert done.stdout == ""
