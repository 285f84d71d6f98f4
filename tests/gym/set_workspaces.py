"""Faults of the workspace (family W) and of cgo (family C)."""

from __future__ import annotations

from tests.gym.machine import Machine
from tests.gym.setups import broken

C_FILE = 'package main\n\n/*\n#include <stdlib.h>\n*/\nimport "C"\n\nfunc size() int { return int(C.sizeof_int) }\n'


def work(machine: Machine, text: str) -> None:
    """A go.work beside the shop."""
    machine.write("go.work", text)


@broken("W04", "W13", is_mild=True)
def module_not_used(machine: Machine) -> None:
    """go.work uses one of two modules."""
    machine.folder_of("~/src/mono")
    machine.module("api", "example.com/mono/api")
    machine.module("web", "example.com/mono/web")
    work(machine, "go 1.24\n\nuse ./api\n")


@broken("W04", "W13")
def module_not_used_and_opened(machine: Machine) -> None:
    """The opened folder is the module that go.work above it does not use."""
    machine.folder_of("~/src/mono")
    machine.module("api", "example.com/mono/api")
    machine.module("web", "example.com/mono/web")
    work(machine, "go 1.24\n\nuse ./api\n")
    machine.folder = machine.folder / "web"


@broken("W05", is_mild=True)
def all_behind_a_tag(machine: Machine) -> None:
    """A package lies wholly behind a build tag that no setting names."""
    machine.write(
        "enterprise/audit.go", "//go:build enterprise\n\n// Package enterprise is behind a tag.\npackage enterprise\n"
    )
    machine.write("enterprise/more.go", "//go:build enterprise\n\npackage enterprise\n")


@broken("W05", probe=True, also=("W03",))
def workspace_behind_a_tag_probed(machine: Machine) -> None:
    """Every file of the workspace is behind a tag; gopls asked."""
    machine.folder_of("~/src/firmware")
    machine.write("go.mod", "module example.com/firmware\n\ngo 1.24\n")
    machine.write("main.go", "//go:build board\n\npackage main\n\nfunc main() {}\n")


@broken("W09")
def used_folder_gone(machine: Machine) -> None:
    """go.work uses a folder that was deleted."""
    work(machine, "go 1.24\n\nuse (\n\t.\n\t./tool\n)\n")


@broken("W09", probe=True)
def used_folder_gone_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    used_folder_gone(machine)


@broken("W10")
def work_go_line_old(machine: Machine) -> None:
    """go.work says go 1.21, a module of it needs 1.24."""
    work(machine, "go 1.21\n\nuse .\n")


@broken("W11")
def gowork_stale(machine: Machine) -> None:
    """GOWORK names a file of a project that is gone."""
    machine.environment["GOWORK"] = str(machine.root / "home/gopher/old/go.work")


@broken("W12")
def mod_flag_in_work(machine: Machine) -> None:
    """GOFLAGS=-mod=mod together with a go.work."""
    work(machine, "go 1.24\n\nuse .\n")
    machine.go_env_file("GOFLAGS=-mod=mod")


@broken("W12")
def mod_flag_in_work_for_editor(machine: Machine) -> None:
    """The same flag, beside another one, in the settings of the editor."""
    machine.write("go.work", "go 1.24\n\nuse .\n")
    machine.vscode({"go.toolsEnvVars": {"GOFLAGS": "-v -mod=mod"}})


@broken("W14")
def module_named_command_line_arguments(machine: Machine) -> None:
    """The module is named command-line-arguments."""
    machine.write("go.mod", "module command-line-arguments\n\ngo 1.24\n")
    machine.write("main.go", "package main\n\nfunc main() {}\n")


@broken("W15")
def two_packages_in_folder(machine: Machine) -> None:
    """Two package names in one folder."""
    machine.write("price/tax.go", "package tax\n")


@broken("W16")
def import_cycle(machine: Machine) -> None:
    """Two packages import each other."""
    machine.write(
        "price/price.go",
        'package price\n\nimport "example.com/shop/tax"\n\n// Of tells.\nfunc Of(string) int { return tax.Rate }\n',
    )
    machine.write(
        "tax/tax.go",
        'package tax\n\nimport "example.com/shop/price"\n\n// Rate is a rate.\nvar Rate = price.Of("tax")\n',
    )


@broken("W18")
def driver_missing(machine: Machine) -> None:
    """GOPACKAGESDRIVER names a script that is gone."""
    machine.environment["GOPACKAGESDRIVER"] = str(machine.folder / "tools/gopackagesdriver.sh")


@broken("W18", probe=True)
def driver_fails_probed(machine: Machine) -> None:
    """A gopackagesdriver on PATH that ends with an error."""
    machine.script("~/go/bin/gopackagesdriver", "echo 'ERROR: not in a Bazel workspace' >&2\nexit 2\n")


@broken("W18", "W19", probe=True)
def driver_silent_probed(machine: Machine) -> None:
    """A driver in go.toolsEnvVars that prints nothing."""
    driver = machine.script("tools/driver.sh", "exit 0\n")
    machine.folder_settings({"go.toolsEnvVars": {"GOPACKAGESDRIVER": str(driver)}})


@broken("W22", "S08", is_mild=True)
def roots_with_two_gopaths(machine: Machine) -> None:
    """A multi-root workspace whose folders set different GOPATHs."""
    machine.module("~/src/tool", "example.com/tool")
    machine.folder_settings({"go.toolsEnvVars": {"GOPATH": f"{machine.home}/go-shop"}})
    machine.write("~/src/tool/.vscode/settings.json", f'{{"go.toolsEnvVars": {{"GOPATH": "{machine.home}/go-tool"}}}}')
    machine.write("shop.code-workspace", '{"folders": [{"path": "."}, {"path": "../tool"}]}')


@broken("C01", "C02")
def no_compiler(machine: Machine) -> None:
    """A package with C in it, CGO_ENABLED=1, and no C compiler on PATH."""
    machine.write("size.go", C_FILE)
    machine.environment["CGO_ENABLED"] = "1"
    hide_compilers(machine)


@broken("C01", "C02", probe=True)
def no_compiler_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    no_compiler(machine)


def hide_compilers(machine: Machine) -> None:
    """PATH has go and gopls, but nothing of /usr/bin except the plainest tools."""
    for tool in ("sh", "env", "cat", "uname", "ls", "git"):
        machine.link(f"~/tools/{tool}", f"/usr/bin/{tool}")
    machine.environment["PATH"] = machine.environment["PATH"].replace("/usr/bin:/bin", f"{machine.home}/tools")


@broken("C01")
def compiler_setting_wrong(machine: Machine) -> None:
    """go env -w CC names a cross compiler that was removed."""
    machine.write("size.go", C_FILE)
    machine.go_env_file("CC=arm-none-linux-gcc", "CGO_ENABLED=1")


@broken("C01", "C02")
def no_compiler_by_default(machine: Machine) -> None:
    """C in the package, nothing set, no compiler: Go switches cgo off by itself."""
    machine.write("size.go", C_FILE)
    hide_compilers(machine)


@broken("C02")
def cgo_switched_off(machine: Machine) -> None:
    """CGO_ENABLED=0 in the go env file, and a package needs C."""
    machine.write("size.go", C_FILE)
    machine.go_env_file("CGO_ENABLED=0")


@broken("C02")
def cgo_off_for_editor(machine: Machine) -> None:
    """CGO_ENABLED=0 only in go.toolsEnvVars."""
    machine.write("size.go", C_FILE)
    machine.vscode({"go.toolsEnvVars": {"CGO_ENABLED": "0"}})


@broken("C04", probe=True)
def c_header_missing_probed(machine: Machine) -> None:
    """A header that is not installed; gopls asked."""
    machine.write("size.go", C_FILE.replace("stdlib.h", "nosuch/header.h"))


@broken("C05", "C04", probe=True)
def pkg_config_fails_probed(machine: Machine) -> None:
    """pkg-config does not know the library; gopls asked."""
    machine.write(
        "size.go",
        'package main\n\n// #cgo pkg-config: nosuchlib\nimport "C"\n\nfunc size() int { return int(C.sizeof_int) }\n',
    )
    machine.script(
        "~/go/bin/pkg-config", 'echo "Package nosuchlib was not found in the pkg-config search path." >&2\nexit 1\n'
    )
