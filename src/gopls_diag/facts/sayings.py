"""Everything that gopls and go said, wherever it was heard: the probe, go list, and the logs that the user gave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from gopls_diag.facts.declare import fact
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import CannotTell, NotHeard, Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.saying import Channel, Saying, Sayings
from gopls_diag.model.session import SessionTranscript
from gopls_diag.parse.gopls_log import LogReader, decode_log
from gopls_diag.world import World, WorldError

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
_PIECE_BYTES = 8 * 1024 * 1024
_LOG_LIMIT_BYTES = 64 * 1024 * 1024
"""Of a longer log only the end is read: what happened last is what the user asks about."""
_SAYINGS_LIMIT = 50_000


@fact(limit_seconds=120)
def sayings(
    world: World, request: Request, transcript: SessionTranscript | Unknown, go_list: GoList | Unknown
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
    for path in request.logs:
        reader = LogReader(path)
        try:
            said += _in_log(world, reader, path)
        except WorldError:
            continue
        listened_at.append(path)
        channels |= reader.channels
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
            for part in LogReader(PROBE_SOURCE).read(each.text.split("\n")):
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


def _in_log(world: World, reader: LogReader, path: str) -> list[Saying]:
    found = world.stat(path)
    skipped = max(0, (found.size_bytes if found else 0) - _LOG_LIMIT_BYTES)
    content = b"".join(_pieces(world, path, skipped))
    heard = list(islice(reader.read(decode_log(content).split("\n")), _SAYINGS_LIMIT))
    # Where the beginning was left out, the number of a line is not known.
    return [replace(each, line=None) for each in heard] if skipped else heard


def _pieces(world: World, path: str, offset: int) -> Iterator[bytes]:
    end = offset + _LOG_LIMIT_BYTES
    while offset < end:
        piece = world.read_bytes(path, limit_bytes=_PIECE_BYTES, offset=offset)
        yield piece
        if len(piece) < _PIECE_BYTES:
            return
        offset += len(piece)
