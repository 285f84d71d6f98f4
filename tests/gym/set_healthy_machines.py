"""Machines, editors and settings that look odd and on which everything is well."""

from __future__ import annotations

from tests.gym.machine import Machine
from tests.gym.setups import healthy


@healthy()
def jsonc_settings(machine: Machine) -> None:
    """settings.json with comments, trailing commas, a BOM and CRLF."""
    machine.vscode(
        '\ufeff// mine\r\n{\r\n  /* looks */ "editor.fontSize": 13,\r\n  "gopls": {\r\n    "ui.semanticTokens": true, // nice\r\n'
        '    "formatting.gofumpt": true,\r\n  },\r\n  "[go]": { "editor.formatOnSave": true, },\r\n}\r\n'
    )


@healthy()
def empty_settings(machine: Machine) -> None:
    """settings.json is empty, as VS Code leaves it."""
    machine.vscode("")


@healthy()
def many_right_settings(machine: Machine) -> None:
    """Real settings with right types, short names and long names mixed."""
    machine.vscode(
        {
            "go.useLanguageServer": True,
            "go.toolsManagement.autoUpdate": True,
            "go.languageServerFlags": ["-logfile=auto"],
            "go.toolsEnvVars": {"GOMEMLIMIT": "3GiB", "GOPRIVATE": "corp.example"},
            "go.lintTool": "golangci-lint",
            "go.testFlags": ["-race"],
            "go.coverOnSave": False,
            "go.buildTags": "",
            "go.inlayHints.parameterNames": True,
            "gopls": {
                "build.directoryFilters": ["-**/node_modules", "-web", "+web/go"],
                "staticcheck": False,
                "ui.diagnostic.analyses": {"unusedparams": False, "nilness": True},
                "ui.completion.usePlaceholders": True,
                "completionBudget": "200ms",
                "diagnosticsTrigger": "Save",
                "ui.codelenses": {"gc_details": True, "generate": False},
            },
        }
    )


@healthy()
def code_workspace(machine: Machine) -> None:
    """A multi-root .code-workspace with settings of its own, in comments and all."""
    machine.module("~/src/tool", "example.com/tool")
    machine.write(
        "shop.code-workspace",
        '{\n  // two folders\n  "folders": [{"path": "."}, {"path": "../tool"}],\n  "settings": {"gopls": {"ui.semanticTokens": true}},\n}\n',
    )


@healthy()
def go124_with_gopls018(machine: Machine) -> None:
    """Go 1.24 and a gopls of its time."""
    machine.use_go("go1.24.11")
    machine.install_gopls("v0.18.1")


@healthy(probe=True)
def go124_with_gopls018_probed(machine: Machine) -> None:
    """Go 1.24 and a gopls of its time, asked itself."""
    machine.use_go("go1.24.11")
    machine.install_gopls("v0.18.1")


@healthy()
def go124_with_gopls016(machine: Machine) -> None:
    """Go 1.24 and gopls v0.16.2, which still serves it."""
    machine.use_go("go1.24.11")
    machine.install_gopls("v0.16.2")
    machine.write("go.mod", "module example.com/shop\n\ngo 1.22\n")


@healthy()
def newest_of_all(machine: Machine) -> None:
    """Go 1.27 and gopls v0.24.0."""
    machine.use_go("go1.27.3")
    machine.install_gopls("v0.24.0")
    machine.write("go.mod", "module example.com/shop\n\ngo 1.27\n")
    machine.folder_settings({"gopls": {"memoryLimit": 3221225472}})


@healthy()
def fine_goflags(machine: Machine) -> None:
    """GOFLAGS with -buildvcs=false, -mod=mod (no go.work) and -tags."""
    machine.environment["GOFLAGS"] = "-buildvcs=false -mod=mod -tags=netgo,osusergo"


@healthy()
def toolchain_local(machine: Machine) -> None:
    """GOTOOLCHAIN=local, as distributions set it."""
    machine.environment["GOTOOLCHAIN"] = "local"


@healthy()
def go_env_written(machine: Machine) -> None:
    """go env -w wrote values that are all fine."""
    machine.go_env_file(
        "GOPRIVATE=corp.example/*,git.corp.example",
        "GOPROXY=https://goproxy.example,direct",
        "GONOSUMDB=corp.example",
        "CGO_CFLAGS=-O2 -g",
        "GOTELEMETRY=off",
        "GO111MODULE=on",
    )


@healthy()
def gopath_elsewhere(machine: Machine) -> None:
    """GOPATH is another folder, in the shell and for the editor alike, and gopls is in its bin."""
    machine.go_env_file(f"GOPATH={machine.root}/data/go")
    machine.install_gopls(to=machine.root / "data/go/bin/gopls")
    machine.remove("~/go")
    machine.environment["PATH"] = machine.environment["PATH"].replace(
        f"{machine.home}/go/bin", f"{machine.root}/data/go/bin"
    )


@healthy()
def gobin_set(machine: Machine) -> None:
    """GOBIN=~/bin, on PATH, gopls there and nowhere else."""
    machine.install_gopls(to="~/bin/gopls")
    machine.remove("~/go")
    machine.environment["GOBIN"] = str(machine.home / "bin")
    machine.environment["PATH"] = f"{machine.home}/bin:" + machine.environment["PATH"]


@healthy()
def two_gopaths(machine: Machine) -> None:
    """GOPATH is a list of two folders."""
    machine.environment["GOPATH"] = f"{machine.home}/go:{machine.home}/other"
    machine.path("~/other/src").mkdir(parents=True)


@healthy()
def filled_module_cache(machine: Machine) -> None:
    """A module cache with its read-only folders, and a go.sum."""
    machine.depend()


@healthy()
def linked_gopls(machine: Machine) -> None:
    """~/go/bin/gopls is a link into a version manager's folder."""
    machine.install_gopls(to="~/.local/share/mise/installs/gopls/0.23.0/gopls")
    machine.remove("~/go/bin/gopls")
    machine.link("~/go/bin/gopls", machine.home / ".local/share/mise/installs/gopls/0.23.0/gopls")


@healthy()
def linked_home(machine: Machine) -> None:
    """HOME is a symbolic link."""
    (machine.root / "u").symlink_to(machine.root / "home")
    home = machine.root / "u/gopher"
    for name, value in machine.environment.items():
        machine.environment[name] = value.replace(str(machine.home), str(home))
    machine.subject = str(home / "src/shop")


@healthy()
def one_gopls_twice_on_path(machine: Machine) -> None:
    """The same gopls is found under two names: a link in ~/.local/bin and ~/go/bin."""
    machine.link("~/.local/bin/gopls", machine.home / "go/bin/gopls")
    machine.environment["PATH"] = f"{machine.home}/.local/bin:" + machine.environment["PATH"]


@healthy()
def neovim_only(machine: Machine) -> None:
    """Neovim with a right Lua configuration, no VS Code."""
    machine.without_vscode()
    machine.write(
        "~/.config/nvim/init.lua",
        'vim.lsp.config("gopls", {\n  settings = {\n    gopls = {\n      gofumpt = true, -- strict\n      staticcheck = true,\n'
        '      analyses = { unusedparams = true },\n      ["ui.semanticTokens"] = true,\n    },\n  },\n})\nvim.lsp.enable("gopls")\n',
    )


@healthy()
def helix_only(machine: Machine) -> None:
    """Helix with a right languages.toml, no VS Code."""
    machine.without_vscode()
    machine.write(
        "~/.config/helix/languages.toml",
        '[[language]]\nname = "go"\nlanguage-servers = ["gopls", "golangci-lint-lsp"]\n\n[language-server.gopls]\ncommand = "gopls"\n'
        '[language-server.gopls.config]\ngofumpt = true\n"build.buildFlags" = ["-tags=dev"]\nhints = { parameterNames = true }\n',
    )


@healthy()
def zed_only(machine: Machine) -> None:
    """Zed with right settings, no VS Code; it brings a gopls of its own."""
    machine.without_vscode()
    machine.write(
        "~/.config/zed/settings.json",
        '// Zed\n{\n  "theme": "One Dark",\n  "lsp": { "gopls": { "initialization_options": { "gofumpt": true, "hints": { "rangeVariableTypes": true }, }, }, },\n}\n',
    )
    machine.install_gopls(to="~/.local/share/zed/languages/gopls/gopls_0.23.0_go_1.26.8")


@healthy()
def no_editor(machine: Machine) -> None:
    """A server without any editor."""
    machine.without_vscode()


@healthy()
def cursor_and_vscodium(machine: Machine) -> None:
    """Two forks of VS Code side by side, one of them without the Go extension."""
    machine.vscode({"gopls": {"gofumpt": True}}, product="VSCodium", dot=".vscode-oss")
    machine.write("~/.config/Cursor/User/settings.json", '{"editor.fontSize": 14}\n')


@healthy()
def open_window(machine: Machine) -> None:
    """One VS Code window is open, its gopls and the telemetry side-car run."""
    machine.edit()


@healthy()
def editor_and_shell_alike(machine: Machine) -> None:
    """Neovim is open with gopls in the daemon form -remote=auto."""
    machine.without_vscode()
    machine.edit("nvim", "-remote=auto")


@healthy()
def used_for_months(machine: Machine) -> None:
    """A gopls that really served before: its cache, counters, logs and a telemetry report are there."""
    machine.edit()
    machine.step("signal", name="editor0", signal="SIGTERM", settle_seconds=1)
    machine.vscode_log(
        "2026-11-22 09:15:12.000 [info] 2026/11/22 09:15:12 Created View (#1)\n"
        '\tdirectory=file:///home/gopher/src/shop\n\tview_type="GoMod"\n\n'
        "2026-11-22 09:15:13.100 [error] 2026/11/22 09:15:13 context canceled\n"
        "2026-11-22 18:30:00.000 [info] Server process exited successfully\n"
    )


@healthy()
def settings_of_others(machine: Machine) -> None:
    """Settings of other extensions, of tasks and launch files, and a golangci configuration with linters that exist."""
    machine.vscode(
        {"python.analysis.typeCheckingMode": "basic", "gitlens.hovers.enabled": False, "goto.line": 3, "gopher.mode": 1}
    )
    machine.write(
        ".vscode/launch.json",
        '{"version": "0.2.0", "configurations": [{"type": "go", "request": "launch", "program": "${file}"}]}',
    )
    machine.write(
        ".golangci.yml",
        "version: '2'\nlinters:\n  enable:\n    - errcheck\n    - staticcheck\n    - unparam\n  disable:\n    - unused\n",
    )


@healthy()
def workspace_variable_where_it_works(machine: Machine) -> None:
    """${workspaceFolder} in go.toolsEnvVars and go.alternateTools, where the extension expands it."""
    machine.install_gopls(to="bin/gopls")
    machine.folder_settings(
        {
            "go.toolsEnvVars": {"GOFLAGS": "-tags=dev", "MYROOT": "${workspaceFolder}/x"},
            "go.alternateTools": {"gopls": "${workspaceFolder}/bin/gopls"},
        }
    )


@healthy()
def tool_elsewhere_and_named(machine: Machine) -> None:
    """gopls lies in /opt and the setting names it."""
    machine.install_gopls(to=machine.root / "opt/gopls/gopls")
    machine.remove("~/go")
    machine.vscode({"go.alternateTools": {"gopls": f"{machine.root}/opt/gopls/gopls"}})


@healthy()
def shell_rc_with_harmless_limits(machine: Machine) -> None:
    """~/.bashrc raises limits, as it should, and mentions ulimit -v in a comment."""
    machine.write(
        "~/.bashrc", "# never: ulimit -v 4000000\nulimit -n 65536\nulimit -c 0\nexport PATH=$PATH:$HOME/go/bin\n"
    )


@healthy()
def cross_compiling(machine: Machine) -> None:
    """GOOS and GOARCH of a small board in the folder's settings."""
    machine.folder_settings({"go.toolsEnvVars": {"GOOS": "linux", "GOARCH": "arm64"}})


@healthy()
def offline_with_all_there(machine: Machine) -> None:
    """GOPROXY=off on a plane, and everything needed is in the cache."""
    machine.depend()
    machine.environment["GOPROXY"] = "off"
