"""One run of fix: examine, propose, write what was accepted, examine again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gopls_diag.engines.fix.applying import apply_accepted
from gopls_diag.engines.fix.planning import Decide, Planner, Wish, compare, judged
from gopls_diag.model.change import ChangeKind, KeptChange
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Reach
from gopls_diag.model.repair import Decision, Fate, Measure, Proposal, Repair
from gopls_diag.model.report import Report
from gopls_diag.model.request import Request
from gopls_diag.world import World
from gopls_diag.world.change_journal import ChangeJournal
from gopls_diag.world.overlay import OverlayWorld

MOST_PASSES = 3
"""A go that works again lets checks see what they could not see before; a third look is the last."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for."""

    request: Request
    checks: Sequence[Declaration]
    codes: frozenset[str] | None = None
    """Only findings of these codes are repaired; None means all."""
    is_dry: bool = False
    """Nothing is written, whatever is accepted."""
    wishes: tuple[Wish, ...] = ()
    """What is to be done besides the remedies of findings, before them."""
    is_only_wishes: bool = False
    """Findings are left alone."""
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = ()


def repair(
    look: Callable[[], World], order: Order, journal: ChangeJournal, decide: Decide, examined: Callable[[Report], None]
) -> Repair:
    """Do what the user asked for, and tell what became of it.

    Args:
        look: gives a world that sees this moment; asked again after every writing.
        order: what to do.
        journal: keeps what is written.
        decide: answers each proposal; it is also shown those that are left to the reader, whatever it answers then.
        examined: is given the first report, before anything is proposed.
    """
    world = OverlayWorld(look())
    before = judged(world, order.request, order.checks)
    examined(before)
    notes = [*order.notes, *_interrupted(journal)]
    proposals: list[Proposal] = []
    kept: list[KeptChange] = []
    report, wishes = before, order.wishes
    for _ in range(MOST_PASSES):
        planner = Planner(world, order.request, order.checks, frozenset() if order.is_only_wishes else order.codes)
        planner.skip(proposals)
        planner.run(report, wishes, decide)
        if order.is_dry or planner.decision is Decision.STOP or not planner.accepted:
            fate = Fate.PROPOSED if order.is_dry else Fate.DECLINED
            proposals += [replace(p, fate=fate) if p.fate is Fate.ACCEPTED else p for p in planner.proposals]
            break
        done = apply_accepted(world, order.request, journal, planner.proposals, planner.originals, planner.planned)
        proposals += done.proposals
        kept += done.kept
        world = OverlayWorld(look())
        report, wishes = judged(world, order.request, order.checks), ()
        # Settings were judged before they were written; only what go says anew can show more to repair.
        is_go_changed = any(each.reach in (Reach.GO_ENV, Reach.PROJECT) for each in done.proposals if _is_done(each))
        if planner.decision is Decision.QUIT or not is_go_changed:
            break
    is_written = any(_is_done(each) for each in proposals)
    return Repair(
        before=before,
        proposals=tuple(proposals),
        kept=tuple(kept),
        after=report if is_written else None,
        comparison=compare(before, report) if is_written else None,
        measures=order.measures,
        notes=(*notes, *_what_editors_need(kept)),
        is_only_wishes=order.is_only_wishes,
    )


def _is_done(proposal: Proposal) -> bool:
    return proposal.fate is Fate.APPLIED


def _interrupted(journal: ChangeJournal) -> list[str]:
    return [
        f"an earlier run was interrupted while it wrote: gopls-diag fix --undo {each.id} puts back what it did"
        for each in journal.interrupted()
    ]


def _what_editors_need(kept: Sequence[KeptChange]) -> list[str]:
    """Settings of the workspace are watched by VS Code, those of the user were seen not to be (facts of 1.139.1)."""
    files = [each.path for change in kept if change.kind is ChangeKind.FILES for each in change.files]
    notes = []
    if any(path.replace("\\", "/").endswith("/User/settings.json") for path in files):
        notes.append("in an open VS Code window, run Developer: Reload Window: it may not notice the change by itself")
    if any(path.endswith(".toml") for path in files):
        notes.append("in an open Helix, run :config-reload and :lsp-restart")
    if any(change.kind is not ChangeKind.FILES for change in kept):
        notes.append("an open editor takes this up when gopls is started again (VS Code: Go: Restart Language Server)")
    return notes
