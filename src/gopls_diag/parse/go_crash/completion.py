"""What only the whole of a crash tells: its name among other crashes."""

from __future__ import annotations

from dataclasses import replace

from gopls_diag.model.crash import Crash
from gopls_diag.parse.go_crash.signature import signature


def completed(crash: Crash) -> Crash:
    """The crash with its signature."""
    name, parts = signature(crash)
    return replace(crash, signature=name, signature_parts=parts)
