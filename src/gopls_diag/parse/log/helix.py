"""Helix: helix.log.

Sources: helix-editor/helix helix-lsp/src/transport.rs (`gopls err <- "LINE\\n"`, the line as Rust's `{:?}` writes it;
before 23.10 without the server's name; `gopls err: <- StreamClosed` when gopls ended), helix-term/src/logging.rs
(`TIME TARGET [LEVEL] TEXT`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import rust_text

_RECORD_PATTERN = re.compile(
    r"^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z? )?(helix_[a-z_:]{1,60}) \[(?:ERROR|WARN|INFO|DEBUG|TRACE)\] "
)
_STDERR_PATTERN = re.compile(r"^(?:(\S{1,80}) )?err <- ")
_SHOWN_PATTERN = re.compile(
    r"^unhandled window/(?:showMessage|logMessage): \w{1,40} \{ typ: \w{1,20}, message: (\".*\") \}$"
)
_REFUSED_PATTERN = re.compile(r"^(?:(\S{1,80}) )?<- ServerError\(-?\d{1,8}\): ")
_SERVERS = "language servers for `source.go`"
_CLOSED_PATTERN = re.compile(r"^(?:\S{1,80} )?err: <- ")


class HelixLog(LineCarrier):
    """Records of helix.log."""

    name = "helix"
    first_characters = "0123456789h"
    mark = "helix_"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """Standard error, each server's a stream of its own, and what Helix says of the transport."""
        found = _RECORD_PATTERN.match(line)
        if not found:
            return None
        text = line[found.end() :]
        if found[1].startswith("helix_lsp"):
            if said := _STDERR_PATTERN.match(text):
                server = said[1] or ""
                words = rust_text(text[said.end() :]).rstrip("\r\n")
                return (Peeled(words, "" if server == "gopls" else server, Channel.STDERR),)
            if _CLOSED_PATTERN.match(text):
                return (Peeled(text, channel=Channel.CLIENT),)
            if (refused := _REFUSED_PATTERN.match(text)) and refused[1] in (None, "gopls"):
                return (Peeled(text[refused.end() :], channel=Channel.REPLY),)
        elif shown := _SHOWN_PATTERN.match(text):
            first, *others = rust_text(shown[1]).rstrip("\n").split("\n")
            return (Peeled(first, channel=Channel.SHOW), *(Peeled(each) for each in others))
        elif _SERVERS in text:
            return (Peeled(text, channel=Channel.CLIENT),)
        return (Peeled(text, is_trace=True),)
