"""Where gopls serves its debug pages: the line that `-debug=ADDRESS` makes it write to standard error.

Form: `serve.go:531: debug server listening at http://127.0.0.1:44817` (golang/tools gopls/internal/cmd/serve.go); file,
line and time before it differ by version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ADDRESS_PATTERN = re.compile(rb"debug server listening at http://(?:127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})\b")


def port_in(stderr: bytes) -> int | None:
    """The port of loopback that is named last; None if there is none."""
    found = _ADDRESS_PATTERN.findall(stderr)
    port = int(found[-1]) if found else 0
    return port if 0 < port < 65536 else None


def port_of_flag(arguments: Sequence[str]) -> int | None:
    """The port in `-debug=HOST:PORT` or `-debug HOST:PORT`; None for port 0, another machine's, or no such flag."""
    for place, word in enumerate(arguments):
        name, sign, value = word.lstrip("-").partition("=")
        if not word.startswith("-") or name != "debug":
            continue
        if not sign:
            value = arguments[place + 1] if place + 1 < len(arguments) else ""
        host, _, port = value.rpartition(":")
        if host in ("", "localhost", "127.0.0.1", "[::1]") and port.isascii() and port.isdigit() and len(port) < 6:
            return int(port) if 0 < int(port) < 65536 else None
    return None
