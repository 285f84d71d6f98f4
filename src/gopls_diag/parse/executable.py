"""The header of a program: for which system and processor it was made.

Reads the first 4 KB only, as ELF (generic ABI), PE (Microsoft's PE format) and Mach-O (thin and universal) lay it out.
"""

from __future__ import annotations

import struct

from gopls_diag.model.executable import ExecutableFormat, ExecutableHeader, ExecutableSlice

HEADER_BYTES = 4096
"""How much of a file is enough."""

_ELF_MACHINES = {3: "386", 62: "amd64", 183: "arm64", 40: "arm", 243: "riscv64", 22: "s390x", 258: "loong64"}
_ELF_BY_ENDIAN = {(21, True): "ppc64le", (21, False): "ppc64", (8, True): "mipsle", (8, False): "mips"}
# Go leaves the ABI of Linux at 0 (System V); 3 is the GNU extension.
_ELF_SYSTEMS = {0: "linux", 3: "linux", 2: "netbsd", 6: "solaris", 9: "freebsd", 12: "openbsd"}
_PE_MACHINES = {0x14C: "386", 0x8664: "amd64", 0xAA64: "arm64", 0x1C0: "arm", 0x1C4: "arm"}
_PE_OFFSET_AT = 0x3C
_MACH_64_BIT = 0x01000000
_MACH_PROCESSORS = {
    7: "386",
    7 | _MACH_64_BIT: "amd64",
    12: "arm",
    12 | _MACH_64_BIT: "arm64",
    18 | _MACH_64_BIT: "ppc64",
}
_MACH_MAGICS = {b"\xcf\xfa\xed\xfe": "<", b"\xce\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">", b"\xfe\xed\xfa\xce": ">"}
_UNIVERSAL_ENTRY_BYTES = {b"\xca\xfe\xba\xbe": 20, b"\xca\xfe\xba\xbf": 32}
_UNIVERSAL_LIMIT = 30
"""A Java class file has the same magic number; its next number is 45 or more."""


def parse_executable(head: bytes, *, name: str = "") -> ExecutableHeader:
    """What the first bytes of a file tell; the name only tells a batch file."""
    if head.startswith(b"#!"):
        line = head[2:200].splitlines()[0] if head[2:200] else b""
        return ExecutableHeader(ExecutableFormat.SCRIPT, interpreter=line.decode("utf-8", "replace").strip())
    if name.lower().endswith((".bat", ".cmd")):
        return ExecutableHeader(ExecutableFormat.SCRIPT, interpreter="cmd")
    if not head:
        return ExecutableHeader(ExecutableFormat.UNKNOWN, not_understood="empty")
    try:
        return _by_magic(head)
    except struct.error:
        return ExecutableHeader(ExecutableFormat.UNKNOWN, not_understood="cut short")


def _by_magic(head: bytes) -> ExecutableHeader:
    magic = head[:4]
    if magic == b"\x7fELF":
        return ExecutableHeader(ExecutableFormat.ELF, (_elf(head),))
    if magic[:2] == b"MZ":
        return _pe(head)
    if magic in _MACH_MAGICS:
        (processor,) = struct.unpack_from(_MACH_MAGICS[magic] + "I", head, 4)
        return ExecutableHeader(ExecutableFormat.MACH_O, (_mach_slice(processor),))
    if magic in _UNIVERSAL_ENTRY_BYTES:
        (count,) = struct.unpack_from(">I", head, 4)
        if 0 < count <= _UNIVERSAL_LIMIT:
            step = _UNIVERSAL_ENTRY_BYTES[magic]
            processors = [struct.unpack_from(">I", head, 8 + step * index)[0] for index in range(count)]
            return ExecutableHeader(ExecutableFormat.MACH_O, tuple(_mach_slice(each) for each in processors))
    return ExecutableHeader(ExecutableFormat.UNKNOWN, not_understood="no known magic number")


def _elf(head: bytes) -> ExecutableSlice:
    is_64_bit, is_little = head[4:5] == b"\x02", head[5:6] == b"\x01"
    abi, machine = struct.unpack_from(("<" if is_little else ">") + "7xB10xH", head, 0)
    architecture = _ELF_MACHINES.get(machine) or _ELF_BY_ENDIAN.get((machine, is_little)) or f"0x{machine:x}"
    if architecture.startswith("mips") and is_64_bit:
        architecture = architecture.replace("mips", "mips64")
    return ExecutableSlice(_ELF_SYSTEMS.get(abi, f"abi{abi}"), architecture, is_64_bit)


def _pe(head: bytes) -> ExecutableHeader:
    (at,) = struct.unpack_from("<I", head, _PE_OFFSET_AT)
    signature, machine = struct.unpack_from("<4sH", head, at)
    if signature != b"PE\0\0":
        return ExecutableHeader(ExecutableFormat.UNKNOWN, not_understood="a DOS program")
    architecture = _PE_MACHINES.get(machine, f"0x{machine:x}")
    return ExecutableHeader(
        ExecutableFormat.PE, (ExecutableSlice("windows", architecture, architecture in ("amd64", "arm64")),)
    )


def _mach_slice(processor: int) -> ExecutableSlice:
    return ExecutableSlice(
        "darwin", _MACH_PROCESSORS.get(processor, f"0x{processor:x}"), bool(processor & _MACH_64_BIT)
    )
