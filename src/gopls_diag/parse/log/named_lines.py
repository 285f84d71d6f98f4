"""Lines of standard error with a fixed word before each: Sublime Text's panel, Zed's panel, the logs of JetBrains IDEs.

Such a word also begins lines of other kinds (`gopls: unknown flag`), so it is taken off only from where it stands
before the first words of a crash, and as long as it stands before every line.

Sources: sublimelsp/LSP plugin/core/windows.py (handle_server_message: `gopls: LINE`), zed-industries/zed
crates/language_tools/src/lsp_log.rs (`stderr: LINE`); the form of idea.log as in redhat-developer/lsp4ij and
a-h/templ#127 (`LSP server process terminated, exit code = 1, command line: …`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_CRASH_PATTERN = re.compile(
    r"^(gopls|stderr|LSP-gopls|:: \[gopls\]|STDERR|ERR|E): ?"
    r"(?:panic: |fatal error: |SIG[A-Z]{2,6}: |goroutine \d{1,12} \[|goroutine \d{1,12} gp=|runtime: |\[signal SIG)"
)
_JETBRAINS_PATTERN = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[ *\d{1,12}\] +(?:INFO|WARN|SEVERE|ERROR|FINE) - #?(\S{1,120}) - "
)
_ABOUT_SERVER_PATTERN = re.compile(r"^(?:LSP server process |.{0,200}\bgopls\b)")


class NamedLines(LineCarrier):
    """`gopls: goroutine 1 [running]:`, from the first line of a crash to the first line without the word."""

    name = "named-lines"
    first_characters = "gsLSE:"
    mark = ": "

    def __init__(self) -> None:
        self._word = ""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line without its word."""
        if self._word and line.startswith(self._word):
            return (Peeled(line[len(self._word) :].removeprefix(" "), channel=Channel.STDERR),)
        found = _CRASH_PATTERN.match(line)
        if not found:
            self._word = ""
            return None
        self._word = f"{found[1]}:"
        return (Peeled(line[len(self._word) :].removeprefix(" "), channel=Channel.STDERR),)

    def lane(self, line: str) -> re.Pattern[str] | None:
        """The word is the same on every line."""
        return re.compile(rf"\n{re.escape(self._word)} ?") if self._word else None


class JetBrainsLog(LineCarrier):
    """Records of idea.log."""

    name = "jetbrains"
    first_characters = "0123456789"
    mark = " - "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """What the IDE says of gopls."""
        found = _JETBRAINS_PATTERN.match(line)
        if not found:
            return None
        text = line[found.end() :]
        return (
            (Peeled(text, channel=Channel.CLIENT),)
            if _ABOUT_SERVER_PATTERN.match(text)
            else (Peeled(text, is_trace=True),)
        )
