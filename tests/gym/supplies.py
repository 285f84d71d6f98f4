"""What every set-up draws on, made once and kept in the project's own tools folder: modules, toolchains, an editor."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("GOPLS_DIAG_TOOLS", PROJECT / ".tools"))
SUPPLIES = TOOLS / "gym"

MODULES: dict[str, dict[str, str]] = {
    "example.com/greet@v1.0.0": {
        "go.mod": "module example.com/greet\n\ngo 1.21\n",
        "greet.go": '// Package greet greets.\npackage greet\n\n// Hello greets somebody.\nfunc Hello(who string) string { return "hello " + who }\n',
    },
    "example.com/greet@v1.1.0": {
        "go.mod": "module example.com/greet\n\ngo 1.21\n",
        "greet.go": "// Package greet greets.\npackage greet\n\n// Hello greets somebody.\n"
        'func Hello(who string) string { return "hello, " + who }\n\n// Bye takes leave.\nfunc Bye() string { return "bye" }\n',
    },
    "example.com/choir@v1.0.0": {
        "go.mod": "module example.com/choir\n\ngo 1.21\n\nrequire example.com/greet v1.1.0\n",
        "choir.go": "// Package choir greets in chorus.\npackage choir\n\n"
        'import "example.com/greet"\n\n// Sing greets twice.\nfunc Sing() string { return greet.Hello("all") + greet.Bye() }\n',
    },
}


class Lacking(Exception):
    """Something that a set-up needs is not on this machine; the message says what and how to get it."""


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time makes a thing."""
    SUPPLIES.mkdir(parents=True, exist_ok=True)
    with (SUPPLIES / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def go_root() -> Path:
    """The folder of the real Go on this machine."""
    found = shutil.which("go")
    if not found:
        raise Lacking("there is no go on PATH")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GO")}
    answer = subprocess.run(
        [found, "env", "GOROOT"], capture_output=True, text=True, check=True, env=environment, cwd="/"
    )
    return Path(answer.stdout.strip())


@functools.cache
def toolchain(version: str) -> Path:
    """The folder of another Go (`go1.24.11`), in the module cache, where `GOTOOLCHAIN=VERSION go version` puts it."""
    go = str(go_root() / "bin/go")
    cache = subprocess.run(
        [go, "env", "GOMODCACHE", "GOOS", "GOARCH"], capture_output=True, text=True, check=True, cwd="/"
    )
    folder, system, processor = cache.stdout.split("\n")[:3]
    found = Path(folder) / "golang.org" / f"toolchain@v0.0.1-{version}.{system}-{processor}"
    with locked(version):
        if not (found / "bin/go").exists():
            environment = {name: value for name, value in os.environ.items() if name not in ("GOFLAGS", "GOROOT")}
            subprocess.run(
                [go, "version"],
                capture_output=True,
                check=False,
                env={**environment, "GOTOOLCHAIN": version, "GOFLAGS": "-mod=mod"},
                cwd="/",
            )
    if not (found / "bin/go").exists():
        raise Lacking(f"{version} could not be fetched: `GOTOOLCHAIN={version} go version` says why")
    return found


def gopls(version: str) -> Path:
    """A real gopls, as `make setup` built it."""
    found = TOOLS / "gopls" / version / "gopls"
    if not found.exists():
        raise Lacking(f"gopls {version} is not in {TOOLS}/gopls: run `make setup`")
    return found


def gopls_386() -> Path:
    """A gopls for 32-bit processors; built from the module cache, which takes a minute or more the first time."""
    target = SUPPLIES / "gopls-386"
    with locked("gopls-386"):
        if not target.exists():
            folder = SUPPLIES / "gopls-386-build"
            environment = dict(os.environ, GOARCH="386", GOPATH=str(folder), GOFLAGS="", CGO_ENABLED="0")
            environment["GOMODCACHE"] = subprocess.run(
                ["go", "env", "GOMODCACHE"], capture_output=True, text=True, check=True, cwd="/"
            ).stdout.strip()
            done = subprocess.run(
                ["go", "install", "golang.org/x/tools/gopls@v0.23.0"],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            built = folder / "bin/linux_386/gopls"
            if done.returncode != 0 or not built.exists():
                raise Lacking(f"gopls could not be built for 386: {done.stderr.strip()[-200:]}")
            shutil.move(built, target)
            shutil.rmtree(folder, ignore_errors=True)
    return target


def clean_environment(**more: str) -> dict[str, str]:
    """For go commands while something is made: nothing of the outer shell but what is named."""
    return {
        "PATH": f"{go_root()}/bin:/usr/bin:/bin",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOTELEMETRY": "off",
        **more,
    }


def proxy() -> Path:
    """A file proxy with the modules above."""
    folder = SUPPLIES / "proxy"
    with locked("proxy"):
        if not (folder / "done").exists():
            for name, files in MODULES.items():
                path, version = name.split("@")
                place = folder / path / "@v"
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{version}.mod").write_text(files["go.mod"])
                (place / f"{version}.info").write_text(f'{{"Version":"{version}","Time":"2026-01-02T03:04:05Z"}}')
                with zipfile.ZipFile(place / f"{version}.zip", "w") as packed:
                    for file, text in files.items():
                        packed.writestr(f"{name}/{file}", text)
                versions = sorted(each.stem for each in place.glob("*.zip"))
                (place / "list").write_text("\n".join(versions) + "\n")
            (folder / "done").touch()
    return folder


def module_cache() -> Path:
    """A module cache that holds the modules above; read-only, as go leaves it."""
    folder = SUPPLIES / "modcache"
    source = proxy()
    with locked("modcache"):
        if not (folder / "cache/download/example.com/choir").exists():
            environment = clean_environment(
                GOPROXY=f"file://{source}", GONOSUMDB="*", GOSUMDB="off", GOMODCACHE=str(folder), HOME=str(SUPPLIES)
            )
            subprocess.run(
                ["go", "mod", "download", "-json", *MODULES],
                env=environment,
                cwd=SUPPLIES,
                check=True,
                capture_output=True,
            )
    return folder


def editor() -> Path:
    """The program that stands for an editor with a window: a real client of a real gopls."""
    target = SUPPLIES / "editor"
    source = Path(__file__).parent / "editor"
    with locked("editor"):
        newest = max(each.stat().st_mtime for each in source.iterdir())
        if not target.exists() or target.stat().st_mtime < newest:
            environment = clean_environment(HOME=str(SUPPLIES), CGO_ENABLED="0")
            subprocess.run(["go", "build", "-o", str(target), "."], cwd=source, env=environment, check=True)
    return target


def link_or_copy(source: Path, target: Path) -> None:
    """The same bytes under another name, without taking room where the file system allows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
