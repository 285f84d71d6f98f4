"""One incident, and the list of them, for a person at a terminal: what happened, what proves it, what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.model.incident import Incident, IncidentEntry
from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample, Source
from gopls_diag.present.incident_words import (
    KINDS,
    Judged,
    clock_of,
    day_of,
    duration,
    ending,
    fine_size,
    flight_words,
    headline,
    judged,
    kills_words,
    memory_words,
    passed_signals,
)
from gopls_diag.present.wording import command_line, printable, tilde

_MARKS = {"error": ("✗", "1;31"), "warning": ("!", "1;33"), "info": ("i", "36")}
_LABEL = 13
_LAST_SECONDS = 60.0
_ROWS = 12
_PROOFS, _REMEDIES, _LAST_WORDS = 2, 3, 6
_CRASH_STARTS = (
    "panic: ",
    "fatal error: ",
    "SIGSEGV: ",
    "SIGABRT: ",
    "SIGQUIT: ",
    "SIGBUS: ",
    "runtime: out of memory",
)


@dataclass(frozen=True, slots=True)
class IncidentText:
    """How the words are written."""

    width: int = 80
    with_colour: bool = False
    is_verbose: bool = False
    home: str = ""

    def listed(self, entries: Sequence[IncidentEntry]) -> str:
        """Newest first: two lines each, when and where, and what."""
        lines: list[str] = []
        for each in entries:
            told = each.verdict if isinstance(each.verdict, dict) else {}
            what = told.get("summary") if isinstance(told.get("summary"), str) else KINDS.get(each.kind, each.kind)
            code = told.get("code") if isinstance(told.get("code"), str) else "-"
            where = tilde(each.folder, self.home) or "no folder"
            lines.append(self._cut(f"{each.id}  {day_of(each.ended)}  {where}"))
            lines += self._wrapped(f"{code} {what}", "    ")
        noun = "incident" if len(entries) == 1 else "incidents"
        lines.append(f"{len(entries)} {noun}. gopls-diag incidents show ID tells of one (or: show latest)")
        return self._joined(lines)

    def shown(self, incident: Incident, path: str, stderr: str = "") -> str:
        """One incident.

        Args:
            incident: with its rows.
            path: of its folder.
            stderr: what gopls wrote last.
        """
        lines = [*self._cause(incident), "", self._cut(" · ".join(self._subject(incident)))]
        for label, words in self._facts(incident):
            lines += self._labelled(label, words)
        last = [each for each in stderr.rstrip().splitlines() if each.strip()]
        shown = last if self.is_verbose else telling_lines(last, _LAST_WORDS)
        if shown:
            lines += ["", f"last words on standard error ({len(shown):,} of {len(last):,} lines)"]
            lines += [self._cut(f"    {each}") for each in shown]
        lines += self._minute(incident)
        lines += ["", f"files in {printable(tilde(path, self.home))}"]
        for file in incident.files:
            private = " (private)" if file.is_private else ""
            lines.append(self._cut(f"    {file.name:<28}{fine_size(file.bytes):>9}  {file.about}{private}"))
        missing = list(incident.missing)
        missing += [f"{each.name}: {each.state}{f', {each.why}' if each.why else ''}" for each in self._dark(incident)]
        if missing:
            lines.append("what is missing")
            for each in missing:
                lines += self._wrapped(each, "    ")
        return self._joined(lines)

    def _cause(self, incident: Incident) -> Iterator[str]:
        found = judged(incident.report)
        causes = [each for each in found if not each.explained_by]
        if not causes:
            yield from (self._in("1", each) for each in self._wrapped(headline(incident), ""))
            end = ending(incident)
            yield from self._wrapped(f"No check names the cause. {end[:1].upper()}{end[1:]}.", "")
            return
        for each in causes if self.is_verbose else causes[:1]:
            yield from self._finding(each)
        rest = len(found) - 1
        if rest and not self.is_verbose:
            yield self._in("2", f"    and {rest} more finding{'' if rest == 1 else 's'} (run with -v)")

    def _finding(self, found: Judged) -> Iterator[str]:
        mark, style = _MARKS.get(found.severity, _MARKS["info"])
        doubt = "" if found.confidence in ("certain", "") else f" ({found.confidence})"
        head = self._wrapped(f"{mark} {found.code} {found.summary}{doubt}", "", "    ")
        yield from (self._in(style, each) for each in head)
        for proof in found.proofs if self.is_verbose else found.proofs[:_PROOFS]:
            line = "" if proof.line is None else f", line {proof.line}"
            place = proof.source.replace("\\", "/").rsplit("/", 1)[-1]
            words = " ".join(proof.text.split())[:200]
            yield from (self._in("2", each) for each in self._wrapped(f"{words}   ({place}{line})", "    "))
        if found.why:
            yield from self._wrapped(found.why, "    ")
        for each in found.advice if self.is_verbose else found.advice[:_REMEDIES]:
            if each.command:
                yield f"    {self._in('32', 'fix')}   {printable(command_line(each.command))}"
            words = each.title + (f" {each.link}" if each.link else "")
            wrapped = self._wrapped(words, "          ") if words else []
            if wrapped and not each.command:
                wrapped[0] = f"    {self._in('32', 'fix')}   {wrapped[0].lstrip()}"
            yield from wrapped

    def _subject(self, incident: Incident) -> Iterator[str]:
        yield incident.id
        yield f"gopls {incident.gopls_version}" if incident.gopls_version else "gopls of unknown version"
        yield from (each for each in (incident.go_version, incident.editor) if each)
        yield tilde(incident.start.folder, self.home) or "no folder"

    def _facts(self, incident: Incident) -> Iterator[tuple[str, str]]:
        end = incident.end
        yield (
            "started",
            f"{day_of(incident.start.started)}  {command_line((incident.start.gopls, *incident.start.arguments))}",
        )
        yield "ended", ending(incident) + (f", {day_of(end.ended)}; {end.how_known}" if end else "")
        yield "signals", passed_signals(incident)
        yield "changed", incident.start.keep_alive
        yield "memory", memory_words(incident)
        yield "kills", kills_words(incident)
        yield "limits", ", ".join(f"{fine_size(each.bytes)} {each.kind}" for each in incident.limits)
        for number, words in enumerate(flight_words(incident)):
            yield "in flight" if not number else "", words
        for number, each in enumerate(incident.troubles):
            until = "to the end" if each.ended_seconds is None else f"to {duration(each.ended_seconds)}"
            yield "trouble" if not number else "", f"{each.words} (from {duration(each.began_seconds)} {until})"

    def _minute(self, incident: Incident) -> Iterator[str]:
        """The last samples with what happened between them, oldest first."""
        rows = last_minute(incident.samples)
        if not rows:
            return
        yield ""
        yield self._in(
            "1", f"{'the last minute':<17}{'memory':>10}{'group':>10}{'children':>10}{'free':>10}  what happened"
        )
        first = rows[0].at_seconds
        events = [each for each in incident.events if each.at_seconds >= first]
        before = first - 1
        for row in rows:
            at = clock_of(incident.start.started, row.at_seconds)
            happened = _told(each for each in events if before < each.at_seconds <= row.at_seconds)
            yield self._cut(
                f"{at:<17}{fine_size(row.resident_bytes):>10}{fine_size(row.group_bytes):>10}"
                f"{fine_size(row.children_resident_bytes):>10}{fine_size(row.available_bytes):>10}  {happened}"
            )
            before = row.at_seconds
        rest = _told(each for each in events if each.at_seconds > before)
        if rest:
            yield self._cut(f"{'after it':<59}{rest}")

    def _dark(self, incident: Incident) -> list[Source]:
        """Ways of seeing that failed; also those that were off, for whoever asks for all."""
        return [each for each in incident.sources if each.state == "failed" or (self.is_verbose and each.state != "on")]

    def _labelled(self, label: str, words: str) -> list[str]:
        return self._wrapped(words, f"{label:<{_LABEL}}", " " * _LABEL) if words else []

    def _wrapped(self, words: str, indent: str, hanging: str | None = None) -> list[str]:
        room = max(self.width, 40)
        rest = indent if hanging is None else hanging
        return textwrap.wrap(
            " ".join(printable(words).split()),
            room,
            initial_indent=indent,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        )

    def _cut(self, words: str) -> str:
        words = printable(words.replace("\t", "    ")).rstrip()
        return words if len(words) <= self.width or self.is_verbose else words[: self.width - 1] + "…"

    def _in(self, code: str, words: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if self.with_colour else words

    def _joined(self, lines: Sequence[str]) -> str:
        return "".join(f"{each}\n" for each in lines)


def telling_lines(lines: Sequence[str], count: int) -> Sequence[str]:
    """The last lines; where Go printed a crash, its first ones: its end is a list of registers."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].startswith(_CRASH_STARTS):
            return lines[at : at + count]
    return lines[-count:]


def last_minute(samples: Sequence[Sample]) -> list[Sample]:
    """At most a dozen samples of the last minute, the last one and the highest among them."""
    if not samples:
        return []
    late = [each for each in samples if each.at_seconds >= samples[-1].at_seconds - _LAST_SECONDS]
    if len(late) <= _ROWS:
        return late
    step = (len(late) - 1) / (_ROWS - 1)
    chosen = {round(number * step) for number in range(_ROWS)}
    chosen.add(max(range(len(late)), key=lambda number: late[number].resident_bytes or 0))
    return [late[number] for number in sorted(chosen)]


def _told(events: Iterator[RecordedEvent]) -> str:
    """`3 requests, textDocument/hover failed, 2 GC`."""
    counted: dict[str, int] = {}
    for each in events:
        counted[_name(each)] = counted.get(_name(each), 0) + 1
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counted.items())


def _name(event: RecordedEvent) -> str:
    match event.kind:
        case EventKind.REQUEST:
            method = event.subject.rsplit("/", 1)[-1]
            return f"{method} failed" if event.detail.startswith("failed") else method
        case EventKind.COLLECTION:
            return "GC"
        case EventKind.CHILD:
            return " ".join(event.subject.split()[:2])
        case _:
            return f"{event.kind.value} {event.subject}".strip()
