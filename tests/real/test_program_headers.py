"""Headers of programs that the real go builds, for every pair that people run gopls on."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from gopls_diag.parse.executable import HEADER_BYTES, parse_executable

pytestmark = pytest.mark.real

PAIRS = [
    ("darwin", "arm64", True),
    ("darwin", "amd64", True),
    ("windows", "386", False),
    ("linux", "386", False),
    ("linux", "arm64", True),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program without imports but the runtime's, so that a build takes seconds."""
    source = tmp_path_factory.mktemp("program") / "main.go"
    source.write_text("package main\n\nfunc main() {}\n")
    return source


def build(source: Path, environment: dict[str, str], system: str, processor: str) -> Path:
    target = source.parent / f"{system}-{processor}"
    command = ("go", "build", "-ldflags=-s -w", "-o", str(target), str(source))
    wanted = {**environment, "GOOS": system, "GOARCH": processor, "CGO_ENABLED": "0"}
    subprocess.run(command, env=wanted, cwd=source.parent, check=True, timeout=300)
    return target


@pytest.mark.parametrize(("system", "processor", "is_64_bit"), PAIRS)
def test_header_of_a_cross_built_program(
    program: Path, environment: dict[str, str], system: str, processor: str, is_64_bit: bool
) -> None:
    built = build(program, environment, system, processor)

    (found,) = parse_executable(built.read_bytes()[:HEADER_BYTES]).slices

    assert (found.os, found.architecture, found.is_64_bit) == (system, processor, is_64_bit)


def test_header_of_a_universal_program_made_of_two(program: Path, environment: dict[str, str]) -> None:
    parts = [build(program, environment, "darwin", each).read_bytes() for each in ("amd64", "arm64")]
    page = 1 << 14
    entries, body, at = b"", b"", page
    for part in parts:
        processor, kind = struct.unpack_from("<II", part, 4)
        entries += struct.pack(">IIIII", processor, kind, at, len(part), 14)
        padded = part + b"\0" * (-len(part) % page)
        body += padded
        at += len(padded)
    head = b"\xca\xfe\xba\xbe" + struct.pack(">I", 2) + entries

    header = parse_executable((head + b"\0" * (page - len(head)) + body)[:HEADER_BYTES])

    assert [str(each) for each in header.slices] == ["darwin/amd64", "darwin/arm64"]
