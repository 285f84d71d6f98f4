"""Words about incidents that the screen and the page share, and their stored findings, read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gopls_diag.model.amount import GIB, MIB, size_text
from gopls_diag.model.incident import Incident, Lost
from gopls_diag.model.json_value import JsonValue

KINDS = {
    "panic": "gopls panicked",
    "fatal": "Go's runtime gave up on gopls",
    "signal": "a fault in gopls's memory ended it",
    "oom": "the system refused gopls memory",
    "killed": "gopls was killed",
    "exit": "gopls ended by itself",
    "hang": "gopls hung",
    "race": "gopls met a data race",
    "stopped": "gopls was asked to stop",
    "lost": "gopls is gone, and nobody saw how it ended",
    "trouble": "gopls ended well, but had trouble",
    "start": "gopls could not be started",
}
"""Incident.kind in words, for where no check names the cause."""
_LOST = {
    Lost.NO: "nobody says how",
    Lost.MACHINE: "the machine was started anew since",
    Lost.LAUNCHER: "the launcher is gone without a word: it was killed",
    Lost.WATCHED: "gopls was only watched, and nobody's log says how it ended",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a finding rests on."""

    text: str
    source: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What a finding says is to be done."""

    title: str
    command: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One finding as it was stored; a damaged one has empty fields."""

    code: str
    severity: str
    """`error`, `warning`, `info`."""
    confidence: str
    summary: str
    why: str
    explained_by: str
    proofs: tuple[Proof, ...]
    advice: tuple[Advice, ...]


def judged(report: JsonValue) -> tuple[Judged, ...]:
    """The findings of Incident.report, the verdict first; what is not of their form is passed over."""
    if not isinstance(report, Mapping):
        return ()
    found = tuple(_judged(each) for each in _entries(report.get("findings")))
    verdict = report.get("verdict")
    code = _words(verdict.get("code")) if isinstance(verdict, Mapping) else ""
    return tuple(sorted(found, key=lambda each: each.code != code or not code))


def is_blamed(report: JsonValue) -> bool:
    """True for a verdict of severity warning or worse."""
    if not isinstance(report, Mapping) or not isinstance(report.get("verdict"), Mapping):
        return False
    found = judged(report)
    return not found or found[0].severity != "info"


def headline(incident: Incident) -> str:
    """What happened, in a line."""
    found = judged(incident.report)
    if found and isinstance(incident.report, Mapping) and incident.report.get("verdict"):
        return found[0].summary
    words = KINDS.get(incident.kind, f"gopls ended: {incident.kind}")
    return words if words.startswith("gopls") else f"{words[:1].upper()}{words[1:]}"


def ending(incident: Incident) -> str:
    """How it ended, in a few words, and when."""
    end = incident.end
    if end is None:
        return f"not seen: {_LOST[incident.lost]}"
    after = f" after {duration(end.elapsed_seconds)}"
    if end.failure:
        return f"not started: {end.failure}"
    if end.signal:
        core = ", with a core dump" if end.is_core_dumped else ""
        return f"signal {end.signal}{core}{after}"
    if end.exit_code is None:
        return f"gone{after}: {_LOST[incident.lost]}"
    return f"exit code {end.exit_code}{after}"


def passed_signals(incident: Incident) -> str:
    """What the launcher was sent; "" for nothing."""
    sent = incident.end.signals if incident.end else ()
    return ", ".join(f"{each.name} at {clock_of(each.at)}" for each in sent[:6])


def memory_words(incident: Incident) -> str:
    """Last, highest and nearest limit; "" without a sample."""
    seen = incident.memory
    peak = incident.end.max_resident_bytes if incident.end else None
    if seen is None:
        return f"no samples; {fine_size(peak)} at most, as the kernel counted" if peak else ""
    parts = []
    if seen.resident_bytes:  # of one that is dead and not yet waited for the kernel says 0
        parts.append(f"{fine_size(seen.resident_bytes)} in the last sample")
    if seen.peak_resident_bytes:
        parts.append(f"{fine_size(seen.peak_resident_bytes)} at most")
    if seen.group_bytes is not None and seen.group_limit_bytes:
        share = 100 * seen.group_bytes / seen.group_limit_bytes
        amounts = f"{fine_size(seen.group_bytes)} of {fine_size(seen.group_limit_bytes)}"
        parts.append(f"its control group had {amounts} ({share:.0f} %)")
    if seen.children_resident_bytes:
        parts.append(f"commands it ran had {fine_size(seen.children_resident_bytes)}")
    return "; ".join(parts)


def kills_words(incident: Incident) -> str:
    """What the control group counted as it ended; "" where nothing was learnt."""
    before, after = incident.kills_before, incident.kills_after
    if before is None or after is None:
        return ""
    if after <= before:
        return "its control group counted no kill for lack of memory"
    return f"its control group counted {after - before} kill{'' if after - before == 1 else 's'} for lack of memory"


def flight_words(incident: Incident) -> Iterator[str]:
    """A line for each method that had no answer."""
    for each in incident.in_flight:
        waited = "" if each.waited_seconds is None else f", waited {duration(each.waited_seconds)} or longer"
        yield f"{each.count:,} {each.method}{waited}"


def fine_size(size_bytes: int | None) -> str:
    """`1.87 GiB`, `512 MiB`; finer than size_text, since a limit and what is just below it must not look alike."""
    if size_bytes is None:
        return ""
    if GIB <= size_bytes < 10 * GIB:
        return f"{size_bytes / GIB:.2f}".rstrip("0").rstrip(".") + " GiB"
    return f"{size_bytes / MIB:,.0f} MiB" if MIB <= size_bytes < GIB else size_text(size_bytes)


def duration(seconds: float) -> str:
    """`0.42 s`, `14 s`, `9 min 12 s`, `23 h 4 min`."""
    if seconds < 10:
        return f"{max(seconds, 0):.2f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def moment(words: str, after_seconds: float = 0) -> datetime | None:
    """An RFC 3339 time, so many seconds later, in UTC; None if it is none."""
    try:
        found = datetime.fromisoformat(words.replace("Z", "+00:00"))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) + timedelta(seconds=after_seconds)
    except (ValueError, OverflowError):
        return None


def day_of(words: str) -> str:
    """`2026-11-23 06:24:12 UTC`; the words themselves if they are no time."""
    found = moment(words)
    return found.strftime("%Y-%m-%d %H:%M:%S UTC") if found else words


def clock_of(words: str, after_seconds: float = 0) -> str:
    """`06:24:12`."""
    found = moment(words, after_seconds)
    return found.strftime("%H:%M:%S") if found else words


def _judged(value: Mapping[str, JsonValue]) -> Judged:
    texts = [_words(value.get(name)) for name in ("code", "severity", "confidence", "summary", "why", "explained_by")]
    proofs = tuple(
        Proof(_words(each.get("text")), _words(each.get("source")), _number(each.get("line")))
        for each in _entries(value.get("evidence"))
    )
    advice = tuple(
        Advice(_words(each.get("title")), _all_words(each.get("command")), _words(each.get("link")))
        for each in _entries(value.get("remedies"))
    )
    code, severity, confidence, summary, why, explained_by = texts
    return Judged(code, severity, confidence, summary, why, explained_by, proofs, advice)


def _entries(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _words(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _all_words(value: JsonValue) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
