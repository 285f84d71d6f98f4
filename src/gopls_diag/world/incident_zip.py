"""An incident as one file: a zip whose bytes depend on the incident's files alone."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from gopls_diag.parse.incident_zip import unpacked

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: when it was packed is no matter of the incident's."""
_MOST_BYTES = 256 << 20


def write_zip(target: Path, folder: str, files: Mapping[str, bytes]) -> None:
    """Makes the zip, with everything below `folder`; FileExistsError when there is something of that name."""
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(files.items()):
                member = zipfile.ZipInfo(f"{folder}/{name}", _DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.create_system = 3  # the same on every system
                member.external_attr = 0o600 << 16
                archive.writestr(member, content, compresslevel=6)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def read_zip(path: Path) -> dict[str, bytes]:
    """Files of the incident in a zip by their names in its folder; ValueError if there is none."""
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("it is too large for an incident")
    return unpacked(content)
