"""Every end of a program that the logs tell of, or that the probe met."""

from __future__ import annotations

import re
from dataclasses import replace

from gopls_diag.facts.declare import fact
from gopls_diag.facts.sayings import PROBE_SOURCE
from gopls_diag.model.crash import Crash
from gopls_diag.model.log_reading import Crashes, LogReadings
from gopls_diag.model.outcome import CannotTell, NotHeard, Unknown
from gopls_diag.model.session import SessionTranscript
from gopls_diag.parse.go_crash.completion import completed
from gopls_diag.parse.log.reader import LogReader

_CODE_PATTERN = re.compile(r"^exit code (\d{1,10})$")


@fact(limit_seconds=20)
def crashes(readings: LogReadings | Unknown, transcript: SessionTranscript | Unknown) -> Crashes:
    """The ends, those of the logs first; NotHeard when there was neither a log nor a probe."""
    probed = isinstance(transcript, SessionTranscript) and transcript.start_error is None
    given = isinstance(readings, LogReadings) and bool(readings.all)
    if isinstance(readings, Unknown):
        raise CannotTell(readings.reason)
    if not given and not probed:
        raise NotHeard("no end of gopls was looked at: run with --probe or --log FILE")
    met = _in_transcript(transcript) if isinstance(transcript, SessionTranscript) and probed else ()
    return Crashes(tuple(completed(each) for each in (*readings.crashes, *met)))


def _in_transcript(transcript: SessionTranscript) -> tuple[Crash, ...]:
    """What gopls printed when the probe asked it; how it ended stands in the transcript."""
    reader = LogReader(PROBE_SOURCE)
    for each in transcript.utterances:
        if each.channel == "stderr":
            reader.feed(each.text.encode("utf-8", "backslashreplace"))
            reader.feed(b"\n")
    found = reader.finish().crashes
    codes = [_CODE_PATTERN.match(each.text) for each in transcript.utterances if each.channel == "exit"]
    code = next((int(each[1]) for each in codes if each), None)
    if found and code is not None:
        found = (*found[:-1], replace(found[-1], exit_code=code))
    return found
