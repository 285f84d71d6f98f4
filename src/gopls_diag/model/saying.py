"""What gopls, go or an editor said, one utterance each, wherever it was heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gopls_diag.model.outcome import CannotTell, NotHeard


class Channel(StrEnum):
    """The way by which something was said."""

    SHOW = "show"
    """window/showMessage: a pop-up (M)."""
    LOG = "log"
    """window/logMessage (L)."""
    PROGRESS = "progress"
    """$/progress (P)."""
    DIAGNOSTIC = "diagnostic"
    """The text of a diagnostic (D)."""
    REPLY = "reply"
    """The message of a JSON-RPC error reply (R)."""
    STDERR = "stderr"
    """gopls's standard error (S)."""
    EXIT = "exit"
    """How gopls ended: `exit code 2`, `signal SIGKILL` (X)."""
    CLIENT = "client"
    """The editor's own lines about the server (V, G, N)."""
    GO = "go"
    """What a go command printed on standard error (C)."""
    KERNEL = "kernel"
    """The kernel's log (K)."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One utterance."""

    channel: Channel
    text: str
    source: str
    """For evidence: `gopls --probe`, a command line, or the path of a log."""
    line: int | None = None
    """Line in the log where it begins, from 1."""
    folder: str | None = None
    """The workspace folder that it is about, where known."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A saying that matched, with the match."""

    saying: Saying
    match: re.Match[str]

    @property
    def words(self) -> str:
        """The line of the saying that holds the match, cut to what fits on a screen."""
        text = self.saying.text
        start = text.rfind("\n", 0, self.match.start()) + 1
        end = text.find("\n", self.match.end())
        return text[start : end if end >= 0 else None].strip()[:400]

    @property
    def line(self) -> int | None:
        """Line in the log on which the match begins, from 1; None where the words were not read from a file."""
        begin = self.saying.line
        return None if begin is None else begin + self.saying.text.count("\n", 0, self.match.start())


@dataclass(frozen=True, slots=True)
class Sayings:
    """Everything that was said, in order, with a name for each place that was listened at."""

    all: tuple[Saying, ...]
    listened_at: tuple[str, ...]
    """Sources that were really heard, for "what was looked at"; empty when nobody spoke."""
    channels: frozenset[Channel] = frozenset()
    """Channels that were listened at, whether or not anything was said there."""
    why_unheard: str = ""
    """Why gopls was not heard although a probe was asked for; empty when it was heard or nobody asked."""

    def heard(self, channel: Channel) -> bool:
        """True if that channel was listened at: only then does silence mean that all is well."""
        return channel in self.channels

    def need(self, *channels: Channel) -> None:
        """Raise CannotTell unless at least one of these channels was listened at.

        For checks that have nothing but what was said: they call it at their end, so that what was found still counts,
        and silence counts only if somebody listened.
        """
        if not self.channels.isdisjoint(channels):
            return
        if Channel.GO in channels:
            raise CannotTell("the go command was not heard: no workspace was listed and no log was given")
        if set(channels) <= {Channel.CLIENT, Channel.KERNEL}:
            raise NotHeard("the editor was not heard: needs --log FILE with its log of gopls")
        if self.why_unheard:
            raise CannotTell(f"gopls was not heard: {self.why_unheard}")
        raise NotHeard("gopls was not heard: needs --probe or --log FILE")

    def matching(self, pattern: re.Pattern[str], *channels: Channel, holding: tuple[str, ...] = ()) -> Iterator[Heard]:
        """Each distinct thing said that matches; repeats of the same words are given once.

        gopls repeats a go error for every query (#1, #2, …), so equality is judged on the matched words.

        Args:
            pattern: what is looked for.
            channels: where; all if none is given.
            holding: words of which one stands in every match. For patterns that begin with any letters: to look for
                such words first is a hundred times quicker, which matters in logs with 50,000 sayings.
        """
        seen: set[str] = set()
        for saying in self.all:
            if channels and saying.channel not in channels:
                continue
            if holding and not any(word in saying.text for word in holding):
                continue
            for found in pattern.finditer(saying.text):
                if found[0] not in seen:
                    seen.add(found[0])
                    yield Heard(saying, found)
