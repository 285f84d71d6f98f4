"""The file to send that an incident was packed into."""

from __future__ import annotations

import io
import zipfile
import zlib

from gopls_diag.parse.incident_files import INCIDENT, is_part

_MEMBERS = 200
_MOST_BYTES = 256 << 20
"""Of all members together, unpacked."""


def unpacked(content: bytes) -> dict[str, bytes]:
    """Files of the incident in a zip by their names in its folder; ValueError, with words, if it holds none.

    Only names that an incident has are unpacked, and only up to a limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            folder = next((each[: -len(INCIDENT)] for each in names if each.rsplit("/", 1)[-1] == INCIDENT), None)
            if folder is None:
                raise ValueError("it holds no incident")
            found: dict[str, bytes] = {}
            left = _MOST_BYTES
            for member in archive.infolist()[:_MEMBERS]:
                name = member.filename.removeprefix(folder)
                if member.filename.startswith(folder) and is_part(name) and member.file_size <= left:
                    with archive.open(member) as file:
                        found[name] = file.read(left)
                    left -= len(found[name])
            return found
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError) as problem:
        raise ValueError(f"it cannot be unpacked ({problem})") from None
