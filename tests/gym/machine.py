"""A small machine on the real file system, healthy until a set-up breaks it in one way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.gym import supplies

EXTENSION = {
    "name": "go",
    "publisher": "golang",
    "displayName": "Go",
    "engines": {"vscode": "^1.90.0"},
    "main": "./dist/goMain.js",
}


class Machine:
    """Home, workspace, settings, environment, and what must run beside; every method breaks or builds one thing.

    Paths given as text are relative to the workspace folder, or to the home folder when they begin with `~/`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home/gopher"
        self.folder = self.home / "src/shop"
        self.subject = ""
        """The FOLDER argument; empty means the workspace folder, as the current folder."""
        self.environment = self._shell()
        self.steps: list[dict[str, Any]] = []
        self.limits: dict[str, int] = {}
        self.arguments: list[str] = []
        self.keep_capabilities = False
        self.world: Path | None = None
        for each in (self.folder, root / "tmp", root / "run"):
            each.mkdir(parents=True)
        (root / "run").chmod(0o700)
        self.shop()
        self.install_gopls()
        self.vscode()

    def _shell(self) -> dict[str, str]:
        return {
            "PATH": f"{supplies.go_root()}/bin:{self.home}/go/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "USER": "gopher",
            "LOGNAME": "gopher",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.root / "tmp"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
        }

    # The file system

    def path(self, name: str | Path) -> Path:
        """Where a name leads."""
        text = str(name)
        return self.home / text[2:] if text.startswith("~/") else self.folder / text

    def write(self, name: str | Path, text: str | bytes = "", mode: int | None = None) -> Path:
        """A file, with the folders above it."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if mode is not None:
            path.chmod(mode)
        return path

    def script(self, name: str | Path, text: str) -> Path:
        """An executable shell script."""
        return self.write(name, "#!/bin/sh\n" + text, 0o755)

    def link(self, name: str | Path, target: str | Path) -> Path:
        """A symbolic link."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return path

    def remove(self, name: str | Path) -> None:
        """Take a file or a folder away."""
        path = self.path(name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

    def folder_of(self, name: str) -> None:
        """Make another folder the workspace, empty at first."""
        self.folder = self.path(name)
        self.folder.mkdir(parents=True, exist_ok=True)

    # The workspace

    def shop(self) -> None:
        """A module of two packages and a test."""
        self.write("go.mod", "module example.com/shop\n\ngo 1.24\n")
        self.write(
            "main.go",
            'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/shop/price"\n)\n\nfunc main() { fmt.Println(price.Of("tea")) }\n',
        )
        self.write(
            "price/price.go",
            "// Package price knows prices.\npackage price\n\n// Of tells a price.\nfunc Of(what string) int { return len(what) }\n",
        )
        self.write(
            "price/price_test.go",
            'package price\n\nimport "testing"\n\nfunc TestOf(t *testing.T) {\n\tif Of("tea") != 3 {\n\t\tt.Fatal("wrong")\n\t}\n}\n',
        )

    def module(
        self, folder: str, path: str, *, go: str = "1.24", body: str | None = None, package: str = "main"
    ) -> None:
        """A module with one file."""
        self.write(f"{folder}/go.mod", f"module {path}\n\ngo {go}\n")
        default = (
            "package main\n\nfunc main() {}\n"
            if package == "main"
            else f"// Package {package} is small.\npackage {package}\n"
        )
        self.write(f"{folder}/{package}.go", body if body is not None else default)

    def depend(self, tidy: bool = True, version: str = "v1.0.0") -> None:
        """The shop uses example.com/greet, which lies in the module cache."""
        self.fill_module_cache()
        self.write("go.mod", f"module example.com/shop\n\ngo 1.24\n\nrequire example.com/greet {version}\n")
        self.write(
            "main.go",
            'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/greet"\n)\n\nfunc main() { fmt.Println(greet.Hello("you")) }\n',
        )
        if tidy:
            self.go("mod", "tidy")

    def fill_module_cache(self) -> None:
        """GOPATH/pkg/mod with the modules of the gym."""
        target = self.path("~/go/pkg/mod")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(supplies.module_cache(), target, symlinks=True)

    def go(self, *arguments: str, folder: Path | None = None) -> str:
        """Run the real go while building, with the file proxy; its output."""
        environment = self.environment | {
            "GOPROXY": f"file://{supplies.proxy()}",
            "GONOSUMDB": "*",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRYDIR": str(self.root / "tmp"),
            "PATH": f"{supplies.go_root()}/bin:/usr/bin:/bin",
        }
        done = subprocess.run(
            ["go", *arguments], cwd=folder or self.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"building the set-up: go {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    # Go and gopls

    def use_go(self, version: str) -> Path:
        """Put another Go first on PATH; its GOROOT."""
        root = self.sdk(version)
        self.environment["PATH"] = self.environment["PATH"].replace(f"{supplies.go_root()}/bin", f"{root}/bin")
        return root

    def sdk(self, version: str) -> Path:
        """Another Go, installed under the machine's own usr/local; its GOROOT."""
        place = self.root / "usr/local" / version
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(supplies.toolchain(version), place, symlinks=True, copy_function=link)
        return place

    def go_env_file(self, *lines: str) -> None:
        """What `go env -w` would have written."""
        self.write("~/.config/go/env", "".join(line + "\n" for line in lines))

    def install_gopls(self, version: str = "v0.23.0", to: str | Path = "~/go/bin/gopls") -> Path:
        """A real gopls at a place."""
        path = self.path(to)
        supplies.link_or_copy(supplies.gopls(version), path)
        return path

    def own_gopls(self, version: str = "v0.23.0", to: str | Path = "~/go/bin/gopls") -> Path:
        """A copy that may be changed."""
        path = self.path(to)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(supplies.gopls(version), path)
        return path

    # Editors

    def vscode(
        self,
        settings: Mapping[str, Any] | str | None = None,
        product: str = "Code",
        dot: str = ".vscode",
        extension: str = "0.56.0",
    ) -> None:
        """VS Code with the Go extension, and its user settings."""
        text = (
            settings if isinstance(settings, str) else json.dumps({"editor.fontSize": 13, **(settings or {})}, indent=4)
        )
        self.write(f"~/.config/{product}/User/settings.json", text)
        name = f"golang.go-{extension}"
        place = self.path(f"~/{dot}/extensions/{name}")
        self.write(place / "package.json", json.dumps({**EXTENSION, "version": extension}))
        self.write(
            f"~/{dot}/extensions/extensions.json",
            json.dumps(
                [
                    {
                        "identifier": {"id": "golang.go"},
                        "version": extension,
                        "location": {"$mid": 1, "path": str(place), "scheme": "file"},
                        "relativeLocation": name,
                    }
                ]
            ),
        )

    def without_vscode(self) -> None:
        """A machine on which VS Code was never installed."""
        self.remove("~/.config/Code")
        self.remove("~/.vscode")

    def folder_settings(self, settings: Mapping[str, Any] | str) -> None:
        """The workspace's own .vscode/settings.json."""
        self.write(".vscode/settings.json", settings if isinstance(settings, str) else json.dumps(settings, indent=4))

    def vscode_log(self, text: str, *, new: bool = True, name: str = "gopls (server).log", later: bool = False) -> None:
        """A log channel of a window, as v0.57 (new) or v0.56 keeps it; later: while the stage plays."""
        folder = "~/.config/Code/logs/20261122T091500/window1/exthost/"
        inner = f"golang.go/{name}" if new or name == "Go.log" else f"output_logging_20261122T091502/2-{name}"
        if later:
            self.step("write", path=str(self.path(folder + inner)), text=text)
        else:
            self.write(folder + inner, text)

    # What runs

    def edit(
        self, name: str = "code", *flags: str, gopls: str | Path = "~/go/bin/gopls", folder: Path | None = None
    ) -> None:
        """An editor's window is open: a real gopls serves it while the doctor looks."""
        program = self.path(f"~/.local/lib/{name}/{name}")
        if not program.exists():
            supplies.link_or_copy(supplies.editor(), program)
        number = sum(1 for each in self.steps if each["do"] == "start")
        ready = str(self.root / f"run/editor{number}")
        command = [str(program), "-ready", ready, str(self.path(gopls)), *flags]
        self.steps.append(
            {
                "do": "start",
                "name": f"editor{number}",
                "command": command,
                "folder": str(folder or self.folder),
                "environment": dict(self.environment),
                "ready": ready,
            }
        )

    def step(self, do: str, **details: Any) -> None:
        """One more step of the stage, in order."""
        self.steps.append({"do": do, **details})

    def run_first(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """A command that ran on this machine before the doctor came."""
        self.step(
            "run",
            command=list(command),
            folder=str(self.folder),
            environment={**self.environment, **(environment or {})},
        )


def link(source: str, target: str) -> str:
    """For copytree: the same bytes under another name."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
