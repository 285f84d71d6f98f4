"""More that looks odd and is well: traps that simple rules fall into."""

from __future__ import annotations

import json

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.setups import healthy


@healthy()
def external_test_package(machine: Machine) -> None:
    """Two package names in a folder, as tests from outside have it."""
    machine.write("price/outside_test.go", 'package price_test\n\nimport "testing"\n\nfunc TestOut(t *testing.T) {}\n')


@healthy()
def documentation_package(machine: Machine) -> None:
    """A doc.go of package documentation, which go passes over, beside the real package."""
    machine.write("price/doc.go", "// Long words.\npackage documentation\n")


@healthy()
def old_go_line(machine: Machine) -> None:
    """A module that still says go 1.16."""
    machine.write("go.mod", "module example.com/shop\n\ngo 1.16\n")


@healthy()
def no_go_line(machine: Machine) -> None:
    """A go.mod without a go line."""
    machine.write("go.mod", "module example.com/shop\n")


@healthy()
def gopath_project(machine: Machine) -> None:
    """An old project in GOPATH/src with GO111MODULE=off, whose imports are all there."""
    machine.environment["GO111MODULE"] = "off"
    machine.write(
        "~/go/src/example.com/greet/greet.go",
        '// Package greet greets.\npackage greet\n\n// Hi greets.\nfunc Hi() string { return "hi" }\n',
    )
    machine.folder_of("~/go/src/example.com/old")
    machine.write("main.go", 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hi()) }\n')


@healthy()
def goroot_named_rightly(machine: Machine) -> None:
    """GOROOT names the very Go that is on PATH."""
    machine.environment["GOROOT"] = str(supplies.go_root())


@healthy()
def memory_limits_that_are_right(machine: Machine) -> None:
    """GOMEMLIMIT with a right unit, GOGC and GODEBUG in the shell and in settings."""
    machine.environment |= {"GOMEMLIMIT": "2500MiB", "GOGC": "80", "GODEBUG": "http2client=0"}
    machine.vscode({"go.toolsEnvVars": {"GOMEMLIMIT": "4GiB", "GOGC": "50"}})


@healthy()
def xdg_folders(machine: Machine) -> None:
    """XDG_CONFIG_HOME and XDG_CACHE_HOME lie elsewhere, and TMPDIR has a space."""
    machine.environment["XDG_CACHE_HOME"] = str(machine.root / "big disk/cache")
    (machine.root / "tmp files").mkdir()
    machine.environment["TMPDIR"] = str(machine.root / "tmp files")
    (machine.root / "big disk/cache").mkdir(parents=True)


@healthy()
def go_env_file_off(machine: Machine) -> None:
    """GOENV=off, and the file that is not read holds nonsense."""
    machine.go_env_file("GOFLAGS=nonsense", "GOROOT=/nowhere")
    machine.environment["GOENV"] = "off"


@healthy()
def work_switched_off(machine: Machine) -> None:
    """GOWORK=off beside a go.work that names a missing folder: the module alone is meant."""
    machine.write("go.work", "go 1.24\n\nuse (\n\t.\n\t../gone\n)\n")
    machine.environment["GOWORK"] = "off"


@healthy()
def readonly_flag_in_work(machine: Machine) -> None:
    """GOFLAGS=-mod=readonly with a go.work, which go allows."""
    machine.write("go.work", "go 1.24\n\nuse .\n")
    machine.environment["GOFLAGS"] = "-mod=readonly"


@healthy()
def vendor_flag_with_vendor(machine: Machine) -> None:
    """GOFLAGS=-mod=vendor and a right vendor folder."""
    machine.depend()
    machine.go("mod", "vendor")
    machine.go_env_file("GOFLAGS=-mod=vendor")


@healthy()
def replaced_with_space(machine: Machine) -> None:
    """A replace line to a folder with a space in its name."""
    machine.write("my libs/greet/go.mod", "module example.com/greet\n\ngo 1.24\n")
    machine.write(
        "my libs/greet/greet.go",
        '// Package greet greets.\npackage greet\n\n// Hi greets.\nfunc Hi() string { return "hi" }\n',
    )
    machine.write(
        "go.mod",
        'module example.com/shop\n\ngo 1.24\n\nrequire example.com/greet v0.0.0\n\nreplace example.com/greet => "./my libs/greet"\n',
    )
    machine.write("main.go", 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hi()) }\n')


@healthy()
def newer_gopls_with_older_go(machine: Machine) -> None:
    """gopls v0.24.0, built with Go 1.27, and the Go in use is one older."""
    machine.install_gopls("v0.24.0")


@healthy()
def two_windows_two_folders(machine: Machine) -> None:
    """Two windows on two folders, each with its own gopls."""
    machine.module("~/src/tool", "example.com/tool")
    machine.edit()
    machine.edit(folder=machine.home / "src/tool")


@healthy()
def settings_of_the_extension(machine: Machine) -> None:
    """Many names that the Go extension really has."""
    machine.vscode(
        {
            "go.formatTool": "goimports",
            "go.lintFlags": ["--fast"],
            "go.lintOnSave": "workspace",
            "go.vetOnSave": "off",
            "go.inlayHints.parameterNames": True,
            "go.diagnostic.vulncheck": "Imports",
            "go.testExplorer.enable": False,
            "go.delveConfig": {"showGlobalVariables": True},
            "go.survey.prompt": False,
            "go.showWelcome": False,
            "go.terminal.activateEnvironment": False,
            "go.coverageDecorator": {"type": "gutter"},
            "go.editorContextMenuCommands": {"addTags": True},
            "[go]": {"editor.insertSpaces": False, "editor.codeActionsOnSave": {"source.organizeImports": "explicit"}},
            "[go.mod]": {"editor.formatOnSave": True},
        }
    )


@healthy()
def profile_settings(machine: Machine) -> None:
    """A profile of VS Code with settings of its own."""
    machine.write(
        "~/.config/Code/User/profiles/-5d6b1a7c/settings.json", json.dumps({"gopls": {"ui.semanticTokens": True}})
    )
    machine.write(
        "~/.config/Code/User/globalStorage/storage.json",
        json.dumps({"userDataProfiles": [{"location": "-5d6b1a7c", "name": "Go"}]}),
    )


@healthy()
def remote_server(machine: Machine) -> None:
    """The far end of Remote-SSH: ~/.vscode-server and no desktop."""
    machine.without_vscode()
    machine.write("~/.vscode-server/data/Machine/settings.json", '{"gopls": {"ui.semanticTokens": true}}\n')
    machine.write(
        "~/.vscode-server/extensions/golang.go-0.56.0/package.json",
        '{"name": "go", "publisher": "golang", "version": "0.56.0", "engines": {"vscode": "^1.90.0"}}',
    )


@healthy()
def emacs_only(machine: Machine) -> None:
    """Emacs with eglot."""
    machine.without_vscode()
    machine.write(
        "~/.emacs.d/init.el",
        "(add-hook 'go-mode-hook 'eglot-ensure)\n(setq-default eglot-workspace-configuration '(:gopls (:staticcheck t)))\n",
    )


@healthy()
def assembly_and_embed(machine: Machine) -> None:
    """Assembly for two processors, embedded files, generate lines."""
    machine.write("fast/add_amd64.s", "TEXT ·add(SB), 4, $0-24\n\tRET\n")
    machine.write("fast/add_amd64.go", "package fast\n\nfunc add(a, b int) int\n")
    machine.write("fast/add_other.go", "//go:build !amd64\n\npackage fast\n\nfunc add(a, b int) int { return a + b }\n")
    machine.write(
        "fast/fast.go",
        '// Package fast is fast.\npackage fast\n\nimport _ "embed"\n\n//go:generate echo hi\n\n//go:embed note.txt\nvar note string\n\n// Add adds.\nfunc Add(a, b int) int { return add(a, b) + 0*len(note) }\n',
    )
    machine.write("fast/note.txt", "note")


@healthy()
def cgo_for_windows_only(machine: Machine) -> None:
    """C only in a file for Windows, and CGO_ENABLED=0."""
    machine.write("tray_windows.go", 'package main\n\nimport "C"\n')
    machine.environment["CGO_ENABLED"] = "0"


@healthy()
def wails_and_wasm(machine: Machine) -> None:
    """A package for js/wasm alone."""
    machine.write(
        "web/web.go", '//go:build js && wasm\n\npackage main\n\nimport "syscall/js"\n\nfunc main() { js.Global() }\n'
    )


@healthy()
def git_worktree_with_dubious_owner(machine: Machine) -> None:
    """A .git file of a worktree whose main repository is gone: gopls never asks git."""
    machine.write(".git", "gitdir: /nowhere/.git/worktrees/shop\n")
