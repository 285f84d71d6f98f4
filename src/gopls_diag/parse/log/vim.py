"""Vim: vim-lsp's log file, and what coc.nvim says in a window of its own.

Sources: prabirshrestha/vim-lsp autoload/lsp.vim (lsp#log: `DATE:` and a JSON list; `"<---(stderr)"`, a number, the
server, and the lines that were read, the first of which goes on where the last piece ended), golang/tools issue copies
of it; neoclide/coc.nvim src/language-client/index.ts (the same sentences as VS Code's client), `[coc.nvim] ` before
messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

_RECORD_PATTERN = re.compile(r'^[^\["]{8,60}:(\["(<---|--->|s:on_|lsp#|s:))')
_MESSAGE_PATTERN = re.compile(r"^ {0,4}\[coc\.nvim\] ")


class VimLspLog(LineCarrier):
    """Records of vim-lsp's log."""

    name = "vim-lsp"
    mark = ':["'

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines of a piece of standard error; of the rest only the end of a server."""
        found = _RECORD_PATTERN.match(line)
        if not found:
            return None
        record = json_value(line[found.start(1) :])
        if not isinstance(record, list) or len(record) < 3:
            return (Peeled(line, is_trace=True),)
        server = record[2] if isinstance(record[2], str) else ""
        if record[0] == "<---(stderr)" and len(record) > 3:
            return _pieces(record[3], "" if "gopls" in server else server)
        if record[0] == "s:on_exit" and "gopls" in server:
            return (Peeled(" ".join(str(each) for each in record[2:]), channel=Channel.CLIENT),)
        return (Peeled(line, is_trace=True),)


def _pieces(said: object, stream: str) -> list[Peeled]:
    words = said if isinstance(said, list) else [said]
    lines = "\n".join(each for each in words if isinstance(each, str)).split("\n")
    last = lines.pop()
    peeled = [Peeled(each.rstrip("\r"), stream, Channel.STDERR) for each in lines]
    if last:
        peeled.append(Peeled(last, stream, Channel.STDERR, is_partial=True))
    return peeled


class CocMessage(LineCarrier):
    """`[coc.nvim] text`."""

    name = "coc"
    first_characters = " ["
    mark = "[coc.nvim] "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The message."""
        found = _MESSAGE_PATTERN.match(line)
        return (Peeled(line[found.end() :], channel=Channel.CLIENT),) if found else None
