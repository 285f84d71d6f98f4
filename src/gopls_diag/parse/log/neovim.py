"""Neovim's lsp.log, of all ages.

Sources: neovim/neovim runtime/lua/vim/lsp/log.lua (up to 0.5: `[ ERROR ] 2021-04-28T23:04:33-0500 ] FILE ]`, then
`[ERROR][2026-11-22 18:49:31] FILE`; fields by vim.inspect, with tabs between), rpc.lua and _transport.lua (standard
error: `"rpc"`, the command, `"stderr"`, and what was read from the pipe, which ends anywhere), client.lua (`Client N
quit with exit code C and signal S`, which has no line end in a file of messages).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import lua_text

_RECORD_PATTERN = re.compile(r"^\[(?:START|ERROR|WARN|INFO|DEBUG|TRACE)\]\[([^\]]{1,40})\] ?")
_OLD_RECORD_PATTERN = re.compile(r"^\[ (?:ERROR|WARN|INFO|DEBUG|TRACE) \] ([^\] ]{1,40}) \] [^\]]{1,300} \]\t")
_QUIT_PATTERN = re.compile(r"^Client \S{1,80} quit with exit code \d{1,10} and signal \d{1,3}")


class NeovimLog(LineCarrier):
    """Records of lsp.log."""

    name = "neovim"
    first_characters = "["
    mark = "]"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines of a piece of standard error, a message, or nothing that was said."""
        found = _RECORD_PATTERN.match(line)
        if found:
            fields = line[found.end() :].split("\t")
        else:
            found = _OLD_RECORD_PATTERN.match(line)
            if not found:
                return None
            fields = ["", *line[found.end() :].split("\t")]
        if len(fields) >= 5 and fields[3] == '"stderr"':
            return _pieces(lua_text("\t".join(fields[4:])), fields[2])
        if "handlers.lua" in fields[0] and len(fields) > 1 and fields[1][:1] in ("'", '"'):
            return (Peeled(lua_text("\t".join(fields[1:])).rstrip("\n"), channel=Channel.LOG),)
        return (Peeled("\t".join(fields[1:]), is_trace=True, stamp=found[1]),)


def _pieces(text: str, command: str) -> list[Peeled]:
    """The lines of what was read from one server's pipe; the last one goes on in the next piece, if it has no end."""
    stream = "" if "gopls" in command else lua_text(command)
    lines = text.split("\n")
    last = lines.pop()
    peeled = [Peeled(each.rstrip("\r"), stream, Channel.STDERR) for each in lines]
    if last:
        peeled.append(Peeled(last, stream, Channel.STDERR, is_partial=True))
    return peeled


class QuitMessage(LineCarrier):
    """`Client 1 quit with exit code 0 and signal 9`, to which the next record is glued in a file of messages."""

    first_characters = "C"
    mark = " quit with exit code "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The sentence, and the record behind it."""
        found = _QUIT_PATTERN.match(line)
        if not found or not line.startswith("[", found.end()):
            return None
        return (Peeled(found[0], channel=Channel.CLIENT), Peeled(line[found.end() :]))
