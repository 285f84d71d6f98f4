"""More faults, from issue trackers: other editors, other places of the same fault, faults that stop go itself."""

from __future__ import annotations

import json

from tests.gym.machine import Machine
from tests.gym.setups import broken


def neovim(machine: Machine, text: str) -> None:
    """Neovim instead of VS Code."""
    machine.without_vscode()
    machine.write("~/.config/nvim/init.lua", text)


def helix(machine: Machine, text: str) -> None:
    """Helix instead of VS Code."""
    machine.without_vscode()
    machine.write("~/.config/helix/languages.toml", text)


@broken("S05", "X05")
def unknown_flag_in_neovim(machine: Machine) -> None:
    """Neovim starts gopls with a flag that it does not have."""
    neovim(machine, 'vim.lsp.config("gopls", { cmd = { "gopls", "-memory-profile" } })\nvim.lsp.enable("gopls")\n')


@broken("S05", "X05")
def unknown_flag_in_helix(machine: Machine) -> None:
    """Helix starts gopls with a flag that it does not have."""
    helix(machine, '[language-server.gopls]\ncommand = "gopls"\nargs = ["-ocagent=off"]\n')


@broken("H01", "S11", "X16")
def neovim_command_gone(machine: Machine) -> None:
    """Neovim's cmd names a gopls that is gone."""
    neovim(machine, f'vim.lsp.config("gopls", {{ cmd = {{ "{machine.root}/opt/gopls" }} }})\nvim.lsp.enable("gopls")\n')


@broken("S17")
def unknown_analyzer_in_neovim(machine: Machine) -> None:
    """An analyzer that does not exist, in Lua."""
    neovim(
        machine,
        'require("lspconfig").gopls.setup({ settings = { gopls = { analyses = { undeclaredname = true } } } })\n',
    )


@broken("S04")
def wrong_type_in_helix(machine: Machine) -> None:
    """A string where a truth value is wanted, in TOML."""
    helix(machine, '[language-server.gopls.config]\nstaticcheck = "true"\n')


@broken("S09", "S04")
def filter_wrong_in_zed(machine: Machine) -> None:
    """directoryFilters without a sign, in Zed."""
    machine.without_vscode()
    machine.write(
        "~/.config/zed/settings.json",
        json.dumps({"lsp": {"gopls": {"initialization_options": {"directoryFilters": ["vendor"]}}}}),
    )


@broken("S16")
def code_workspace_does_not_parse(machine: Machine) -> None:
    """The .code-workspace file has a stray brace."""
    machine.write("shop.code-workspace", '{"folders": [{"path": "."}]}, "settings": {}}\n')


@broken("S06", "R02")
def home_variable_in_flags(machine: Machine) -> None:
    """${env:HOME} in go.languageServerFlags."""
    machine.vscode({"go.languageServerFlags": ["-logfile=${env:HOME}/gopls.log"]})


@broken("S07")
def misspelt_cache_variable(machine: Machine) -> None:
    """GOPLS_CACHE instead of GOPLSCACHE."""
    machine.folder_settings({"go.toolsEnvVars": {"GOPLS_CACHE": "/big/cache"}})


@broken("S08")
def module_cache_per_folder(machine: Machine) -> None:
    """GOMODCACHE inside the folder."""
    machine.folder_settings({"go.toolsEnvVars": {"GOMODCACHE": "${workspaceFolder}/.mod"}})


@broken("S03")
def renamed_in_neovim(machine: Machine) -> None:
    """experimentalDisabledAnalyses-age names in Lua."""
    neovim(
        machine, 'require("lspconfig").gopls.setup({ settings = { gopls = { experimentalWorkspaceModule = true } } })\n'
    )


@broken("E06")
def gopath_relative_for_editor(machine: Machine) -> None:
    """A relative GOPATH in go.toolsEnvVars."""
    machine.vscode({"go.toolsEnvVars": {"GOPATH": "gopath"}})


@broken("E09")
def build_cache_written_elsewhere(machine: Machine) -> None:
    """go env -w GOCACHE names a folder below a file."""
    machine.write("~/data", "x")
    machine.go_env_file(f"GOCACHE={machine.home}/data/go-build")


@broken("E10", "E12", "W10")
def work_file_too_new(machine: Machine) -> None:
    """go.work asks for a Go that is not here."""
    machine.write("go.work", "go 1.99\n\nuse .\n")


@broken("E12")
def work_file_garbled(machine: Machine) -> None:
    """go.work has a directive that does not exist."""
    machine.write("go.work", "go 1.24\n\nuses .\n")


@broken("E12", "W09")
def used_module_garbled(machine: Machine) -> None:
    """A module of go.work has a broken go.mod."""
    machine.write("tool/go.mod", "modul example.com/tool\n")
    machine.write("go.work", "go 1.24\n\nuse (\n\t.\n\t./tool\n)\n")


@broken("E29")
def replace_target_gone(machine: Machine) -> None:
    """A replace line leads to a folder that was deleted."""
    machine.write(
        "go.mod",
        "module example.com/shop\n\ngo 1.24\n\nrequire example.com/greet v0.0.0\n\nreplace example.com/greet => ../greet\n",
    )
    machine.write("main.go", 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hi()) }\n')


@broken("E30")
def module_twice_in_work(machine: Machine) -> None:
    """Two folders of go.work hold the same module."""
    machine.write("copy/go.mod", "module example.com/shop\n\ngo 1.24\n")
    machine.write("go.work", "go 1.24\n\nuse (\n\t.\n\t./copy\n)\n")


@broken("E09", "R01")
def caches_of_another_user(machine: Machine) -> None:
    """~/.cache as a whole may not be written."""
    machine.path("~/.cache").mkdir()
    machine.path("~/.cache").chmod(0o555)


@broken("E19", "E22")
def sum_file_cut(machine: Machine) -> None:
    """go.sum lost its last lines in a merge."""
    machine.depend()
    lines = machine.path("go.sum").read_text().splitlines(keepends=True)
    machine.write("go.sum", "".join(line for line in lines if "/go.mod" in line))


@broken("W15")
def package_renamed_by_half(machine: Machine) -> None:
    """One of three files of a package was renamed."""
    machine.write("price/list.go", "package prices\n")
    machine.write("price/more.go", "package price\n")


@broken("H01")
def wrong_gobin(machine: Machine) -> None:
    """go env -w GOBIN moved the tools' folder; gopls was never installed there, GOPATH/bin is empty too."""
    machine.go_env_file(f"GOBIN={machine.home}/bin")
    machine.path("~/bin").mkdir()
    machine.remove("~/go")


@broken("M06")
def memory_limit_comma(machine: Machine) -> None:
    """GOMEMLIMIT=1,5GiB."""
    machine.vscode({"go.toolsEnvVars": {"GOMEMLIMIT": "1,5GiB"}})


@broken("R02", also=("S13",))
def log_folder_unwritable(machine: Machine) -> None:
    """-logfile leads into a folder that may not be written."""
    machine.path("~/logs").mkdir()
    machine.path("~/logs").chmod(0o555)
    machine.vscode({"go.languageServerFlags": [f"-logfile={machine.home}/logs/gopls.log"]})
