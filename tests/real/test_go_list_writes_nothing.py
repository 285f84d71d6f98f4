"""The facts about Go change nothing on the machine: not the caches, not the workspace, not the home folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.go_folders import CgoTools, GoFolders
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.world.live import LiveWorld

GO = shutil.which("go")
pytestmark = [pytest.mark.real, pytest.mark.skipif(GO is None, reason="needs the go command")]
TOOLCHAINS = ("go1.26.8", "go1.24.11")


def go(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["go", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(params=TOOLCHAINS)
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own, with one of the toolchains, which must be on this machine already."""
    modules = go(tmp_path, "env", "GOMODCACHE").stdout.strip()
    for name in list(os.environ):
        if name.startswith(("GO", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GOMODCACHE", modules)
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("GOTOOLCHAIN", request.param)
    if go(tmp_path, "version").returncode != 0:
        pytest.skip(f"{request.param} is not on this machine")
    return tmp_path


def everything(*folders: Path) -> dict[str, tuple[int, int, int]]:
    """Path to size, mode and time of change; the counters that go keeps by itself apart."""
    found: dict[str, tuple[int, int, int]] = {}
    for folder in folders:
        for each in [folder, *folder.rglob("*")]:
            if "telemetry" in each.parts:
                continue
            seen = each.lstat()
            found[str(each)] = (seen.st_size, seen.st_mode, seen.st_mtime_ns)
    return found


def workspace_with_work_file(home: Path) -> Path:
    """Two modules and a go.work without the go.work.sum that go would like to write."""
    root = home / "src" / "work"
    for name, dependency in (("a", "v1.0.0"), ("b", "v1.1.0")):
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "go.mod").write_text(f"module example.com/{name}\n\ngo 1.24\n")
        (folder / f"{name}.go").write_text(f'package {name}\n\nimport _ "net/http"\n\n// Needs {dependency}.\n')
        (folder / f"{name}_test.go").write_text(f'package {name}_test\n\nimport _ "testing"\n')
    (root / "go.work").write_text("go 1.24\n\nuse (\n\t./a\n\t./b\n)\n")
    return root


def asked(folder: Path) -> GoList:
    gatherer = Gatherer(LiveWorld(), Request(folder=str(folder)))
    listed = gatherer.value(GoList)
    for each in (GoEnvironment, GoFolders, CgoTools):
        assert not isinstance(gatherer.value(each), Unknown)
    assert isinstance(listed, GoList), listed
    return listed


def test_a_used_machine_is_left_as_it_was(home: Path) -> None:
    root = workspace_with_work_file(home)
    go(root, "build", "./a/...", "./b/...")
    old = 1_600_000_000
    for each in (home / ".cache" / "go-build").rglob("*-[ad]"):
        os.utime(each, (old, old))
    (home / ".cache" / "go-build" / "trim.txt").write_text(f"{old}\n")
    before = everything(home)

    listed = asked(root)

    assert listed.is_ok
    assert [each.path for each in listed.own] == ["example.com/a", "example.com/b"]
    assert everything(home) == before


def test_a_machine_that_never_built_anything_gets_no_build_cache(home: Path) -> None:
    root = workspace_with_work_file(home)
    before = everything(home)

    listed = asked(root)

    assert listed.is_ok
    assert everything(home) == before


def test_a_flag_that_lets_go_write_the_module_file_does_not_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = home / "src" / "loose"
    root.mkdir(parents=True)
    (root / "go.mod").write_text(
        "module example.com/loose\n\ngo 1.24\n\nrequire example.com/unused v1.0.0 // indirect\n"
    )
    (root / "loose.go").write_text('package loose\n\nimport _ "fmt"\n')
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    before = everything(home)

    asked(root)

    assert everything(home) == before
