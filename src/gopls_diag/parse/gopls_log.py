"""Cuts a log that holds words of gopls into sayings: one an event, each on the channel by which it was said.

Any mix of forms in one file, told apart line by line: output channels of VS Code with
languageclient 9 (`[Info  - 6:27:07 PM] text`, standard error raw) and 10 (`2026-11-22 18:14:36.346 [info] text`, every
line of standard error prefixed), Neovim's lsp.log, gopls's own log and standard error, journal and kernel. Records
of -rpc.trace hold what was asked, not what was said, and are passed over.

It does not read crashes: a goroutine dump is one saying, cut to its first lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gopls_diag.model.saying import Channel, Saying

_SAYING_LINES = 200
_TEXT_LIMIT = 64 * 1024
_LINE_LIMIT = 256 * 1024

_LOG_CHANNEL_PATTERN = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[([a-z]+)\](?: |$)")
_OUTPUT_CHANNEL_PATTERN = re.compile(r"^\[(Info|Warn|Error|Log|Debug) *- [^\]\d]{0,12}\d[^\]]{0,30}\](?: |$)")
_NEOVIM_PATTERN = re.compile(r"^\[(?:START|ERROR|WARN|INFO|DEBUG|TRACE)\]\[[^\]]{1,40}\] ?")
_JOURNAL_PATTERN = re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ ([^\s\[\]:]+)(?:\[\d+\])?:(?: |$)")
_KERNEL_PATTERN = re.compile(r"^(?:<\d+>)?\[ *\d+\.\d+\] ")
_EVENT_PATTERN = re.compile(
    r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:Error|Info|Warning|Log|Debug): ?)?\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "
)
_TRACE_PATTERN = re.compile(r"^\[Trace - ")
_TRACE_BODY_PATTERN = re.compile(r"^(?:Params: |Result: |No result returned|[{}\[\]\s\"]|$)")
_REPLY_PATTERN = re.compile(r"^\[Error - Received\] [\d:.]+ (?:[AP]M )?#\d+ ")
_SHOWN_PATTERN = re.compile(r"^(?:LSP\[gopls\] |Error: |Warning: )")
_DUMP_PATTERN = re.compile(
    r"^(?:panic: |fatal error: |SIG[A-Z]+: |goroutine \d+ |runtime: |runtime/cgo: |unexpected fault |\[signal SIG)"
)
_STDERR_PATTERN = re.compile(
    r"^(?:flag provided but |gopls: |gopls \w+: |[a-z_0-9]+\.go:\d+: |gc \d+ @|GOMEMLIMIT=|gopls is a Go )"
)
_STOP_PATTERN = re.compile(r"^Request to stop language server[^()]*\([^()]*\)")
_CLIENT_PATTERN = re.compile(
    r"^(?:Server process exited |Connection to server |The \S+ server crashed |gopls client: |Pending response rejected"
    r"|Launching server using command |Client is not running|Client \S+ quit with |Starting client failed"
    r"|Stopping server |Failed to stop client|Error starting language server|Try to start language server"
    r"|Running language server|Request \S+ failed|Cannot find the alternate tool|The \"gopls\" command is not available"
    r"|Language server is disabled|Starting server failed|gopls has crashed|Failed to find )"
)
_EXIT_PATTERN = re.compile(
    r"Server process exited (?:with (?:code (\d{1,10})|signal (\w+))|successfully)"
    r"|quit with exit code (\d{1,10}) and signal (\d{1,3})"
)
_SIGNALS = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    6: "SIGABRT",
    7: "SIGBUS",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    15: "SIGTERM",
}
_LUA_ESCAPE_PATTERN = re.compile(r"\\(\d{1,3}|.)", re.DOTALL)
_LUA_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}

_HEARD_IN = {
    "vscode-0.56": frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT, Channel.EXIT}),
    "vscode-0.57": frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT, Channel.EXIT}),
    "neovim": frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT}),
    "kernel": frozenset({Channel.KERNEL}),
    "plain": frozenset({Channel.STDERR}),
}
"""What each form of log would show if it were said; pop-ups, for one, leave no trace in VS Code's logs."""


def decode_log(content: bytes) -> str:
    """The bytes of a log as text: UTF-16 by its byte order mark (PowerShell writes it), else UTF-8 with replacement."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


@dataclass(slots=True)
class _Open:
    """The saying that is being put together."""

    channel: Channel
    line: int
    pieces: list[str]
    lines: int = 1
    is_dump: bool = False


@dataclass(slots=True)
class LogReader:
    """Reads one log; the counts stand when `read` is through."""

    source: str
    """Path of the log, for evidence."""
    formats: set[str] = field(default_factory=set)
    """The forms that were met: vscode-0.56, vscode-0.57, neovim, kernel, plain."""
    channels: set[Channel] = field(default_factory=set)
    """Channels that this log would show if something were said there."""
    lines: int = 0
    not_understood: int = 0
    """Lines that have no form known here; they are taken for standard error."""
    _open: _Open | None = None
    _is_dropping: bool = False
    _done: list[Saying] = field(default_factory=list)

    def read(self, lines: Iterable[str]) -> Iterator[Saying]:
        """The sayings, in order; keeps no more than one of them in memory."""
        for line in lines:
            self.lines += 1
            self._line(line.rstrip("\r\n")[:_LINE_LIMIT])
            if self._done:
                yield from self._done
                self._done.clear()
        self._close()
        yield from self._done
        self._done.clear()

    def _line(self, line: str) -> None:
        # VS Code with languageclient 9 ends this sentence without a line end (seen with the Go extension 0.56.0).
        if glued := _STOP_PATTERN.match(line):
            self._begin(Channel.CLIENT, glued[0])
            line = line[glued.end() :]
            if not line:
                return
        if found := _LOG_CHANNEL_PATTERN.match(line):
            self._met("vscode-0.57")
            self._from_vscode(line[found.end() :], found[1], is_each_line_prefixed=True)
        elif found := _OUTPUT_CHANNEL_PATTERN.match(line):
            self._met("vscode-0.56")
            self._from_vscode(line[found.end() :], found[1].lower(), is_each_line_prefixed=False)
        elif found := _NEOVIM_PATTERN.match(line):
            self._met("neovim")
            self._from_neovim(line[found.end() :])
        elif _KERNEL_PATTERN.match(line):
            self._met("kernel")
            self._begin(Channel.KERNEL, line)
        elif found := _JOURNAL_PATTERN.match(line):
            if found[1] == "kernel":
                self._met("kernel")
                self._begin(Channel.KERNEL, line)
            else:
                self._plain(line[found.end() :])
        else:
            self._plain(line)

    def _met(self, form: str) -> None:
        if form not in self.formats:
            self.formats.add(form)
            self.channels |= _HEARD_IN[form]

    def _from_vscode(self, text: str, level: str, *, is_each_line_prefixed: bool) -> None:
        if level in ("trace", "debug"):
            self._drop()
        elif self._told_by_words(text):
            return
        elif is_each_line_prefixed and level == "error":
            self._stderr(text)
        elif text:
            self._begin(Channel.CLIENT, text)
        else:
            # "Connection closed" reaches the log as an empty message; languageclient 8 then prints `true` below it.
            self._drop()

    def _from_neovim(self, rest: str) -> None:
        fields = rest.split("\t")
        if len(fields) >= 5 and fields[3] == '"stderr"':
            words = _lua_text("\t".join(fields[4:]))
            if self._open is None or self._open.channel is not Channel.STDERR:
                self._begin(Channel.STDERR, "")
            # Pieces as they were read from the pipe: they end anywhere.
            self._add(words, new_lines=words.count("\n"))
        elif "handlers.lua" in fields[0] and len(fields) > 1 and fields[1][:1] in "'\"":
            self._told_by_words(_lua_text("\t".join(fields[1:])).rstrip("\n"))
        else:
            self._drop()

    def _plain(self, line: str) -> None:
        if self._told_by_words(line):
            return
        if self._is_dropping and _TRACE_BODY_PATTERN.match(line):
            return
        is_stderr = bool(_DUMP_PATTERN.match(line) or _STDERR_PATTERN.match(line))
        if self._open is not None and self._open.channel is not Channel.STDERR and not is_stderr:
            # Labels of an event (`\tkey=value`), and the further lines of a go error.
            self._add("\n" + line, new_lines=1)
            return
        if self._is_dropping and line in ("", "true"):
            return
        if line:
            self._met("plain")
        if line and not is_stderr and (self._open is None or not self._open.is_dump):
            self.not_understood += 1
        self._stderr(line)

    def _told_by_words(self, text: str) -> bool:
        """Take a line whose own words tell where it comes from; False if they do not."""
        if found := _EVENT_PATTERN.match(text):
            self._begin(Channel.LOG, text[found.end() :])
        elif _TRACE_PATTERN.match(text):
            self._drop()
        elif found := _REPLY_PATTERN.match(text):
            self._begin(Channel.REPLY, text[found.end() :])
        elif found := _SHOWN_PATTERN.match(text):
            self._begin(Channel.SHOW, text[found.end() :])
        elif _CLIENT_PATTERN.match(text):
            self._begin(Channel.CLIENT, text)
            if found := _EXIT_PATTERN.search(text):
                self._begin(Channel.EXIT, _ending(found))
                self._close()
        else:
            return False
        return True

    def _stderr(self, text: str) -> None:
        is_dump = bool(_DUMP_PATTERN.match(text))
        said = self._open
        if said is None or said.channel is not Channel.STDERR or (is_dump and not said.is_dump):
            if text:
                self._begin(Channel.STDERR, text, is_dump=is_dump)
        elif said.lines >= _SAYING_LINES and not said.is_dump:
            self._begin(Channel.STDERR, text, is_dump=is_dump)
        else:
            self._add("\n" + text, new_lines=1)

    def _begin(self, channel: Channel, text: str, *, is_dump: bool = False) -> None:
        self._close()
        self._open = _Open(channel, self.lines, [text], is_dump=is_dump)

    def _add(self, text: str, *, new_lines: int) -> None:
        said = self._open
        if said is None or said.lines >= _SAYING_LINES:
            return
        said.pieces.append(text)
        said.lines += new_lines

    def _drop(self) -> None:
        self._close()
        self._is_dropping = True

    def _close(self) -> None:
        said, self._open, self._is_dropping = self._open, None, False
        if said is None:
            return
        text = "".join(said.pieces)[:_TEXT_LIMIT].rstrip()
        if text:
            self.channels.add(said.channel)
            self._done.append(Saying(said.channel, text, self.source, said.line))


def _lua_text(quoted: str) -> str:
    """The text of a Lua string as vim.inspect writes it; what is no string stays as it is."""
    if len(quoted) < 2 or quoted[0] not in "'\"":
        return quoted
    body = quoted[1:-1] if quoted[-1] == quoted[0] else quoted[1:]

    def character(found: re.Match[str]) -> str:
        word = found[1]
        return chr(int(word)) if word.isdigit() else _LUA_ESCAPES.get(word, word)

    return _LUA_ESCAPE_PATTERN.sub(character, body)


def _ending(found: re.Match[str]) -> str:
    code, name, neovim_code, neovim_signal = found.groups()
    if name:
        return f"signal {name}"
    if neovim_signal and (number := int(neovim_signal)):
        return f"signal {_SIGNALS.get(number, number)}"
    return f"exit code {code or neovim_code or 0}"
