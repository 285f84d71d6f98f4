"""Output channels of VS Code: the forms of the Go extension up to 0.56 and from 0.57 on, and of clients like it.

Sources: microsoft/vscode-languageserver-node client/src/common/client.ts (9.0: `[Info  - ${time}] `, time by
toLocaleTimeString, so any language's) and client/src/node/main.ts (10.1: pipeStderrToLogOutputChannel logs each line of
standard error as an error); microsoft/vscode src/vs/platform/log/common/log.ts (`YYYY-MM-DD hh:mm:ss.mmm [level] `).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_LOG_CHANNEL_PATTERN = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[([a-z]{1,10})\](?: |$)")
_LOG_CHANNEL_LANE_PATTERN = re.compile(r"\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[error\] ?")
_OUTPUT_CHANNEL_PATTERN = re.compile(r"^\[(Info|Warn|Error|Log|Debug) *- [^\]\d]{0,12}\d[^\]]{0,30}\](?: |$)")
_STOP_PATTERN = re.compile(r"^Request to stop language server[^()]*\([^()]*\)")


class LogChannel(LineCarrier):
    """`2026-11-22 18:14:36.346 [info] text`: the Go extension from 0.57 on; further lines of a message stand bare."""

    name = "vscode-0.57"
    first_characters = "0123456789"
    mark = "] "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The text; standard error is what was logged as an error."""
        found = _LOG_CHANNEL_PATTERN.match(line)
        if not found:
            return None
        level, text = found[1], line[found.end() :]
        if level in ("trace", "debug"):
            return (Peeled(text, is_trace=True, stamp=line[:23]),)
        return (Peeled(text, channel=Channel.STDERR if level == "error" else Channel.CLIENT),)

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Each line of standard error has the same prefix but for its time."""
        return _LOG_CHANNEL_LANE_PATTERN if "[error]" in line[:32] else None


class OutputChannel(LineCarrier):
    """`[Info  - 6:27:07 PM] text`: the Go extension up to 0.56 and most other clients; standard error stands bare."""

    name = "vscode-0.56"
    first_characters = "["
    mark = "- "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The text: the client's own, or a message of gopls's, which its words tell."""
        found = _OUTPUT_CHANNEL_PATTERN.match(line)
        if not found:
            return None
        if found[1] == "Debug":
            return (Peeled(line[found.end() :], is_trace=True),)
        return (Peeled(line[found.end() :], channel=Channel.CLIENT),)


class StopRequest(LineCarrier):
    """The sentence that the Go extension writes without a line end, glued to the next line (seen with 0.56.0)."""

    first_characters = "R"
    mark = "Request to stop language server"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The sentence, and the line behind it if there is one."""
        found = _STOP_PATTERN.match(line)
        if not found:
            return None
        sentence = Peeled(found[0], channel=Channel.CLIENT)
        return (sentence, Peeled(line[found.end() :])) if found.end() < len(line) else (sentence,)
