"""The port on which gopls serves its debug pages, from the line that it writes when it was given port 0.

`serve.go:531: debug server listening at http://localhost:44817` (seen with v0.16.2 to v0.24.0; the line number varies).
"""

from __future__ import annotations

import re

_LINE_PATTERN = re.compile(rb"debug server listening at http://(?:localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})\b")
_ADDRESS_PATTERN = re.compile(r"^-{1,2}debug(?:=(.{0,200}))?$")
_LOOPBACK_PATTERN = re.compile(r"^(?:localhost|127\.0\.0\.1|):(\d{1,5})$")


def port_in(stderr: bytes) -> int | None:
    """The port, of several lines the last; None if there is no such line."""
    ports = [int(each) for each in _LINE_PATTERN.findall(stderr)]
    return _usable(ports[-1]) if ports else None


def port_of_command(command: tuple[str, ...]) -> int | None:
    """The port that a command line names (`-debug=localhost:6060`); None without one, for 0, and for other machines."""
    for place, word in enumerate(command[1:], 1):
        found = _ADDRESS_PATTERN.match(word)
        if not found:
            continue
        address = found[1] if found[1] is not None else command[place + 1] if place + 1 < len(command) else ""
        local = _LOOPBACK_PATTERN.match(address)
        return _usable(int(local[1])) if local else None
    return None


def _usable(port: int) -> int | None:
    return port if 0 < port < 65536 else None
