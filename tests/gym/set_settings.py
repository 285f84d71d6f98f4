"""Faults of settings and flags (family S)."""

from __future__ import annotations

from tests.gym.machine import Machine
from tests.gym.setups import broken


@broken("S01")
def invented_names(machine: Machine) -> None:
    """go.goplsArgs and go.goplsSettings, as articles on the web advise."""
    machine.vscode({"go.goplsArgs": ["-rpc.trace"], "go.goplsSettings": {"staticcheck": True}})


@broken("S01")
def misspelt_in_folder(machine: Machine) -> None:
    """go.languageServerFlag (no s) in the folder's settings."""
    machine.folder_settings('{\n  // flags\n  "go.languageServerFlag": ["-rpc.trace"],\n}\n')


@broken("S02")
def unknown_gopls_setting(machine: Machine) -> None:
    """serverArgs inside gopls."""
    machine.vscode({"gopls": {"serverArgs": ["-rpc.trace"]}})


@broken("S02", "W21", probe=True)
def unknown_gopls_setting_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    unknown_gopls_setting(machine)


@broken("S02", "M08")
def setting_of_a_newer_gopls(machine: Machine) -> None:
    """memoryLimit, which gopls has since v0.24.0, with v0.23.0."""
    machine.vscode({"gopls": {"memoryLimit": 3221225472}})


@broken("S02")
def unknown_in_neovim(machine: Machine) -> None:
    """A misspelt name in Neovim's Lua."""
    machine.without_vscode()
    machine.write(
        "~/.config/nvim/lua/lsp.lua",
        'require("lspconfig").gopls.setup({\n  settings = {\n    gopls = {\n      gofumpt = true,\n      staticCheck = true,\n    },\n  },\n})\n',
    )
    machine.write("~/.config/nvim/init.lua", 'require("lsp")\n')


@broken("S02")
def unknown_in_helix(machine: Machine) -> None:
    """A name that gopls does not have in Helix's languages.toml."""
    machine.without_vscode()
    machine.write(
        "~/.config/helix/languages.toml",
        '[language-server.gopls]\ncommand = "gopls"\n\n[language-server.gopls.config]\n"formatting.gofumptt" = true\n',
    )


@broken("S02")
def unknown_in_zed(machine: Machine) -> None:
    """A name that gopls does not have in Zed's settings."""
    machine.without_vscode()
    machine.write(
        "~/.config/zed/settings.json",
        '{ "lsp": { "gopls": { "initialization_options": { "unusedImports": true } } } }\n',
    )


@broken("S02")
def unknown_in_code_workspace(machine: Machine) -> None:
    """A name that gopls does not have in the .code-workspace file."""
    machine.write(
        "shop.code-workspace", '{"folders": [{"path": "."}], "settings": {"gopls": {"build.exclude": ["web"]}}}\n'
    )


@broken("S02")
def unknown_in_fork(machine: Machine) -> None:
    """The same mistake in Cursor, without VS Code."""
    machine.without_vscode()
    machine.vscode({"gopls": {"lint": True}}, product="Cursor", dot=".cursor")


@broken("S03", "M07")
def retired_memory_mode(machine: Machine) -> None:
    """memoryMode: DegradeClosed."""
    machine.vscode({"gopls": {"memoryMode": "DegradeClosed"}})


@broken("S03")
def renamed_setting(machine: Machine) -> None:
    """experimentalDiagnosticsDelay, now diagnosticsDelay."""
    machine.folder_settings({"gopls": {"experimentalDiagnosticsDelay": "500ms"}})


@broken("S04")
def wrong_type(machine: Machine) -> None:
    """staticcheck as a string."""
    machine.vscode({"gopls": {"ui.diagnostic.staticcheck": "yes"}})


@broken("S04", "W21", probe=True)
def wrong_type_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    wrong_type(machine)


@broken("S04")
def missing_unit(machine: Machine) -> None:
    """diagnosticsDelay without a unit."""
    machine.vscode({"gopls": {"ui.diagnostic.diagnosticsDelay": "500"}})


@broken("S04")
def wrong_enum(machine: Machine) -> None:
    """An enum value that does not exist."""
    machine.vscode({"gopls": {"ui.diagnostic.diagnosticsTrigger": "OnSave"}})


@broken("S04")
def flags_as_text(machine: Machine) -> None:
    """go.languageServerFlags as one string: the window cannot start gopls."""
    machine.vscode({"go.languageServerFlags": "-rpc.trace"})


@broken("S05", "X05")
def unknown_flag(machine: Machine) -> None:
    """A flag that never existed: gopls does not start."""
    machine.vscode({"go.languageServerFlags": ["-memory-profile", "off"]})


@broken("S05", "X05")
def removed_flag(machine: Machine) -> None:
    """-ocagent, removed in gopls v0.19."""
    machine.folder_settings({"go.languageServerFlags": ["-ocagent=localhost:55678"]})


@broken("S05", "X05", probe=True)
def unknown_flag_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    unknown_flag(machine)


@broken("S06", "R02")
def variable_in_flags(machine: Machine) -> None:
    """${workspaceFolder} in go.languageServerFlags, where nobody expands it."""
    machine.vscode(
        {"go.languageServerFlags": ["-rpc.trace", "-logfile=${workspaceFolder}/.gopls.log"]}, extension="0.56.0"
    )


@broken("S07")
def invented_environment(machine: Machine) -> None:
    """GOPLS_MODE in go.toolsEnvVars."""
    machine.vscode({"go.toolsEnvVars": {"GOPLS_MODE": "no-analysis"}})


@broken("S07")
def invented_environment_in_shell(machine: Machine) -> None:
    """GOPLS_NO_ANALYTICS in the shell."""
    machine.environment["GOPLS_NO_ANALYTICS"] = "1"


@broken("S08")
def gopath_per_folder(machine: Machine) -> None:
    """GOPATH inside the folder, through go.toolsEnvVars."""
    machine.folder_settings({"go.toolsEnvVars": {"GOPATH": "${workspaceFolder}/.gopath"}})


@broken("S09", "S04")
def filter_without_sign(machine: Machine) -> None:
    """directoryFilters without + or -."""
    machine.folder_settings({"gopls": {"build.directoryFilters": ["node_modules", "web"]}})


@broken("S09")
def filter_hides_all(machine: Machine) -> None:
    """The filter takes every package away."""
    machine.folder_settings({"gopls": {"directoryFilters": ["-", "+services/api"]}})


@broken("S10", "W25")
def server_off(machine: Machine) -> None:
    """go.useLanguageServer is false."""
    machine.vscode({"go.useLanguageServer": False})


@broken("S11")
def alternate_gopls_missing(machine: Machine) -> None:
    """go.alternateTools names a gopls that is gone; VS Code takes another in silence."""
    machine.vscode({"go.alternateTools": {"gopls": f"{machine.root}/opt/gopls/gopls"}})


@broken("S11", "R21", "H01")
def alternate_gopls_unknown_name(machine: Machine) -> None:
    """go.alternateTools names a bare word that is on no PATH."""
    machine.vscode({"go.alternateTools": {"gopls": "nosuchgopls"}})


@broken("S11")
def alternate_go_missing(machine: Machine) -> None:
    """go.alternateTools names a go that is gone."""
    machine.vscode({"go.alternateTools": {"go": f"{machine.root}/usr/local/go1.21/bin/go"}})


@broken("S12", is_mild=True)
def fixed_debug_port(machine: Machine) -> None:
    """-debug=localhost:6060 in the user settings: a second window cannot have the port."""
    machine.vscode({"go.languageServerFlags": ["-debug=localhost:6060"]})


@broken("S13", is_mild=True)
def tracing_left_on(machine: Machine) -> None:
    """-rpc.trace and verboseOutput were left on."""
    machine.vscode({"go.languageServerFlags": ["-rpc.trace"], "gopls": {"verboseOutput": True}})


@broken("S14")
def address_space_in_bashrc(machine: Machine) -> None:
    """ulimit -v in ~/.bashrc, as articles on the web advise."""
    machine.write("~/.bashrc", "# keep gopls small\nulimit -n 4096\nulimit -v 1500000\n")


@broken("S14", "M04", "M03")
def address_space_of_running_gopls(machine: Machine) -> None:
    """The editor, and so gopls, was started under a limit of 3 GB of address space."""
    machine.limits["RLIMIT_AS"] = 3_000_000_000
    machine.edit()


@broken("S15")
def two_names(machine: Machine) -> None:
    """staticcheck under its short and its long name, with other values."""
    machine.vscode({"gopls": {"staticcheck": True, "ui.diagnostic.staticcheck": False}})


@broken("S16")
def settings_do_not_parse(machine: Machine) -> None:
    """A comma is missing in settings.json."""
    machine.vscode('{\n  "editor.fontSize": 13\n  "gopls": {"ui.semanticTokens": true}\n}\n')


@broken("S16")
def folder_settings_cut(machine: Machine) -> None:
    """The folder's settings.json was cut in the middle."""
    machine.folder_settings('{\n  "gopls": {\n    "build.directoryFilters": ["-web"\n')


@broken("S16")
def helix_does_not_parse(machine: Machine) -> None:
    """languages.toml has an unclosed string."""
    machine.without_vscode()
    machine.write("~/.config/helix/languages.toml", '[language-server.gopls]\ncommand = "gopls\n')


@broken("S17")
def unknown_analyzer(machine: Machine) -> None:
    """fillstruct is no analyzer of this gopls."""
    machine.vscode({"gopls": {"ui.diagnostic.analyses": {"fillstruct": False, "unusedparams": True}}})


@broken("S18")
def analyzers_in_golangci(machine: Machine) -> None:
    """gopls's analyzers are switched off in .golangci.yml, which gopls never reads."""
    machine.write(".golangci.yml", "linters:\n  disable:\n    - fillstruct\n    - unusedparams\n")


@broken("R02")
def log_file_in_missing_folder(machine: Machine) -> None:
    """-logfile leads to a folder that does not exist: gopls ends at once."""
    machine.vscode({"go.languageServerFlags": ["-rpc.trace", f"-logfile={machine.home}/logs/gopls.log"]})


@broken("R08", also=("X14",))
def daemon_gone(machine: Machine) -> None:
    """-remote names a socket that nobody serves."""
    machine.vscode({"go.languageServerFlags": [f"-remote=unix;{machine.root}/run/gopls.sock"]})


@broken("R11")
def listens_on_all(machine: Machine) -> None:
    """-listen=:37374, refused since gopls v0.22."""
    machine.vscode({"go.languageServerFlags": ["-listen=:37374"]})


@broken("R21", "S11", "X16", "H01")
def gopls_not_executable(machine: Machine) -> None:
    """go.alternateTools names a gopls without the executable bit."""
    machine.own_gopls(to=machine.root / "opt/gopls").chmod(0o644)
    machine.remove("~/go/bin/gopls")
    machine.vscode({"go.alternateTools": {"gopls": f"{machine.root}/opt/gopls"}})


@broken("M06")
def memory_limit_unit(machine: Machine) -> None:
    """GOMEMLIMIT=3GB in go.toolsEnvVars: every Go program of the editor dies."""
    machine.vscode({"go.toolsEnvVars": {"GOMEMLIMIT": "3GB"}})


@broken("M06")
def memory_limit_unit_in_shell(machine: Machine) -> None:
    """GOMEMLIMIT=2000MB in the shell."""
    machine.environment["GOMEMLIMIT"] = "2000MB"


@broken("M06", probe=True)
def memory_limit_unit_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    memory_limit_unit_in_shell(machine)
