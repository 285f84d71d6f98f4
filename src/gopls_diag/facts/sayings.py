"""Everything that gopls and go said, wherever it was heard: the probe, go list, and the logs that the user gave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.facts.declare import fact
from gopls_diag.model.go_list import GoList
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.outcome import CannotTell, NotHeard, Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.saying import Channel, Saying, Sayings
from gopls_diag.model.session import SessionTranscript
from gopls_diag.parse.log.reader import LogReader

PROBE_SOURCE = "gopls (--probe)"
_PROBE_CHANNELS = frozenset(
    {
        Channel.SHOW,
        Channel.LOG,
        Channel.PROGRESS,
        Channel.DIAGNOSTIC,
        Channel.REPLY,
        Channel.STDERR,
        Channel.EXIT,
    }
)
_DATE_PATTERN = re.compile(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ")


@fact(limit_seconds=20)
def sayings(
    request: Request,
    transcript: SessionTranscript | Unknown,
    go_list: GoList | Unknown,
    readings: LogReadings | Unknown,
) -> Sayings:
    """What was said, in the order probe, go list, logs; CannotTell when nobody was listened at."""
    said: list[Saying] = []
    listened_at: list[str] = []
    channels: set[Channel] = set()
    if isinstance(transcript, SessionTranscript) and transcript.start_error is None:
        said += _in_transcript(transcript, request.folder)
        listened_at.append(PROBE_SOURCE)
        channels |= _PROBE_CHANNELS
    if isinstance(go_list, GoList):
        said += _in_listing(go_list, request.folder)
        listened_at.append(go_list.command)
        channels.add(Channel.GO)
    for reading in readings.all if isinstance(readings, LogReadings) else ():
        said += reading.sayings
        listened_at.append(reading.source)
        channels |= reading.channels
    why_unheard = _why_unheard(request, transcript)
    if not listened_at and why_unheard:
        raise CannotTell(f"gopls was not heard: {why_unheard}")
    if not listened_at:
        raise NotHeard("gopls was not heard: run with --probe or --log FILE")
    return Sayings(tuple(said), tuple(listened_at), frozenset(channels), why_unheard)


def _why_unheard(request: Request, transcript: SessionTranscript | Unknown) -> str:
    if not request.probe:
        return ""
    if isinstance(transcript, Unknown):
        return transcript.reason
    return f"it could not be started ({transcript.start_error})" if transcript.start_error else ""


def _in_transcript(transcript: SessionTranscript, folder: str) -> Iterator[Saying]:
    for each in transcript.utterances:
        channel = Channel(each.channel)
        if channel is Channel.STDERR:
            reader = LogReader(PROBE_SOURCE)
            reader.feed(each.text.encode("utf-8", "backslashreplace"))
            for part in reader.finish().sayings:
                yield replace(part, channel=Channel.STDERR, line=None, folder=folder)
        elif channel is Channel.LOG:
            yield Saying(channel, _DATE_PATTERN.sub("", each.text), PROBE_SOURCE, folder=folder)
        else:
            yield Saying(channel, each.text, PROBE_SOURCE, folder=folder)


def _in_listing(go_list: GoList, folder: str) -> Iterator[Saying]:
    if go_list.stderr.strip():
        yield Saying(Channel.GO, go_list.stderr.rstrip(), go_list.command, folder=folder)
    for error in go_list.errors:
        text = f"{error.position}: {error.text}" if error.position else error.text
        yield Saying(Channel.GO, text, go_list.command, folder=folder)
