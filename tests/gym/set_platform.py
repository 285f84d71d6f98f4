"""Faults of processor, links, letter case and file systems (family P)."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.setups import broken

ELF_MACHINE_OFFSET = 18
ELF_AARCH64 = (183).to_bytes(2, "little")


@broken("P01", "X16", "H01")
def gopls_for_another_processor(machine: Machine) -> None:
    """gopls was copied from a machine with another processor: its ELF header says AArch64."""
    with machine.own_gopls().open("r+b") as file:
        file.seek(ELF_MACHINE_OFFSET)
        file.write(ELF_AARCH64)


@broken("P02")
def gopls_of_32_bits(machine: Machine) -> None:
    """A 32-bit gopls on a 64-bit system."""
    supplies.link_or_copy(supplies.gopls_386(), machine.path("~/go/bin/gopls"))


@broken("P03", also=("P06",))
def folder_in_other_case(machine: Machine) -> None:
    """On a volume that ignores case the folder is opened as /volume/src/SHOP, the disk says Shop."""
    volume = exfat(machine)
    machine.folder = volume / "src/SHOP"


@broken("P03", also=("P06",))
def replaced_in_other_case(machine: Machine) -> None:
    """On such a volume, a replace line spells its target otherwise than the disk."""
    machine.write("Greet/go.mod", "module example.com/greet\n\ngo 1.24\n")
    machine.write("Greet/greet.go", "// Package greet greets.\npackage greet\n")
    machine.write(
        "go.mod",
        "module example.com/shop\n\ngo 1.24\n\nrequire example.com/greet v0.0.0\n\nreplace example.com/greet => ./greet\n",
    )
    volume = exfat(machine)
    machine.folder = volume / "src/Shop"


@broken("P03", also=("P06",))
def used_in_other_case(machine: Machine) -> None:
    """On such a volume, go.work uses ./API, the disk says api."""
    machine.folder_of("~/src/mono")
    machine.module("api", "example.com/mono/api")
    machine.module("web", "example.com/mono/web")
    machine.write("go.work", "go 1.24\n\nuse (\n\t./API\n\t./web\n)\n")
    volume = exfat(machine)
    machine.folder = volume / "src/Shop"


def exfat(machine: Machine) -> Path:
    """A volume that ignores case, with the workspace on it as src/Shop."""
    volume = machine.root / "volume"
    machine.step("mount", kind="exfat", at=str(volume), image=str(machine.root / "volume.img"))
    machine.step("copy", source=str(machine.folder), to=str(volume / "src/Shop"))
    return volume


@broken("P04")
def gopath_loop(machine: Machine) -> None:
    """GOPATH is a symbolic link to itself."""
    machine.link("~/loop", machine.home / "loop")
    machine.environment["GOPATH"] = str(machine.home / "loop")


@broken("P04")
def module_cache_link_broken(machine: Machine) -> None:
    """GOMODCACHE leads to a disk that is not there."""
    machine.link("~/modcache", "/media/gopher/backup/modcache")
    machine.environment["GOMODCACHE"] = str(machine.home / "modcache")


@broken("P04", "E04")
def goroot_link_broken(machine: Machine) -> None:
    """GOROOT is a link whose target was uninstalled."""
    machine.link(machine.root / "usr/local/current", machine.root / "usr/local/go1.22.3")
    machine.environment["GOROOT"] = str(machine.root / "usr/local/current")


@broken("P06")
def workspace_on_sshfs(machine: Machine) -> None:
    """The workspace is on another machine, mounted by sshfs."""
    place = machine.root / "remote"
    shutil.copytree(machine.folder, machine.root / "far")
    machine.step("mount", kind="sshfs", source=str(machine.root / "far"), at=str(place))
    machine.folder = place
