"""Emacs: Eglot's events buffer, lsp-mode's messages, and the buffers of standard error.

Sources: emacs-mirror/emacs lisp/jsonrpc.el (`[stderr] LINE` in the events buffer, `[jsonrpc] Server exited with status
N`), joaotavora/eglot eglot.el (`[eglot] …`), emacs-lsp/lsp-mode lsp-mode.el (lsp--handle-process-exit: `NAME has exited
(WORDS)`, prefix `LSP :: `). The buffers `*gopls::stderr*` and `*EGLOT … stderr*` hold bare lines, and Emacs's own
sentence at their end: `Process NAME stderr finished`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_STDERR_PATTERN = re.compile(r"^\[stderr\](?: {1,2}|$)")
_LANE_PATTERN = re.compile(r"\n\[stderr\] {0,2}")
_EVENT_PATTERN = re.compile(
    r"^\[(?:client|server)-(?:request|reply|notification)\]"
    r"|^\[(?:internal|jsonrpc)\] (?:[eD]\[|\(|-->|<--|Sun |Mon |Tue |Wed |Thu |Fri |Sat )"
)
_OWN_PATTERN = re.compile(r"^(?:\[(?:jsonrpc|eglot)\] |LSP :: )")
_FINISHED_PATTERN = re.compile(r"^Process .{1,200} (?:stderr|stderr<\d{1,3}>) (?:finished|killed|exited abnormally)")


class EmacsBuffer(LineCarrier):
    """Lines of Eglot's events buffer and of *Messages*."""

    name = "emacs"
    first_characters = "[LP"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """Standard error, Emacs's own words, or an event that nobody said."""
        if line[0] == "[":
            if found := _STDERR_PATTERN.match(line):
                return (Peeled(line[found.end() :], channel=Channel.STDERR),)
            if _EVENT_PATTERN.match(line):
                return (Peeled(line, is_trace=True),)
        if found := _OWN_PATTERN.match(line):
            return (Peeled(line[found.end() :], channel=Channel.CLIENT),)
        if _FINISHED_PATTERN.match(line):
            return (Peeled(line, channel=Channel.CLIENT),)
        return None

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Standard error in the events buffer."""
        return _LANE_PATTERN if line.startswith("[stderr]") else None
