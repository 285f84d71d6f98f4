"""What only the whole of a crash tells: its name among other crashes."""

from __future__ import annotations

from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind


def completed(crash: Crash) -> Crash:
    """The crash with its signature; a dump that somebody asked for has none."""
    if crash.kind in (EndKind.DUMP, EndKind.HANG):
        return crash
    from gopls_diag.parse.go_crash.signature import signature  # noqa: PLC0415 - 7 ms, which a dump does not need

    name, parts = signature(crash)
    return replace(crash, signature=name, signature_parts=parts)
