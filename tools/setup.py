"""Make .venv and .tools: the Python side by pip, the Go side by `go install`. Quick when all is there.

    python3 tools/setup.py                     everything
    python3 tools/setup.py python              the virtual environment alone
    python3 tools/setup.py python gopls@v0.23.0

Nothing outside the project's folder is written, apart from the caches that pip and go keep for themselves.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
OLDEST_PYTHON = (3, 11)
PARALLEL = 2

GO_PROGRAMS = {
    # name: (package, version, GOTOOLCHAIN). The toolchain is the one that the release was made for: old gopls releases
    # do not compile with new Go releases, and the newest needs a newer Go than most people have.
    "gopls@v0.24.0": ("golang.org/x/tools/gopls", "v0.24.0", "go1.27.3"),
    "gopls@v0.23.0": ("golang.org/x/tools/gopls", "v0.23.0", "go1.26.8"),
    "gopls@v0.18.1": ("golang.org/x/tools/gopls", "v0.18.1", "go1.24.11"),
    "gopls@v0.16.2": ("golang.org/x/tools/gopls", "v0.16.2", "go1.24.11"),
    "dlv@v1.27.2": ("github.com/go-delve/delve/cmd/dlv", "v1.27.2", "go1.26.8"),
    "pp@v2.5.0": ("github.com/maruel/panicparse/v2/cmd/pp", "v2.5.0", "go1.27.3"),
}
OWN_GO_PROGRAMS = "goroutines"
"""The programs of bench/goroutines: they make dumps, and read them with the libraries that we are measured against."""
OWN_GO_TOOLCHAIN = "go1.27.3"


def stop(message: str) -> None:
    """One line on standard error, and exit 2."""
    print("setup: " + message, file=sys.stderr)
    raise SystemExit(2)


def make_environment() -> None:
    """Make .venv with the versions of constraints.txt and this project in it, unless it is there already."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        stop(f"Python {wanted} or newer is needed, this is {sys.version.split()[0]}; run `make PYTHON=python{wanted}`")
    stamp = VENV / "made-from"
    sources = [ROOT / "constraints.txt", ROOT / "pyproject.toml"]
    digest = hashlib.sha256(b"\0".join(each.read_bytes() for each in sources) + str(ROOT).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    print("setup: making .venv", file=sys.stderr)
    # A shell's PYTHONPATH or PIP_TARGET would put the packages elsewhere.
    environment = {
        k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER"}
    }
    environment["PIP_CONSTRAINT"] = str(sources[0])
    if not (VENV / "bin" / "pip").exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False, env=environment)
        if made.returncode:
            stop("`python3 -m venv` failed; on Debian and Ubuntu it needs the package python3-venv")
    pip = [str(VENV / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--editable", f"{ROOT}[dev]"]
    if subprocess.run(pip, check=False, env=environment).returncode:
        stop("pip could not install the Python packages; the lines above say why")
    stamp.write_text(digest)


def go_environment(toolchain: str, go_bin: Path) -> dict[str, str]:
    """The shell's environment without what would change the build: flags, workspaces and targets of the user's."""
    hindrances = {
        "GOFLAGS",
        "GOTOOLCHAIN",
        "GOBIN",
        "GOOS",
        "GOARCH",
        "GO111MODULE",
        "GOWORK",
        "GOROOT",
        "GOEXPERIMENT",
    }
    environment = {k: v for k, v in os.environ.items() if k not in hindrances}
    # An empty variable would let the user's go/env file speak, so each has a harmless value of its own.
    return {
        **environment,
        "GOTOOLCHAIN": toolchain,
        "GOBIN": str(go_bin),
        "GOFLAGS": "-mod=mod",
        "GO111MODULE": "on",
        "GOWORK": "off",
    }


def toolchain_for(wanted: str, go: str) -> str:
    """`local` if the installed go is of the wanted minor release or one newer patch of it, else the wanted one."""
    pattern = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            [go, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=go_environment("local", TOOLS),
        )
    here, there = pattern.match(said.stdout.strip()), pattern.match(wanted)
    is_same_release = bool(here and there and here.group(1, 2) == there.group(1, 2))
    return "local" if is_same_release else wanted


def install(name: str, go: str) -> str | None:
    """Put one Go program into .tools; gives what went wrong, or None."""
    package, version, wanted = GO_PROGRAMS[name]
    program = name.split("@", maxsplit=1)[0]
    folder = TOOLS / program / version
    if (folder / program).is_file():
        return None
    print(f"setup: building {name}", file=sys.stderr)
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="building-") as scratch:
        go_bin = Path(scratch) / "bin"
        built = subprocess.run(
            [go, "install", f"{package}@{version}"],
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
            env=go_environment(toolchain_for(wanted, go), go_bin),
        )
        if built.returncode:
            lines = [
                each for each in built.stderr.splitlines() if each.strip() and not each.startswith("go: downloading")
            ]
            return f"{name} could not be built: " + " / ".join(lines[-3:])
        folder.mkdir(parents=True, exist_ok=True)
        # Renamed into place, so that an interrupted run never leaves half a program.
        (go_bin / program).replace(folder / program)
    return None


def own_stamp() -> str:
    """What tells one state of the sources of bench/goroutines from another."""
    sources = sorted((ROOT / "bench" / OWN_GO_PROGRAMS).rglob("*.*"))
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in sources if each.is_file())).hexdigest()


def is_there(name: str) -> bool:
    """True if a Go program is in .tools already."""
    if name == OWN_GO_PROGRAMS:
        stamp = TOOLS / OWN_GO_PROGRAMS / "made-from"
        return stamp.is_file() and stamp.read_text() == own_stamp()
    program, version = name.split("@")
    return (TOOLS / program / version / program).is_file()


def build_own(go: str) -> str | None:
    """Put the programs of bench/goroutines into .tools; gives what went wrong, or None."""
    print("setup: building bench/goroutines", file=sys.stderr)
    folder = TOOLS / OWN_GO_PROGRAMS
    folder.mkdir(parents=True, exist_ok=True)
    built = subprocess.run(
        [go, "build", "-o", str(folder) + os.sep, "./..."],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "bench" / OWN_GO_PROGRAMS,
        env=go_environment(toolchain_for(OWN_GO_TOOLCHAIN, go), folder),
    )
    if built.returncode:
        return "bench/goroutines could not be built: " + " / ".join(built.stderr.splitlines()[-3:])
    (folder / "made-from").write_text(own_stamp())
    return None


def make(name: str, go: str) -> str | None:
    """Put a Go program of either kind into .tools; gives what went wrong, or None."""
    return build_own(go) if name == OWN_GO_PROGRAMS else install(name, go)


def install_go_programs(names: list[str]) -> None:
    """Put the named Go programs into .tools, two at a time."""
    missing = [each for each in names if not is_there(each)]
    if not missing:
        return
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/opt/homebrew/bin:/usr/lib/go/bin")
    if go is None:
        stop("there is no `go` on PATH; install Go 1.21 or newer (it fetches the releases it needs), then try again")
        return
    with ThreadPoolExecutor(PARALLEL) as pool:
        problems = [each for each in pool.map(lambda name: make(name, go), missing) if each]
    if problems:
        stop("\n       ".join(problems))


def main(wanted: list[str]) -> None:
    """Make what was asked for; everything when nothing was."""
    known = (*GO_PROGRAMS, OWN_GO_PROGRAMS)
    unknown = [each for each in wanted if each != "python" and each not in known]
    if unknown:
        stop(f"{unknown[0]} is not known; choose from: python {' '.join(known)}")
    if not wanted or "python" in wanted:
        make_environment()
    install_go_programs([each for each in known if not wanted or each in wanted])


if __name__ == "__main__":
    main(sys.argv[1:])
