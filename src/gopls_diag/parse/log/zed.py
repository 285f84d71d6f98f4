"""Zed: Zed.log, and its panel of language server logs.

Sources: zed-industries/zed crates/zlog/src/sink.rs (`2026-04-27T16:39:51-05:00 INFO  [lsp] TEXT`; before 2025
`2024-03-03T16:34:06+02:00 [WARN] TEXT`), crates/lsp/src/lsp.rs (handle_stderr: `incoming stderr message:LINE` at trace
level), crates/language_tools/src/lsp_log.rs (`stderr: LINE` in the panel).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_RECORD_PATTERN = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:\d\d|Z) "
    r"(?:\[(?:ERROR|WARN|INFO|DEBUG|TRACE)\] |(?:ERROR|WARN|INFO|DEBUG|TRACE) {1,2}\[[^\]]{1,120}\] )"
)
_STDERR = "incoming stderr message:"
_ABOUT_GOPLS_PATTERN = re.compile(r"\bgopls\b|language server")


class ZedLog(LineCarrier):
    """Records of Zed.log."""

    name = "zed"
    first_characters = "0123456789"
    mark = "] "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """Standard error, what Zed says of language servers, and nothing of the rest."""
        found = _RECORD_PATTERN.match(line)
        if not found:
            return None
        text = line[found.end() :]
        if text.startswith(_STDERR):
            return (Peeled(text[len(_STDERR) :], channel=Channel.STDERR),)
        if _ABOUT_GOPLS_PATTERN.search(text, 0, 1000):
            return (Peeled(text, channel=Channel.CLIENT),)
        return (Peeled(text, is_trace=True),)
