"""What logs say happened: reads each once, in pieces, and judges all together by the checks of the doctor.

No machine is asked. A check that needs one gets Unknown where it can do without, and else has the outcome `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from gopls_diag.checks.registry import checks_of
from gopls_diag.engines.judging import NoAnswer, explain, judge, order, verdict
from gopls_diag.engines.log_facts import LOG_FACTS, facts_of, proved_by_logs, silent_machine
from gopls_diag.facts.declare import Parameter
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.crash_report import CrashReport, SkippedInput
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.log_reading import Crashes, LogReading
from gopls_diag.model.outcome import NOT_SEEN, Found, NotApplicable, Outcome, Unknown
from gopls_diag.model.report import CheckOutcome
from gopls_diag.model.saying import Channel, Saying, Sayings
from gopls_diag.parse.go_crash.completion import completed
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.parse.log.reader import LogReader

_CRASH_FAMILIES = ("exits", "kill", "memory", "logs")
"""Families that judge ends of programs. Where nothing else was said, no other family can find anything."""
_GO_COMMAND_PATTERN = re.compile(r"\bgo \[(?:list|env|mod|version|build)\b[^\n]{0,900}\]: exit status 2: ")
"""golang/tools internal/gocommand and go/packages: the command line, how it ended, what it wrote."""
_QUOTED_LINES = 3
_QUOTED_CHARACTERS = 4000
_OF_RESOURCES = {EndKind.FATAL, EndKind.SIGNAL, EndKind.EXIT}
"""Ends that may come of threads, descriptors or files that were refused."""
_DUMP_BEGINNINGS = ("goroutine ", "panic: ", "fatal error: ", "SIG", "runtime: ", "[signal ", "runtime stack:")


class LogInput(NamedTuple):
    """One log to be read."""

    source: str
    """The path, or `-`."""
    pieces: Iterable[bytes]
    size_bytes: int | None = None
    """None if nobody knows: standard input, compressed files."""


class Progress(NamedTuple):
    """So much of an input has been read."""

    source: str
    read_bytes: int
    size_bytes: int | None


class InputRead(NamedTuple):
    """An input has been read to its end."""

    reading: LogReading


class Finished(NamedTuple):
    """All inputs have been read and judged."""

    report: CrashReport


Event = Progress | InputRead | Finished


def read_logs(
    inputs: Iterable[LogInput],
    *,
    now_seconds: float = 0.0,
    choice: DumpChoice | None = None,
    skipped: Sequence[SkippedInput] = (),
    checks: Sequence[Declaration] | None = None,
) -> Iterator[Event]:
    """Read all inputs and judge what they say; the last event is Finished.

    Args:
        inputs: in the order in which they shall be told of; each is read to its end before the next is asked for.
        now_seconds: since 1970; gives dates without a year theirs.
        choice: how goroutines are grouped, and which are kept whole.
        skipped: what was given and is not among the inputs; a list may grow while inputs are asked for.
        checks: None takes those that the readings can concern.
    """
    readings: list[LogReading] = []
    for each in inputs:
        reader = LogReader(each.source, now_seconds=now_seconds or None, choice=choice)
        read = 0
        for piece in each.pieces:
            reader.feed(piece)
            read += len(piece)
            yield Progress(each.source, read, each.size_bytes)
        reading = _completed(reader.finish())
        readings.append(reading)
        yield InputRead(reading)
    yield Finished(_judged(_with_recorded(readings), now_seconds, tuple(skipped), checks))


def _with_recorded(readings: Sequence[LogReading]) -> tuple[LogReading, ...]:
    if not any(each.recorded for each in readings):
        return tuple(readings)
    from gopls_diag.parse.log.incident_form import joined  # noqa: PLC0415 - seldom met

    return joined(readings)


def _completed(reading: LogReading) -> LogReading:
    """The reading, its crashes with what only the whole of them tells."""
    crashes = (_of_go_command(each, reading.sayings) for each in reading.crashes)
    return replace(reading, crashes=tuple(_known(completed(each)) for each in crashes))


def _of_go_command(crash: Crash, sayings: Sequence[Saying]) -> Crash:
    """The crash, as the go command's where gopls quotes what a go command said before it ended."""
    if crash.program or crash.kind not in (EndKind.PANIC, EndKind.FATAL, EndKind.SIGNAL, EndKind.OOM):
        return crash
    before = (each for each in sayings if each.line and crash.line - _QUOTED_LINES <= each.line <= crash.line)
    is_quoted = any(_GO_COMMAND_PATTERN.search(each.text, 0, _QUOTED_CHARACTERS) for each in before)
    return replace(crash, program="go") if is_quoted else crash


def _known(crash: Crash) -> Crash:
    if not crash.is_gopls or crash.crashing is None or crash.kind not in (EndKind.PANIC, EndKind.FATAL):
        return crash
    from gopls_diag.checks.known_crashes import known  # noqa: PLC0415 - a dump has no use for the table

    return replace(crash, known=known(crash))


def _judged(
    readings: tuple[LogReading, ...],
    now_seconds: float,
    skipped: tuple[SkippedInput, ...],
    checks: Sequence[Declaration] | None,
) -> CrashReport:
    given = facts_of(readings, now_seconds)
    if checks is None:
        checks = _concerned(readings)
    outcomes = tuple(CheckOutcome(each, _outcome(each, given), 0) for each in checks)
    findings = order(explain(outcomes))
    notes = tuple(f"{each.source}: {note}" for each in readings for note in each.notes)
    return CrashReport(
        readings, given[Crashes].all, verdict(findings), findings, outcomes, skipped=skipped, notes=notes
    )


def _outcome(check: Declaration, given: Mapping[type, Any]) -> Outcome:
    """What a check says of the logs. What it says of a machine, none of which was seen, does not count."""
    silent: Mapping[type, Any] = {}

    def values(wanted: tuple[Parameter, ...]) -> dict[str, Any] | NoAnswer:
        nonlocal silent
        found: dict[str, Any] = {}
        for each in wanted:
            if each.type in given:
                found[each.name] = given[each.type]
            elif each.is_optional:
                found[each.name] = Unknown(NOT_SEEN)
            else:
                silent = silent or silent_machine()
                if each.type not in silent:
                    return Unknown(NOT_SEEN)
                found[each.name] = silent[each.type]
        return found

    outcome = judge(check, values)
    if not silent or isinstance(outcome, Unknown | NotApplicable):
        return outcome
    if isinstance(outcome, Found):
        proved = tuple(each for each in outcome.findings if proved_by_logs(each, given[Sayings].listened_at))
        return Found(proved, outcome.reason) if proved else Unknown(NOT_SEEN)
    return Unknown(NOT_SEEN)


def _concerned(readings: tuple[LogReading, ...]) -> tuple[Declaration, ...]:
    """The checks that such readings can concern; loading all takes as long as reading 20 MB."""
    if any(not _is_of_crash(saying) for each in readings for saying in each.sayings):
        return checks_of(None, LOG_FACTS)
    kinds = {crash.kind for each in readings for crash in each.crashes}
    if kinds and all(_holds_only_dumps(each) for each in readings):
        return checks_of(_CRASH_FAMILIES, tuple(f"EndKind.{each.name}" for each in sorted(kinds)))
    families = (*_CRASH_FAMILIES, "health") if any(each.counters for each in readings) else _CRASH_FAMILIES
    if kinds & _OF_RESOURCES:
        families = (*families, "resources")
    return checks_of(families, LOG_FACTS)


def _holds_only_dumps(reading: LogReading) -> bool:
    others = reading.kernel_events or reading.mac_reports or reading.counters or reading.collections
    return not others and all(each.kind in (EndKind.DUMP, EndKind.HANG) for each in reading.crashes)


def _is_of_crash(saying: Saying) -> bool:
    return saying.channel in (Channel.STDERR, Channel.EXIT) and (
        saying.channel is Channel.EXIT or saying.text.startswith(_DUMP_BEGINNINGS)
    )
