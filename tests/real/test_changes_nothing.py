"""`doctor` touches nothing: home, workspace, caches and temporary files are the same afterwards, to the nanosecond."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gym import catalogue, supplies
from tests.gym.machine import Machine
from tests.gym.play import clear, stage

pytestmark = pytest.mark.real

BUILDS = {setup.name: setup.build for setup in catalogue.ALL}
SERVES_NOTHING = {"version", "api-json", "help"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    root = tmp_path.resolve() / "machine"
    root.mkdir()
    try:
        yield Machine(root)
    except supplies.Lacking as reason:
        pytest.skip(str(reason))
    finally:
        clear(root)


def picture(root: Path) -> dict[str, tuple[object, ...]]:
    """Every path with its mode, times, size and content; but not what go and gopls count for themselves."""
    seen: dict[str, tuple[object, ...]] = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            short = str(path.relative_to(root))
            if "/go/telemetry" in short or short in {"plan.json", "home/gopher/.config/go", "home/gopher/.config"}:
                continue
            # A private folder came and went in the temporary one, so its time alone may differ.
            seen[short] = portrait(path) if short != "tmp" else ("folder",)
    return seen


def portrait(path: Path) -> tuple[object, ...]:
    told = path.lstat()
    content: object = None
    if stat.S_ISREG(told.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    elif stat.S_ISLNK(told.st_mode):
        content = os.readlink(path)
    return (told.st_mode, told.st_uid, told.st_mtime_ns, told.st_size, told.st_ino, content)


def used_before(machine: Machine) -> None:
    """A home in which go has built and gopls has run, with old folders in its cache."""
    let_gopls_and_go_settle(machine)
    machine.depend()
    machine.go("build", "./...")
    machine.go("list", "-deps", "-test", "./...")
    for i in range(300):
        machine.write(f"~/.cache/gopls/0a1b2c3d/{i % 16:02x}/{i:064x}-cas", f"{i}" * 50)
    machine.write("~/.cache/gopls/0a1b2c3d/exe.sha256", b"\x0a\x1b\x2c\x3d" + b"x" * 28)


def let_gopls_and_go_settle(machine: Machine) -> None:
    """gopls makes its cache folders on its first command of any kind, even `version`; go fills its own with folders."""
    environment = {
        **os.environ,
        **machine.environment,
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GO111MODULE": "on",
        "GODEBUG": "goindex=0",
    }
    environment["PATH"] = f"{supplies.go_root()}/bin:/usr/bin:/bin"
    environment.pop("GOROOT", None)
    for command in ((str(supplies.gopls("v0.23.0")), "version"), ("go", "list", "-deps", "-test", "fmt")):
        subprocess.run(command, env=environment, cwd="/", check=True, capture_output=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "filled_module_cache",
        "vendored",
        "work_of_three",
        "cgo",
        "no_sum_file",
        "module_file_untidy",
        "import_not_required",
        "no_go",
        "goroot_in_shell",
        "settings_do_not_parse",
        "gopls_not_installed",
        "used_before",
    ],
)
def test_doctor_leaves_the_machine_as_it_was(machine: Machine, name: str) -> None:
    build = {**BUILDS, "used_before": used_before}[name]
    build(machine)
    before = picture(machine.root)

    result = stage(machine)

    assert result["exit_code"] in (0, 1), result["stderr"]
    after = picture(machine.root)
    assert sorted(set(after) - set(before)) == [], "made"
    assert sorted(set(before) - set(after)) == [], "taken away"
    assert [path for path in before if before[path] != after[path]] == [], "changed"


def test_doctor_starts_no_gopls_server(machine: Machine, keeps_words: Callable[[Machine], Path]) -> None:
    words = keeps_words(machine)

    result = stage(machine)

    assert result["exit_code"] in (0, 1), result["stderr"]
    asked = words.read_text().splitlines()
    assert asked, "the doctor asks gopls for its version at least"
    assert [line for line in asked if line.split()[0] not in SERVES_NOTHING] == []


@pytest.fixture
def keeps_words() -> Callable[[Machine], Path]:
    """Puts a gopls in place that writes down its arguments before it becomes the real one."""

    def replace(machine: Machine) -> Path:
        words = machine.root / "words"
        real = machine.install_gopls(to=machine.root / "opt/gopls")
        machine.remove("~/go/bin/gopls")
        machine.script("~/go/bin/gopls", f'echo "${{@:-serve}}" >> {words}\nexec {real} "$@"\n')
        return words

    return replace
