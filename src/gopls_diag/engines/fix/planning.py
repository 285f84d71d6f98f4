"""Works out proposals: each remedy is tried on an overlay of the world and judged there before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gopls_diag.edit.settings_file import edit_settings, is_editable
from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.model.change import CannotEdit, FileChange
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Reach, Remedy, SettingEdit, Severity
from gopls_diag.model.line_change import LineChange
from gopls_diag.model.repair import Comparison, Consent, Decision, Fate, Proposal
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.model.request import Request
from gopls_diag.world import FileMissing, World, WorldError
from gopls_diag.world.overlay import OverlayWorld

MOST_PROPOSALS = 200
"""No set-up of a person has so many faults; a remedy that brings its own fault back would go on for ever."""
LARGEST_SETTINGS_BYTES = 64 * 1024**2

Decide = Callable[[Proposal], Decision]


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to do: the remedy of a finding, or what the user asked for by an option."""

    code: str
    check: str
    severity: Severity
    summary: str
    remedy: Remedy
    files: tuple[FileChange, ...] = ()
    """Files that are made besides, where they are missing."""

    @property
    def key(self) -> str:
        """The same wish is never proposed twice."""
        return _key(self.code, self.remedy)


def _key(code: str, what: Remedy | Proposal) -> str:
    # The folder too: the same command in another module is another thing to do.
    return f"{code} {what.title} {what.edits} {what.command} {what.folder}"


def wish_of(finding: ReportedFinding) -> Wish | None:
    """The first remedy of a finding that a program can apply; the later ones are other ways to the same end."""
    remedy = next((each for each in finding.remedies if each.reach is not Reach.NONE), None)
    if remedy is None:
        return None
    return Wish(finding.code, finding.declaration.id, finding.severity, finding.summary, remedy)


def compare(before: Report, after: Report) -> Comparison:
    """What is gone, what is left and what is new; findings are the same when code and summary are."""

    def names(report: Report) -> set[tuple[str, str]]:
        return {(each.code, each.summary) for each in report.findings}

    old, fresh = names(before), names(after)
    # A finding about a list says other words when the list is shorter; it is not new while its code was there.
    codes = {code for code, _ in old}
    return Comparison(
        gone=tuple(each for each in before.findings if (each.code, each.summary) not in fresh),
        left=tuple(each for each in after.findings if each.code in codes),
        new=tuple(each for each in after.findings if each.code not in codes),
    )


def judged(world: World, request: Request, checks: Sequence[Declaration]) -> Report:
    """The doctor's report on a world."""
    for event in examine(world, request, checks):
        if isinstance(event, Finished):
            return event.report
    raise AssertionError("the examination ended without a report")


def file_changes(
    world: World, edits: Sequence[SettingEdit], files: Sequence[FileChange] = ()
) -> tuple[FileChange, ...]:
    """The files of the edits before and after, in the order of the edits, behind files that are made whole."""
    changes = [each for each in files if not world.is_file(each.path)]
    for path in dict.fromkeys(each.file for each in edits):
        before = settings_content(world, path)
        after = edit_settings(path, before, [each for each in edits if each.file == path])
        if after != before:
            changes.append(FileChange(path, before, after))
    return tuple(changes)


def settings_content(world: World, path: str) -> bytes | None:
    """A settings file's bytes, None when it is missing; CannotEdit for one that is too large to be one."""
    try:
        content = world.read_bytes(path, limit_bytes=LARGEST_SETTINGS_BYTES + 1)
    except FileMissing:
        return None
    if len(content) > LARGEST_SETTINGS_BYTES:
        raise CannotEdit(f"{path} is larger than {LARGEST_SETTINGS_BYTES // 1024**2} MB, which no settings file is")
    return content


def _alike(report: Report, proposal: Proposal) -> int:
    """How many findings of a report say what the proposal's finding says."""
    return sum((each.code, each.summary) == (proposal.code, proposal.summary) for each in report.findings)


class Planner:
    """Proposals one after another; accepted ones are laid over the world, so that the next sees them done."""

    def __init__(
        self, world: OverlayWorld, request: Request, checks: Sequence[Declaration], codes: frozenset[str] | None
    ) -> None:
        """`codes` are those whose findings may be repaired; None means all."""
        self._world = world
        # What gopls itself says is heard again at the end; to start it for every trial would take minutes.
        self._request = replace(request, probe=False, cold=False)
        self._checks = checks
        self._codes = codes
        self._seen: set[str] = set()
        self._first_number = 1
        self.planned: dict[str, bytes] = {}
        """Content of every file that accepted proposals change."""
        self.originals: dict[str, bytes | None] = {}
        self.proposals: list[Proposal] = []
        self.decision: Decision | None = None
        """ALL, QUIT or STOP once the user has said so."""

    @property
    def accepted(self) -> tuple[Proposal, ...]:
        """What is to be applied."""
        return tuple(each for each in self.proposals if each.fate is Fate.ACCEPTED)

    def skip(self, proposals: Iterable[Proposal]) -> None:
        """Go on after an earlier pass: what it proposed is not proposed again, and its numbers are taken."""
        earlier = list(proposals)
        self._first_number = len(earlier) + 1
        self._seen |= {_key(each.code, each) for each in earlier}

    def run(self, report: Report, wishes: Iterable[Wish], decide: Decide) -> None:
        """Propose what was wished for and then what repairs the findings, until nothing new is left."""
        for wished in wishes:
            if self.decision not in (Decision.QUIT, Decision.STOP):
                report = self._take(wished, report, decide)
        while len(self.proposals) < MOST_PROPOSALS and self.decision not in (Decision.QUIT, Decision.STOP):
            wish = next((each for each in self._wishes(report) if each.key not in self._seen), None)
            if wish is None:
                return
            report = self._take(wish, report, decide)

    def _wishes(self, report: Report) -> Iterable[Wish]:
        for finding in report.findings:
            # A consequence goes with its cause, or stays with it.
            if finding.explained_by is None and (self._codes is None or finding.code in self._codes):
                wish = wish_of(finding)
                if wish is not None:
                    yield wish

    def _take(self, wish: Wish, report: Report, decide: Decide) -> Report:
        """One proposal from its making to the answer; returns the report on the world as it then is."""
        self._seen.add(wish.key)
        proposal = self._work_out(wish)
        after = report
        if proposal.changes and proposal.consent is not Consent.READER:
            proposal, after = self._tried(proposal, report)
        if proposal.consent is Consent.READER:
            self.proposals.append(replace(proposal, fate=Fate.BY_HAND))
            decide(self.proposals[-1])
            return report
        answer = decide(proposal)
        if answer in (Decision.ALL, Decision.QUIT, Decision.STOP):
            self.decision = answer
        is_accepted = answer in (Decision.YES, Decision.ALL)
        refused = Fate.PROPOSED if answer is Decision.LATER else Fate.DECLINED
        self.proposals.append(replace(proposal, fate=Fate.ACCEPTED if is_accepted else refused))
        if not is_accepted:
            return report
        for change in proposal.changes:
            path = self._known_as(change.path)
            self.originals.setdefault(path, change.before)
            self.planned[path] = change.after or b""
        return after

    def _known_as(self, path: str) -> str:
        """The path under which that file was changed before: links may lead two editors to one file."""
        real = self._world.real_path(path)
        return next((each for each in self.planned if self._world.real_path(each) == real), path)

    def _work_out(self, wish: Wish) -> Proposal:
        remedy = wish.remedy
        is_undone_whole = remedy.reach in (Reach.SETTINGS, Reach.GO_ENV)
        is_given = remedy.safe and is_undone_whole and wish.severity is not Severity.INFO
        proposal = Proposal(
            number=self._first_number + len(self.proposals),
            code=wish.code,
            check=wish.check,
            severity=wish.severity,
            summary=wish.summary,
            title=remedy.title,
            reach=remedy.reach,
            consent=Consent.GIVEN if is_given else Consent.EACH,
            edits=remedy.edits,
            command=remedy.command,
            folder=remedy.folder,
        )
        try:
            shown_only = [each for each in remedy.edits if not is_editable(each.file)]
            if shown_only:
                lines = self._lines(shown_only)
                reason = f"{shown_only[0].file} is a program of yours, so it is only shown"
                return replace(proposal, consent=Consent.READER, lines=lines, reason=reason)
            changes = file_changes(self._overlay, remedy.edits, wish.files)
            if remedy.reach is Reach.SETTINGS and not changes:
                raise CannotEdit("it stands there already, so nothing would change")
            return replace(proposal, changes=changes)
        except (CannotEdit, WorldError) as problem:
            return replace(proposal, consent=Consent.READER, reason=str(problem))

    def _lines(self, edits: Sequence[SettingEdit]) -> tuple[LineChange, ...]:
        from gopls_diag.edit.lua_lines import lines_to_change  # noqa: PLC0415 - only where Lua is

        content = settings_content(self._overlay, edits[0].file)
        return lines_to_change(content or b"", edits)

    @property
    def _overlay(self) -> OverlayWorld:
        return self._world.over(self.planned)

    def _tried(self, proposal: Proposal, report: Report) -> tuple[Proposal, Report]:
        """Judge the world as it would be; a remedy that does not help is left to the reader."""
        trial = {**self.planned, **{self._known_as(each.path): each.after or b"" for each in proposal.changes}}
        after = judged(self._world.over(trial), self._request, self._checks)
        # Two places may have the same fault in the same words: one of them less is enough.
        stayed = _alike(after, proposal)
        if stayed and stayed >= _alike(report, proposal):
            reason = "tried on a copy, and the finding stayed: look at it yourself"
            return replace(proposal, consent=Consent.READER, reason=reason), report
        had = {each.code for each in report.findings}
        loud = [each for each in after.findings if each.severity is not Severity.INFO and each.explained_by is None]
        return replace(proposal, brings=tuple(sorted({each.code for each in loud} - had))), after
