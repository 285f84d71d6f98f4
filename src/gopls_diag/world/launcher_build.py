"""Makes the launcher that an editor starts as gopls: a Go program, or a script where there is no Go toolchain.

VS Code asks `go version -m` about it, and warns at each start of what is no Go program, or of an older Go than the
user's (extension/src/goInstallTools.ts of golang/vscode-go, listOutdatedTools). So it is built here, by the user's go.
"""

from __future__ import annotations

import contextlib
import io
import os
import py_compile
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gopls_diag.model.launcher import LauncherSettings

SOURCES = Path(__file__).parent / "launcher"
BUILD_SECONDS = 300
"""A cold cache of a small machine takes a minute."""
RUN_SECONDS = 20
DEPTH = "GOPLS_DIAG_LAUNCHER_DEPTH"
IS_WINDOWS = sys.platform == "win32"
PROGRAM_NAME = "gopls.exe" if IS_WINDOWS else "gopls"
SCRIPT_PART = "launch.pyz"

FOR_ANOTHER_MACHINE = ("GOOS", "GOARCH", "GOARM", "GOAMD64", "GOARM64", "GO386", "GOMIPS", "GOMIPS64", "GOPPC64")
"""Variables that would have go build something that does not run here."""
MISLEADING = ("GOROOT", "GOTOOLDIR", "GOEXPERIMENT", "GOCOVERDIR", "GODEBUG", "GOMEMLIMIT", "GOGC", "PWD")
"""Variables without which go works at least as well; a GOROOT that leads nowhere is what people call us for."""

SCRIPT = """\
#!/bin/sh
# An editor starts this instead of gopls; `gopls-diag record uninstall` gives the editor its own setting back.
python={python}
configured={configured}
launcher=${{0%/*}}
if [ -L "$0" ]; then
    launcher=$(readlink -f "$0") && launcher=${{launcher%/*}}
fi
# A Python that is there may be broken all the same, by an upgrade of the system for one.
if [ -r "$launcher/{part}" ] && "$python" -IS -c '' </dev/null >/dev/null 2>&1; then
    exec "$python" -IS "$launcher/{part}" "${{LC_CTYPE+set}}" "$@"
fi
# What records is gone. gopls is not.
depth=${{{depth}:-0}}
if [ "$depth" -lt 4 ]; then
    export {depth}=$((depth + 1))
    if [ -f "$configured" ] && [ -x "$configured" ]; then
        exec "$configured" "$@"
    fi
    set -f
    IFS=:
    for folder in $PATH{search}; do
        if [ -f "$folder/gopls" ] && [ -x "$folder/gopls" ] && [ ! -e "$folder/launcher.json" ]; then
            exec "$folder/gopls" "$@"
        fi
    done
fi
echo "gopls-diag: there is no gopls, neither at '$configured' nor on PATH" >&2
echo 'gopls-diag: install it with `go install golang.org/x/tools/gopls@latest`' >&2
exit 127
"""


class LauncherNotBuilt(Exception):
    """Why there is no launcher, in one sentence."""


@dataclass(frozen=True, slots=True)
class BuiltLauncher:
    """A launcher that is in its place and runs."""

    path: str
    form: str
    """`go`, or `script`, of which VS Code says at each start that it needs recompiling."""
    built_with: str = ""
    """`go1.26.8`; "" for a script."""
    why: str = ""
    """Why it is a script: `there is no go command`, or what go said."""


def build_launcher(
    folder: Path,
    settings: LauncherSettings,
    *,
    go: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> BuiltLauncher:
    """Put the launcher into a folder, as a whole or not at all; launcher_store writes launcher.json beside it.

    A script also works without launcher.json: the gopls of `settings` and its folders to search are written into it.
    `go` is the go command to build with; None looks on PATH and in GOROOT of `environment`, which is the user's, and
    "" makes a script in any case. A launcher that an editor is running meanwhile goes on undisturbed.

    Raises:
        LauncherNotBuilt: nothing that runs can be made in that folder.
    """
    environment = os.environ if environment is None else environment
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        go = find_go(environment) if go is None else go
        why = build_with_go(folder, go, environment) if go else "there is no go command"
        if why and IS_WINDOWS:
            raise LauncherNotBuilt(f"the launcher could not be built: {why}")
        if why:
            place_script(folder, settings)
        else:
            (folder / SCRIPT_PART).unlink(missing_ok=True)
    except OSError as problem:
        raise LauncherNotBuilt(f"{problem.filename or folder}: {problem.strerror}") from None
    program = folder / PROGRAM_NAME
    if not runs(program):
        raise LauncherNotBuilt(f"{program} cannot be started; programs may be forbidden there (noexec)")
    if why:
        return BuiltLauncher(str(program), "script", why=why)
    return BuiltLauncher(str(program), "go", _go_of(program, go))


def find_go(environment: Mapping[str, str]) -> str:
    """The go command of a user's environment; "" for none."""
    found = shutil.which("go", path=environment.get("PATH", ""))
    if found:
        return found
    for root in (environment.get("GOROOT", ""), "/usr/local/go", "C:\\Program Files\\Go"):
        inside = shutil.which("go", path=str(Path(root, "bin"))) if root else None
        if inside:
            return inside
    return ""


def build_with_go(folder: Path, go: str, environment: Mapping[str, str]) -> str:
    """Build the Go program into the folder, offline; gives why that failed, "" if it did not."""
    left_out = {*FOR_ANOTHER_MACHINE, *MISLEADING}
    variables = {name: value for name, value in environment.items() if name not in left_out}
    variables |= {"GOENV": "off", "GOFLAGS": "", "GOWORK": "off", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    variables |= {"CGO_ENABLED": "0", "GO111MODULE": "on"}
    part = folder / f"{PROGRAM_NAME}.{os.getpid()}.part"
    try:
        why = _go_build(go, part, variables)
        if why:
            # The user's build cache may be full, read-only or nowhere.
            with tempfile.TemporaryDirectory(prefix="gopls-diag-build-") as private:
                again = _go_build(go, part, {**variables, "GOCACHE": private, "GOPATH": str(Path(private, "path"))})
            if again:
                return why
        part.chmod(0o755)
        part.replace(folder / PROGRAM_NAME)
    finally:
        part.unlink(missing_ok=True)
    return ""


def _go_build(go: str, target: Path, variables: Mapping[str, str]) -> str:
    command = [go, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", str(target), "."]
    try:
        done = subprocess.run(
            command,
            cwd=SOURCES,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"go build took longer than {BUILD_SECONDS} s"
    except OSError as problem:
        return f"{go} cannot be started: {problem.strerror}"
    if done.returncode == 0 and target.is_file():
        return ""
    said = [each for each in done.stderr.decode("utf-8", "replace").splitlines() if each.strip()]
    return said[-1].strip() if said else f"go build ended with {done.returncode}"


def place_script(folder: Path, settings: LauncherSettings) -> None:
    """Write the launcher that is a script, with the Python that it needs beside it; OSError if that cannot be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, tempfile.TemporaryDirectory(prefix="gopls-diag-build-") as private:
        for source in (SOURCES / "launch.py", *sorted((SOURCES / "launching").glob("*.py"))):
            name = "__main__.py" if source.name == "launch.py" else source.relative_to(SOURCES).as_posix()
            # Without a date of its own, so that the same sources make the same file.
            archive.writestr(zipfile.ZipInfo(name), source.read_bytes())
            # Compiling takes a third of the time until gopls runs. Another Python passes over what this one compiled.
            compiled = py_compile.compile(
                str(source),
                cfile=str(Path(private, "compiled")),
                dfile=name,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            if compiled:
                archive.writestr(zipfile.ZipInfo(f"{name}c"), Path(compiled).read_bytes())
    _replace(folder / SCRIPT_PART, packed.getvalue(), 0o600)
    text = SCRIPT.format(
        python=shlex.quote(_lasting_python()),
        configured=shlex.quote(settings.gopls),
        search="".join(" " + shlex.quote(each) for each in settings.search),
        part=SCRIPT_PART,
        depth=DEPTH,
    )
    _replace(folder / PROGRAM_NAME, text.encode("utf-8", "surrogateescape"), 0o755)


def _lasting_python() -> str:
    """The interpreter that stays when gopls-diag's virtual environment is taken away."""
    # Not documented, and what venv itself goes by.
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def runs(program: Path) -> bool:
    """Whether a launcher can be started where it is: told that it is inside too many others, it says so and ends."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        variables = {**os.environ, DEPTH: "99"}
        done = subprocess.run(
            [program], env=variables, stdin=subprocess.DEVNULL, capture_output=True, timeout=RUN_SECONDS, check=False
        )
        return done.returncode == 127 and done.stderr.startswith(b"gopls-diag: ")
    return False


def _go_of(program: Path, go: str) -> str:
    """The Go that a program says it was built with."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run([go, "version", str(program)], capture_output=True, timeout=RUN_SECONDS, check=False)
        told = re.search(rb": (go\S+)", done.stdout)
        return told[1].decode() if told else ""
    return ""


def _replace(path: Path, content: bytes, mode: int) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
