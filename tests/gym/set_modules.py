"""Faults of module files, downloads and checksums (family E, second half)."""

from __future__ import annotations

import base64
import hashlib

from tests.gym.machine import Machine
from tests.gym.setups import broken


@broken("E16")
def not_downloaded(machine: Machine) -> None:
    """A fresh clone: go.sum is complete, nothing was downloaded."""
    machine.depend()
    empty_module_cache(machine)


@broken("E16")
def not_downloaded_and_offline(machine: Machine) -> None:
    """The same, and GOPROXY=off."""
    machine.depend()
    empty_module_cache(machine)
    machine.environment["GOPROXY"] = "off"


def empty_module_cache(machine: Machine) -> None:
    """Take every module away."""
    for each in sorted(machine.path("~/go/pkg/mod").rglob("*"), reverse=True):
        each.parent.chmod(0o755)
    machine.remove("~/go/pkg/mod")


@broken("E17")
def proxy_unreachable_in_log(machine: Machine) -> None:
    """The window's log tells that the module proxy could not be reached."""
    machine.depend()
    log = machine.write(
        "~/gopls-server.log",
        '[Error - 9:15:13 AM] 2026/11/22 09:15:13 go: example.com/greet@v1.0.0: Get "https://proxy.example/example.com/greet/@v/v1.0.0.mod": '
        "dial tcp 142.250.4.141:443: i/o timeout\n",
    )
    machine.arguments += ["--log", str(log)]


@broken("E18")
def private_module_in_log(machine: Machine) -> None:
    """The log tells that git could not ask for a password."""
    log = machine.write(
        "~/gopls-server.log",
        "[Error - 9:15:13 AM] 2026/11/22 09:15:13 go: git.corp.example/team/lib@v1.2.0: invalid version: git ls-remote -q origin in "
        "/home/gopher/go/pkg/mod/cache/vcs/0123456789abcdef: exit status 128:\n"
        "\tfatal: could not read Username for 'https://git.corp.example': terminal prompts disabled\n",
    )
    machine.arguments += ["--log", str(log)]


@broken("E19")
def no_sum_file(machine: Machine) -> None:
    """go.sum was not committed."""
    machine.depend()
    machine.remove("go.sum")


@broken("E19", probe=True)
def no_sum_file_probed(machine: Machine) -> None:
    """go.sum was not committed; gopls asked."""
    no_sum_file(machine)


@broken("E20")
def sum_mismatch(machine: Machine) -> None:
    """go.sum has another hash than the module in the cache."""
    machine.depend()
    text = machine.path("go.sum").read_text()
    lines = [line.split(" h1:")[0] + " h1:" + "A" * 43 + "=" for line in text.splitlines()]
    machine.write("go.sum", "\n".join(lines) + "\n")


@broken("E21")
def module_file_untidy(machine: Machine) -> None:
    """choir needs greet v1.1.0, go.mod says v1.0.0: go wants to write go.mod."""
    machine.fill_module_cache()
    machine.write("go.mod", "module example.com/shop\n\ngo 1.24\n\nrequire example.com/choir v1.0.0\n")
    machine.write("main.go", 'package main\n\nimport "example.com/choir"\n\nfunc main() { println(choir.Sing()) }\n')
    machine.go("mod", "tidy")
    text = machine.path("go.mod").read_text()
    machine.write("go.mod", text.replace("greet v1.1.0", "greet v1.0.0"))
    older = machine.path("~/go/pkg/mod/cache/download/example.com/greet/@v/v1.0.0.mod").read_bytes()
    summary = hashlib.sha256(f"{hashlib.sha256(older).hexdigest()}  go.mod\n".encode()).digest()
    line = f"example.com/greet v1.0.0/go.mod h1:{base64.b64encode(summary).decode()}\n"
    machine.write("go.sum", machine.path("go.sum").read_text() + line)


@broken("E22")
def import_not_required(machine: Machine) -> None:
    """main.go imports a module that go.mod does not require."""
    machine.depend()
    machine.write("go.mod", "module example.com/shop\n\ngo 1.24\n")


@broken("E22", probe=True)
def import_not_required_probed(machine: Machine) -> None:
    """The same, with gopls asked."""
    import_not_required(machine)


@broken("E23")
def module_cache_is_file(machine: Machine) -> None:
    """GOMODCACHE names a file."""
    machine.depend()
    machine.environment["GOMODCACHE"] = str(machine.write("~/modcache", "x"))


@broken("E23", also=("E16",))
def module_cache_read_only(machine: Machine) -> None:
    """GOMODCACHE may not be made: its parent is read-only."""
    machine.depend()
    machine.path("~/vault").mkdir()
    machine.path("~/vault").chmod(0o555)
    machine.environment["GOMODCACHE"] = str(machine.path("~/vault/mod"))


@broken("E07", "W01", "W02", "W03", "E12")
def module_file_is_folder(machine: Machine) -> None:
    """go.mod is a folder, by a slip of mkdir."""
    machine.remove("go.mod")
    machine.path("go.mod").mkdir()
