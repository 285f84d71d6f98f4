"""The cache folder of a real gopls: left alone while it runs, under whatever name; deleted once it has ended."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gopls_diag.model.change import CannotChange
from gopls_diag.world.cache_deletion import delete_cache_folder

Environment = dict[str, str]


@contextmanager
def running(program: str, folder: Path, environment: Environment) -> Iterator[int]:
    """A server that waits for its client."""
    process = subprocess.Popen(
        [program], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def deleted(folder: Path) -> None:
    """Delete it as soon as the side-car of a gopls that was killed has ended too."""
    deadline = time.monotonic() + 120
    while True:
        try:
            delete_cache_folder(str(folder))
            return
        except CannotChange as refusal:
            if "runs the gopls" not in str(refusal) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("version", ["v0.23.0", "v0.24.0"])
def test_it_is_left_while_its_gopls_runs(
    version: str, gopls: Callable[[str], str], environment: Environment, tmp_path: Path
) -> None:
    workspace = tmp_path / "shop"
    workspace.mkdir()
    (workspace / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n")
    (workspace / "main.go").write_text("package main\n\nfunc main() {}\n")
    # Its folder is named by the bytes of the program: with others at the end no gopls of another test is taken for it.
    program = tmp_path / "gopls"
    program.write_bytes(Path(gopls(version)).read_bytes() + str(tmp_path).encode())
    program.chmod(0o755)
    subprocess.run([program, "check", "main.go"], cwd=workspace, env=environment, check=True, timeout=120)
    (folder,) = (Path(environment["HOME"]) / ".cache" / "gopls").iterdir()
    renamed = tmp_path / "server"
    shutil.copy2(program, renamed)

    with running(str(renamed), workspace, environment), pytest.raises(CannotChange) as refusal:
        delete_cache_folder(str(folder))

    assert "runs the gopls that it belongs to" in str(refusal.value)
    assert list(folder.rglob("*-cas"))

    deleted(folder)
    assert list(folder.parent.iterdir()) == []
