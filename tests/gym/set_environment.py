"""Faults of the go command and its environment (family E)."""

from __future__ import annotations

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.setups import broken


def without_go(machine: Machine) -> None:
    """No go anywhere: not on PATH, and the usual place is empty."""
    machine.environment["PATH"] = f"{machine.home}/go/bin:/usr/bin:/bin"
    machine.step("mount", kind="tmpfs", at=str(supplies.go_root()))


@broken("E01")
def vendor_out_of_date(machine: Machine) -> None:
    """go.mod asks for v1.1.0, vendor/modules.txt still has v1.0.0."""
    machine.depend()
    machine.go("mod", "vendor")
    machine.go("get", "example.com/greet@v1.1.0")


@broken("E01")
def vendor_flag_without_folder(machine: Machine) -> None:
    """GOFLAGS=-mod=vendor was written with go env -w, and there is no vendor folder."""
    machine.depend()
    machine.go_env_file("GOFLAGS=-mod=vendor")


@broken("E01", probe=True)
def vendor_out_of_date_probed(machine: Machine) -> None:
    """As vendor_out_of_date, with gopls asked."""
    vendor_out_of_date(machine)


@broken("E01")
def work_vendor_out_of_date(machine: Machine) -> None:
    """A go.work with a vendor folder from before a module was added."""
    machine.depend()
    machine.module("tool", "example.com/tool")
    machine.write("go.work", "go 1.24\n\nuse (\n\t.\n\t./tool\n)\n")
    machine.go("work", "vendor")
    machine.go("get", "example.com/greet@v1.1.0")


@broken("E02")
def no_go(machine: Machine) -> None:
    """Go is not installed; gopls is."""
    without_go(machine)


@broken("E02")
def go_only_for_login_shells(machine: Machine) -> None:
    """Go lives in a folder that ~/.profile puts on PATH, and this environment never read it; Neovim."""
    without_go(machine)
    machine.without_vscode()
    machine.sdk("go1.24.11")
    machine.write("~/.profile", f"export PATH={machine.root}/usr/local/go1.24.11/bin:$PATH\n")
    machine.write("~/.config/nvim/init.lua", 'vim.lsp.enable("gopls")\n')


@broken("E02", probe=True)
def no_go_probed(machine: Machine) -> None:
    """Go is not installed, and gopls says so itself."""
    without_go(machine)


@broken("E04")
def goroot_in_shell(machine: Machine) -> None:
    """GOROOT in the environment names a Go that was uninstalled."""
    machine.environment["GOROOT"] = str(machine.root / "usr/local/go1.22")


@broken("E04")
def goroot_written(machine: Machine) -> None:
    """go env -w GOROOT of long ago, line 3 of the file."""
    machine.go_env_file(
        "GOPRIVATE=corp.example", "GOPROXY=https://proxy.example,direct", f"GOROOT={machine.root}/usr/local/go1.22"
    )


@broken("E04")
def goroot_for_editor(machine: Machine) -> None:
    """Only go.toolsEnvVars of VS Code names the missing GOROOT; the shell is well."""
    machine.vscode({"go.toolsEnvVars": {"GOROOT": f"{machine.root}/usr/local/go1.22"}})


@broken("E04", probe=True)
def goroot_probed(machine: Machine) -> None:
    """A missing GOROOT, as gopls tells it."""
    goroot_in_shell(machine)


@broken("E25", "E04")
def goroot_setting(machine: Machine) -> None:
    """go.goroot in VS Code's settings names a folder that is gone."""
    machine.vscode({"go.goroot": f"{machine.root}/usr/local/go1.22"})


@broken("E05")
def goflags_not_a_flag(machine: Machine) -> None:
    """GOFLAGS in the go env file has a word that is no flag."""
    machine.go_env_file("GOFLAGS=mod=mod")


@broken("E05")
def goflags_unknown(machine: Machine) -> None:
    """GOFLAGS in the shell has a flag that no go command knows."""
    machine.environment["GOFLAGS"] = "-race -moddd=vendor"


@broken("E05")
def goflags_for_editor(machine: Machine) -> None:
    """go.toolsEnvVars gives GOFLAGS with a stray word."""
    machine.folder_settings({"go.toolsEnvVars": {"GOFLAGS": "-tags=a b"}})


@broken("E06")
def gopath_tilde(machine: Machine) -> None:
    """GOPATH="~/go" in quotes, so that nobody expands it."""
    machine.environment["GOPATH"] = "~/go"


@broken("E06")
def gopath_relative(machine: Machine) -> None:
    """go env -w wrote nothing wrong, but the shell has a relative GOPATH."""
    machine.environment["GOPATH"] = "go"


@broken("E07")
def module_mode_off(machine: Machine) -> None:
    """GO111MODULE=off from an old tutorial, in a module."""
    machine.depend()
    machine.go_env_file("GO111MODULE=off")


@broken("E07", also=("E22",))
def no_module_file(machine: Machine) -> None:
    """Code that imports another module, and no go.mod anywhere."""
    machine.folder_of("~/src/loose")
    machine.write(
        "main.go", 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hello("x")) }\n'
    )


@broken("E08")
def build_cache_off(machine: Machine) -> None:
    """GOCACHE=off, which Go refuses since 1.12."""
    machine.environment["GOCACHE"] = "off"


@broken("E08")
def no_home(machine: Machine) -> None:
    """Started by a service without HOME and XDG_CACHE_HOME."""
    for name in ("HOME", "USER", "LOGNAME"):
        machine.environment.pop(name)
    machine.environment["GOPATH"] = str(machine.home / "go")


@broken("E09")
def build_cache_of_root(machine: Machine) -> None:
    """The build cache may not be written, as after sudo go build."""
    machine.path("~/.cache/go-build").mkdir(parents=True)
    machine.path("~/.cache/go-build").chmod(0o555)


@broken("E09")
def build_cache_is_file(machine: Machine) -> None:
    """GOCACHE names a file."""
    machine.environment["GOCACHE"] = str(machine.write("~/cache", "x"))


@broken("E09")
def build_cache_read_only(machine: Machine) -> None:
    """The cache folder is a read-only mount."""
    machine.path("~/.cache").mkdir()
    machine.step(
        "mount", kind="bind", source=str(machine.home / ".cache"), at=str(machine.home / ".cache"), read_only=True
    )


@broken("E10")
def go_too_old_for_module(machine: Machine) -> None:
    """go.mod asks for a newer Go, and GOTOOLCHAIN=local forbids to fetch it."""
    machine.environment["GOTOOLCHAIN"] = "local"
    machine.write("go.mod", "module example.com/shop\n\ngo 1.99\n")


@broken("E10")
def go_too_old_for_one_of_work(machine: Machine) -> None:
    """The go line of go.work is newer than the Go, whose go.env says GOTOOLCHAIN=local."""
    machine.use_go("go1.24.11")
    machine.install_gopls("v0.18.1")
    machine.environment["GOTOOLCHAIN"] = "local"
    machine.write("go.work", "go 1.26\n\nuse .\n")


@broken("E10", probe=True)
def go_too_old_probed(machine: Machine) -> None:
    """The same, as gopls tells it."""
    go_too_old_for_module(machine)


@broken("E11")
def toolchain_does_not_exist(machine: Machine) -> None:
    """The toolchain line names a Go that was never released, and the proxy has it not."""
    machine.environment["GOTOOLCHAIN"] = "auto"
    machine.environment["GOPROXY"] = f"file://{supplies.proxy()}"
    machine.write("go.mod", "module example.com/shop\n\ngo 1.24\n\ntoolchain go1.99.7\n")


@broken("E11")
def gotoolchain_misspelt(machine: Machine) -> None:
    """go env -w GOTOOLCHAIN=go1.99.1: no such release."""
    machine.environment["GOPROXY"] = f"file://{supplies.proxy()}"
    machine.go_env_file("GOTOOLCHAIN=go1.99.1")


@broken("E12")
def module_file_garbled(machine: Machine) -> None:
    """A merge conflict was left in go.mod."""
    machine.write("go.mod", "module example.com/shop\n\n<<<<<<< HEAD\ngo 1.24\n=======\ngo 1.25\n>>>>>>> feature\n")


@broken("E12")
def module_file_unknown_directive(machine: Machine) -> None:
    """A directive that Go does not have."""
    machine.write("go.mod", "module example.com/shop\n\ngo 1.24\n\nrequires example.com/greet v1.0.0\n")


@broken("E12")
def module_file_bad_version(machine: Machine) -> None:
    """A go line with a v."""
    machine.write("go.mod", "module example.com/shop\n\ngo v1.24\n")


@broken("E12", probe=True)
def module_file_garbled_probed(machine: Machine) -> None:
    """The conflict in go.mod, as gopls tells it."""
    module_file_garbled(machine)


@broken("E13", "H03")
def go_ancient(machine: Machine) -> None:
    """Go 1.20 with gopls v0.23.0, which needs 1.21 at least."""
    machine.use_go("go1.20.14")
    machine.write("go.mod", "module example.com/shop\n\ngo 1.20\n")


@broken("E14", "H03")
def gopls_built_with_old_go(machine: Machine) -> None:
    """gopls was built with Go 1.24, the module says go 1.26."""
    machine.install_gopls("v0.18.1")
    machine.write("go.mod", "module example.com/shop\n\ngo 1.26\n")


@broken("E14", "H03", probe=True)
def gopls_built_with_old_go_probed(machine: Machine) -> None:
    """The same, as gopls tells it in its diagnostics."""
    gopls_built_with_old_go(machine)


@broken("E15")
def goroot_of_another_go(machine: Machine) -> None:
    """After an upgrade GOROOT still names the old Go, while PATH has the new one."""
    machine.environment["GOROOT"] = str(machine.sdk("go1.24.11"))


@broken("E15")
def goroot_of_another_go_for_editor(machine: Machine) -> None:
    """The same through go.toolsEnvVars."""
    machine.vscode({"go.toolsEnvVars": {"GOROOT": str(machine.sdk("go1.24.11"))}})
