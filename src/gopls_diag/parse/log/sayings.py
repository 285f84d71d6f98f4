"""Cuts what was said into sayings: one an event, each on the channel by which it was said.

It gets lines whose carrier has been peeled off, with the channel where the carrier tells it, and tells the rest by the
words. Records of -rpc.trace hold what was asked, not what was said, and are passed over. It does not read crashes: a
goroutine dump is one saying, cut to its first lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gopls_diag.model.saying import Channel, Saying
from gopls_diag.parse.log.exit_sentences import parse_exit

SAYING_LINES = 200
_TEXT_LIMIT = 64 * 1024

_EVENT_PATTERN = re.compile(
    r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:Error|Info|Warning|Log|Debug): ?)?\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "
)
_LABEL_PATTERN = re.compile(r"\t[A-Za-z_][\w.]{0,60}=")
_LABEL_LINE_PATTERN = re.compile(r"\n\t[A-Za-z_][\w.]{0,60}=")
_UNLABELLED_PATTERN = re.compile(r"\n[^\t]")
_LABELS_LENGTH = 4096
"""Characters in which labels are looked for at once."""
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
_CLIENT_PATTERN = re.compile(
    r"^(?:Server process exited |Connection to server |The \S+ server crashed |gopls client: |Pending response rejected"
    r"|Launching server using command |Client is not running|Client \S+ quit with |Starting client failed"
    r"|Stopping server |Failed to stop client|Error starting language server|Try to start language server"
    r"|Running language server|Request \S+ failed|Cannot find the alternate tool|The \"gopls\" command is not available"
    r"|Language server is disabled|Starting server failed|gopls has crashed|Failed to find |gopls exited with status )"
)
_SEPARATOR = "--"
"""What grep prints between matches."""
_TELLING_LETTERS = frozenset("SCTgPLERFW")
"""First letters of the sentences of _SHOWN_PATTERN and _CLIENT_PATTERN."""


@dataclass(slots=True)
class _Open:
    """The saying that is being put together."""

    channel: Channel
    line: int
    pieces: list[str]
    lines: int = 1
    is_dump: bool = False


class SayingCutter:
    """Cuts the lines of one stream into sayings, handing on each as soon as it is whole."""

    def __init__(self, source: str, keep: Callable[[Saying], None]) -> None:
        self.source = source
        self.channels: set[Channel] = set()
        """Channels on which something was said."""
        self.not_understood = 0
        """Lines that have no form known here; they are taken for standard error."""
        self.is_dropping = False
        """True below the head of a record that says nothing."""
        self._keep = keep
        self._number = 0
        self._open: _Open | None = None

    def heard(self, text: str, channel: Channel | None, number: int) -> Channel | None:
        """Take a line and say on which channel it was said; None if it was part of no saying.

        Args:
            text: the line, without what carried it.
            channel: what the carrier told; None to go by the words.
            number: its line in the log.
        """
        self._number = number
        if channel is Channel.KERNEL:
            self._begin(channel, text)
            return channel
        told = self._told_by_words(text)
        if told is not None or (self.is_dropping and self._is_of_trace(text, channel)):
            return told
        if channel is None:
            return self._bare(text)
        if channel is Channel.STDERR:
            self._stderr(text)
        elif text:
            self._begin(channel, text)
            if channel is Channel.CLIENT:
                self._ended(text)
        else:
            # "Connection closed" reaches the log as an empty message; languageclient 8 then prints `true` below it.
            self.drop()
        return channel

    def crashed(self, text: str, number: int) -> None:
        """Take a line of a crash."""
        self._number = number
        self._stderr(text)

    def dumped(self, text: str, begin: int, end: int, number: int) -> None:
        """Take the many lines of a dump that stand between two places of a text."""
        self._number = number
        said = self._open
        wanted = SAYING_LINES - (said.lines if said is not None and said.is_dump else 0)
        for _ in range(wanted):
            if begin >= end:
                return
            stop = text.find("\n", begin, end)
            stop = end if stop < 0 else stop
            self._stderr(text[begin:stop])
            begin = stop + 1
            self._number += 1

    def drop(self) -> None:
        """Take a line that says nothing, which may have further ones."""
        self.close()
        self.is_dropping = True

    def close(self) -> None:
        """Hand on what is open: nothing more will be added to it."""
        said, self._open, self.is_dropping = self._open, None, False
        if said is None:
            return
        text = "".join(said.pieces)[:_TEXT_LIMIT].rstrip()
        if text:
            self.channels.add(said.channel)
            self._keep(Saying(said.channel, text, self.source, said.line))

    def labels(self, text: str, at: int) -> tuple[int, int]:
        """Take the labels of the open message that stand at a place of a text; the place behind them, and how many."""
        said = self._open
        count = 0
        if said is None or said.channel is not Channel.LOG or not _LABEL_PATTERN.match(text, at):
            return at, 0
        # Most at once: as fast again as one by one, below.
        found = _UNLABELLED_PATTERN.search(text, at, at + _LABELS_LENGTH)
        end = found.start() + 1 if found else text.rfind("\n", at, at + _LABELS_LENGTH) + 1
        lines = text.count("\n", at, end)
        if (
            at
            and 0 < lines <= SAYING_LINES - said.lines
            and len(_LABEL_LINE_PATTERN.findall(text, at - 1, end)) == lines
        ):
            said.pieces.append(f"\n{text[at : end - 1]}")
            said.lines += lines
            at, count = end, lines
        while text.startswith("\t", at) and _LABEL_PATTERN.match(text, at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if said.lines < SAYING_LINES:
                said.pieces.append(f"\n{text[at:end]}")
                said.lines += 1
            at = end + 1
            count += 1
        return at, count

    def blank(self) -> None:
        """Take an empty line, within the message that is open."""
        self._add("\n", new_lines=1)

    def _is_of_trace(self, text: str, channel: Channel | None) -> bool:
        return channel is None and _TRACE_BODY_PATTERN.match(text) is not None

    def _bare(self, text: str) -> Channel | None:
        is_stderr = bool(_DUMP_PATTERN.match(text) or _STDERR_PATTERN.match(text))
        if self._open is not None and self._open.channel is not Channel.STDERR and not is_stderr:
            # Labels of an event (`\tkey=value`), and the further lines of a go error.
            self._add("\n" + text, new_lines=1)
            return self._open.channel
        if text == _SEPARATOR or (self.is_dropping and text in ("", "true")):
            return None
        if text and not is_stderr and (self._open is None or not self._open.is_dump):
            self.not_understood += 1
        self._stderr(text)
        return Channel.STDERR

    def _told_by_words(self, text: str) -> Channel | None:
        """Take a line whose own words tell where it comes from; None if they do not."""
        first = text[:1]
        if first.isdecimal():
            return self._told(Channel.LOG, _EVENT_PATTERN.match(text), text)
        if first == "[":
            if _TRACE_PATTERN.match(text):
                self.drop()
                return Channel.REPLY
            return self._told(Channel.REPLY, _REPLY_PATTERN.match(text), text)
        if first not in _TELLING_LETTERS or not first:
            return None
        if _CLIENT_PATTERN.match(text):
            self._begin(Channel.CLIENT, text)
            self._ended(text)
            return Channel.CLIENT
        return self._told(Channel.SHOW, _SHOWN_PATTERN.match(text), text)

    def _ended(self, text: str) -> None:
        ended = parse_exit(text)
        if ended is not None and not ended.is_vague:
            self._begin(Channel.EXIT, ended.words)
            self.close()

    def _told(self, channel: Channel, found: re.Match[str] | None, text: str) -> Channel | None:
        if found is None:
            return None
        self._begin(channel, text[found.end() :])
        return channel

    def _stderr(self, text: str) -> None:
        is_dump = bool(_DUMP_PATTERN.match(text))
        said = self._open
        if said is None or said.channel is not Channel.STDERR or (is_dump and not said.is_dump):
            if text:
                self._begin(Channel.STDERR, text, is_dump=is_dump)
        elif said.lines >= SAYING_LINES and not said.is_dump:
            self._begin(Channel.STDERR, text, is_dump=is_dump)
        else:
            self._add("\n" + text, new_lines=1)

    def _begin(self, channel: Channel, text: str, *, is_dump: bool = False) -> None:
        self.close()
        self._open = _Open(channel, self._number, [text], is_dump=is_dump)

    def _add(self, text: str, *, new_lines: int) -> None:
        said = self._open
        if said is None or said.lines >= SAYING_LINES:
            return
        said.pieces.append(text)
        said.lines += new_lines
