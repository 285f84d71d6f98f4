"""Program headers: what their first bytes say, and that nothing else is taken for one."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.executable import ExecutableFormat
from gopls_diag.parse.executable import HEADER_BYTES, parse_executable

AMD64, ARM64 = 0x01000007, 0x0100000C


def elf(machine: int, *, wide: bool = True, little: bool = True, abi: int = 0) -> bytes:
    order = "<" if little else ">"
    return (
        b"\x7fELF"
        + bytes([2 if wide else 1, 1 if little else 2, 1, abi])
        + b"\0" * 8
        + struct.pack(order + "HH", 2, machine)
    )


def pe(machine: int, *, at: int = 0x80) -> bytes:
    head = bytearray(b"MZ" + b"\0" * (at - 2))
    head[0x3C:0x40] = struct.pack("<I", at)
    return bytes(head) + b"PE\0\0" + struct.pack("<H", machine)


def mach(processor: int, magic: bytes = b"\xcf\xfa\xed\xfe") -> bytes:
    return magic + struct.pack("<I", processor) + b"\0" * 24


def universal(*processors: int, magic: bytes = b"\xca\xfe\xba\xbe", step: int = 20) -> bytes:
    entries = [struct.pack(">I", each) + b"\0" * (step - 4) for each in processors]
    return magic + struct.pack(">I", len(processors)) + b"".join(entries)


@pytest.mark.parametrize(
    ("head", "told", "is_64_bit"),
    [
        (elf(62), "linux/amd64", True),
        (elf(183), "linux/arm64", True),
        (elf(3, wide=False), "linux/386", False),
        (elf(40, wide=False), "linux/arm", False),
        (elf(21), "linux/ppc64le", True),
        (elf(21, little=False), "linux/ppc64", True),
        (elf(22, little=False), "linux/s390x", True),
        (elf(8, little=False), "linux/mips64", True),
        (elf(8, wide=False), "linux/mipsle", False),
        (elf(62, abi=9), "freebsd/amd64", True),
        (elf(9999), "linux/0x270f", True),
        (pe(0x8664), "windows/amd64", True),
        (pe(0x14C), "windows/386", False),
        (pe(0xAA64), "windows/arm64", True),
        (mach(AMD64), "darwin/amd64", True),
        (mach(ARM64), "darwin/arm64", True),
        (mach(7, b"\xce\xfa\xed\xfe"), "darwin/386", False),
    ],
)
def test_header_names_system_and_processor(head: bytes, told: str, is_64_bit: bool) -> None:
    (found,) = parse_executable(head).slices

    assert (str(found), found.is_64_bit) == (told, is_64_bit)


@pytest.mark.parametrize(("magic", "step"), [(b"\xca\xfe\xba\xbe", 20), (b"\xca\xfe\xba\xbf", 32)])
def test_universal_program_has_a_slice_for_each_processor(magic: bytes, step: int) -> None:
    header = parse_executable(universal(AMD64, ARM64, magic=magic, step=step))

    assert header.is_universal
    assert [each.architecture for each in header.slices] == ["amd64", "arm64"]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"", "empty"),
        (b"\x7fELF\x02\x01", "cut short"),
        (b"MZ", "cut short"),
        (pe(0x8664)[:0x80], "cut short"),
        (b"MZ" + b"\0" * 100, "a DOS program"),
        (b"\xca\xfe\xba\xbe\0\0\0\x41" + b"\0" * 100, "no known magic number"),
        (b"hello, world", "no known magic number"),
        (universal(AMD64, ARM64)[:20], "cut short"),
    ],
)
def test_what_is_no_program_is_said(head: bytes, why: str) -> None:
    header = parse_executable(head)

    assert header.format is ExecutableFormat.UNKNOWN
    assert header.not_understood == why
    assert header.slices == ()


def test_scripts_are_told_from_programs() -> None:
    assert parse_executable(b"#!/bin/sh\nexec gopls\n").interpreter == "/bin/sh"
    assert parse_executable(b"#!").is_script
    assert parse_executable(b"@echo off\r\n", name="C:\\Tools\\gopls.CMD").is_script


@given(
    st.binary(max_size=HEADER_BYTES)
    | st.builds(
        lambda magic, rest: magic + rest,
        st.sampled_from([elf(62), pe(0x14C), mach(7), universal(7, 12)]),
        st.binary(max_size=64),
    )
)
def test_any_bytes_give_a_header(head: bytes) -> None:
    parse_executable(head)
