"""A run of fix for a person at a terminal: each change as a diff, what became of it, what is left to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.model.change import ChangeState, KeptChange, PutBack
from gopls_diag.model.finding import Reach, RemedyKind, Severity
from gopls_diag.model.repair import Consent, Fate, Measure, Proposal, Repair
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.present.check_page import wrapped
from gopls_diag.present.difference import unified
from gopls_diag.present.wording import Places, command_line, printable, tilde, versions

_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}
_LONGEST_LINE = 400
_INDENT = "    "
_UNDO = "gopls-diag fix --undo"


@dataclass(frozen=True, slots=True)
class FixText:
    """How the words of one run are written."""

    places: Places
    width: int = 80
    with_colour: bool = False

    def _in(self, colour: str, words: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{words}\x1b[0m" if self.with_colour else words

    def head(self, report: Report) -> str:
        """The first line: what was examined."""
        subject = report.subject
        folder = tilde(subject.folder, self.places.home)
        parts = (*versions(subject), subject.os, folder, *subject.editors)
        return printable(" · ".join(part for part in parts if part)) + "\n"

    def proposal(self, proposal: Proposal) -> str:
        """One proposal: what is wrong, what would be done, and the lines that would change."""
        mark = f"{_MARKS[proposal.severity]} {proposal.code}".rstrip()
        first, *rest = self._wrapped(f"{mark} {printable(proposal.summary)}", "", _INDENT)
        lines = [self._in("bold", first), *(self._in("bold", each) for each in rest)]
        if proposal.consent is Consent.READER:
            lines += self._by_hand(proposal)
        else:
            lines += self._wrapped(printable(proposal.title), _INDENT, _INDENT)
            if proposal.command:
                where = f"   (in {self.places.short(proposal.folder)})" if self._is_elsewhere(proposal) else ""
                lines.append(f"{_INDENT}{self._in('bold', '$ ' + printable(command_line(proposal.command)))}{where}")
        for change in proposal.changes:
            lines += self._diff(unified(self.places.short(change.path), change.before, change.after))
        if proposal.brings:
            lines.append(self._in("dim", f"{_INDENT}then to be seen: {', '.join(proposal.brings)}"))
        return "\n".join(lines) + "\n"

    def _is_elsewhere(self, proposal: Proposal) -> bool:
        is_place = proposal.reach is not Reach.CACHE  # there it is what is deleted
        return is_place and bool(proposal.folder) and proposal.folder != self.places.folder

    def _by_hand(self, proposal: Proposal) -> Iterator[str]:
        yield from self._wrapped(f"by hand: {printable(proposal.title)}", _INDENT, _INDENT)
        yield from (self._in("dim", each) for each in self._wrapped(printable(proposal.reason), _INDENT, _INDENT))
        file = self.places.short(proposal.edits[0].file) if proposal.edits else ""
        for change in proposal.lines:
            place = f"{file}, line {change.line}" if change.before is not None else f"{file}, after line {change.line}"
            yield f"{_INDENT}{place}"
            if change.before is not None:
                yield _INDENT + self._in("red", f"- {_cut(change.before)}")
            for line in (change.after or "").splitlines():
                yield _INDENT + self._in("green", f"+ {_cut(line)}")

    def _diff(self, lines: Sequence[str]) -> Iterator[str]:
        for line in lines:
            shown = _cut(line)
            if line.startswith(("--- ", "+++ ")):
                shown = self._in("bold", shown)
            elif line.startswith("@@"):
                shown = self._in("cyan", shown)
            elif line.startswith("-"):
                shown = self._in("red", shown)
            elif line.startswith("+"):
                shown = self._in("green", shown)
            yield f"{_INDENT}{shown}"

    def end(self, repair: Repair, *, is_asked: bool) -> str:
        """What became of it all: what was written, what the doctor says now, what is left, and the way back.

        Args:
            repair: the run.
            is_asked: False when nobody was asked because there is no terminal and no --yes.
        """
        lines: list[str] = []
        if not repair.proposals and not repair.is_only_wishes:
            lines.append(self._nothing(repair))
        lines += self._written(repair)
        lines += [self._measure(each) for each in repair.measures]
        if repair.comparison is not None:
            gone = sorted({each.code for each in repair.comparison.gone} - {f.code for f in repair.comparison.left})
            new = sorted({each.code for each in repair.comparison.new})
            lines.append(f"Examined again: {_listed(gone, 'gone')}; {_listed(new, 'new') if new else 'nothing new'}.")
        if not repair.is_only_wishes:
            lines += self._left(repair)
        for each in repair.notes:
            lines += self._wrapped(_sentence(printable(each)), "", "")
        waiting = [each for each in repair.proposals if each.fate is Fate.PROPOSED and each.consent is Consent.GIVEN]
        if waiting and not repair.kept:
            lines.append(f"Nothing was changed.{'' if is_asked else ' To apply what is shown: gopls-diag fix --yes'}")
        elif is_asked:
            lines += self._not_asked(repair)
        if repair.kept:
            times = f" ({len(repair.kept)} times, the newest first)" if len(repair.kept) > 1 else ""
            lines.append(f"To take it back: {_UNDO}{times}")
        return "".join(f"{each}\n" for each in lines)

    def _nothing(self, repair: Repair) -> str:
        if repair.before.verdict is None:
            return "Nothing wrong was found, so there is nothing to repair."
        return "Nothing of what was found can be repaired by machine."

    def _written(self, repair: Repair) -> Iterator[str]:
        files: dict[str, int] = {}
        for each in repair.proposals:
            if each.fate is Fate.FAILED:
                yield self._in("red", f"Not done: {printable(each.title)}: {printable(each.reason)}")
            elif each.fate is Fate.APPLIED and each.command:
                yield f"Done: {printable(command_line(each.command))}"
            elif each.fate is Fate.APPLIED:
                for change in each.changes:
                    files[change.path] = files.get(change.path, 0) + 1
        for path, count in files.items():
            yield f"Wrote {printable(self.places.short(path))} ({count} {'change' if count == 1 else 'changes'})."

    def _not_asked(self, repair: Repair) -> Iterator[str]:
        left = [each for each in repair.proposals if each.fate is Fate.PROPOSED and each.consent is Consent.EACH]
        codes = sorted({each.code for each in left if each.code and each.reach is not Reach.PROJECT})
        if any(not each.code for each in left):
            yield "What changes more than memory is asked for, in a terminal: run it again without --yes."
        if codes:
            yield f"Not done without your word: {', '.join(codes)} (gopls-diag fix --select {','.join(codes)})."
        if any(each.reach is Reach.PROJECT for each in left):
            yield "Changes to the project are asked one by one, in a terminal: gopls-diag fix"

    def _measure(self, measure: Measure) -> str:
        before, after = (_amount(each, measure.unit) for each in (measure.before, measure.after))
        return f"{measure.name}: {before} before, {after} after"

    def _left(self, repair: Repair) -> Iterator[str]:
        """Faults that are still there, each with what the reader can do."""
        report = repair.after or repair.before
        shown = {each.code for each in repair.proposals if each.fate in (Fate.PROPOSED, Fate.BY_HAND)}
        left = [
            each
            for each in report.findings
            if each.explained_by is None and each.severity is not Severity.INFO and each.code not in shown
        ]
        if left and repair.proposals:
            yield "Left:"
        for code in dict.fromkeys(each.code for each in left):
            first, *others = [each for each in left if each.code == code]
            more = f" (and {len(others)} more)" if others else ""
            words = f"{_MARKS[first.severity]} {code} {printable(first.summary)}{more}"
            yield from self._wrapped(words, "  ", "      ")
            yield from self._first_remedy(first)

    def _first_remedy(self, finding: ReportedFinding) -> Iterator[str]:
        for remedy in finding.remedies[:1]:
            words = command_line(remedy.command) if remedy.kind is RemedyKind.COMMAND else remedy.title
            first, *rest = self._wrapped(printable(words), "", "") or [""]
            yield f"      {self._in('green', 'fix')}   {first}"
            yield from (f"            {each}" for each in rest)

    def _wrapped(self, words: str, first: str, later: str) -> list[str]:
        return wrapped(words, columns=self.width, indent=later, first=first)


def render_history(changes: Sequence[KeptChange], places: Places) -> str:
    """All kept changes, newest first, a few lines each."""
    if not changes:
        return "Nothing was changed by gopls-diag so far.\n"
    lines = []
    for change in changes:
        state = {ChangeState.DONE: "", ChangeState.UNDONE: "   undone", ChangeState.BEGUN: "   interrupted"}[
            change.state
        ]
        lines.append(f"{change.id}   {change.made}{state}")
        lines += [f"{_INDENT}{printable(each)}" for each in change.titles]
        lines += [f"{_INDENT}{printable(places.short(each.path))}" for each in change.files]
    return "\n".join(lines) + f"\nTo take one back: {_UNDO} ID (without ID the newest)\n"


def render_undo(back: PutBack, places: Places) -> str:
    """What undoing one change did."""
    lines = [f"Took back {back.change.id}:"]
    lines += [f"{_INDENT}{printable(places.short(each))} is as it was" for each in back.restored]
    lines += [f"{_INDENT}{printable(places.short(each))} was so already" for each in back.already]
    lines += [f"{_INDENT}{printable(each)}" for each in back.conflicts]
    return "\n".join(lines) + "\n"


def _cut(line: str) -> str:
    line = printable(line)
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")


def _listed(codes: Sequence[str], word: str) -> str:
    return f"{len(codes)} {word} ({', '.join(codes)})" if codes else f"nothing {word}"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    if unit == "bytes":
        return f"{value / 1024**2:,.0f} MiB"
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:.1f} s"
