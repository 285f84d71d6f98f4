"""Runs `gopls-diag fix`: opens the world and the journal, asks the user, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from gopls_diag import __version__
from gopls_diag.checks.registry import all_checks
from gopls_diag.cli import fix_budget
from gopls_diag.cli.doctor import choose, open_machine
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.screen import screen
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.fix.isolate import CannotIsolate, Isolation, plan_isolation
from gopls_diag.engines.fix.memory import BudgetPlan, BudgetRefused, plan_budget
from gopls_diag.engines.fix.repair import Order, repair
from gopls_diag.model.change import CannotChange
from gopls_diag.model.finding import Reach
from gopls_diag.model.repair import Consent, Decision, Fate, Proposal, Repair
from gopls_diag.model.report import Report
from gopls_diag.present import fix_json
from gopls_diag.present.fix_text import FixText, render_history, render_undo
from gopls_diag.present.wording import Places
from gopls_diag.world import World
from gopls_diag.world.change_journal import ChangeJournal, default_folder
from gopls_diag.world.live import LiveWorld

_ANSWERS = {
    "y": Decision.YES,
    "yes": Decision.YES,
    "n": Decision.NO,
    "no": Decision.NO,
    "a": Decision.ALL,
    "all": Decision.ALL,
    "q": Decision.QUIT,
    "quit": Decision.QUIT,
}
_EXPLAINED = (
    "  y  do this\n"
    "  n  leave this\n"
    "  a  do this and all that follow, but for changes to the project, which are asked one by one\n"
    "  q  do what was said yes to so far, and leave the rest\n"
    "  Ctrl-C  change nothing at all\n"
)


def fix(
    folder: str | None,
    *,
    yes: bool,
    dry_run: bool,
    select: str | None,
    editor: str | None,
    probe: bool,
    memory: str | None = None,
    cold: bool = False,
    isolate: bool = False,
    format_name: str,
) -> int:
    """Examine, propose, write what is accepted, examine again; returns the exit code."""
    if yes and dry_run:
        raise UserError("--yes and --dry-run contradict each other", "Leave one of them out.")
    if select is not None and (memory is not None or isolate):
        raise UserError("--select is about findings, --memory and --isolate are not", "Run them one after another.")
    budget_bytes = None if memory is None else fix_budget.budget_of(memory)
    world, request = open_machine(folder)
    request = replace(request, editor=editor, probe=probe, cold=cold)
    chosen = None if select is None else frozenset(each.code for each in choose(select))
    is_text = format_name == "text"
    is_asked = is_text and not yes and not dry_run and sys.stdin.isatty() and sys.stdout.isatty()
    asker = _Asker(
        text=_text_for(world, request.folder) if is_text else None,
        is_asked=is_asked,
        is_yes=yes,
        selected=chosen or frozenset(),
    )
    is_dry = dry_run or not (yes or is_asked)
    order = Order(request, all_checks(), chosen, is_dry=is_dry, is_only_wishes=isolate or budget_bytes is not None)
    journal = ChangeJournal()
    newest = journal.entries()[:1]
    try:
        plan = None if budget_bytes is None else plan_budget(LiveWorld, request, budget_bytes, fix_budget.tell_progress)
        order = _with_wishes(order, world, plan, isolate=isolate)
        done = repair(_worlds(world), order, journal, asker.decide, asker.examined)
        done = done if plan is None else fix_budget.with_effect(done, plan, LiveWorld, request)
    except BudgetRefused as refusal:
        return fix_budget.tell_refusal(LiveWorld, request, refusal, format_name)
    except CannotIsolate as refusal:
        raise UserError(str(refusal), "Name one of these with --editor, or change its configuration.") from None
    except KeyboardInterrupt:
        if journal.entries()[:1] != newest:
            raise UserError("stopped after something was written", "To take it back: gopls-diag fix --undo") from None
        raise UserError("stopped; nothing was changed", "Run it again when you like.") from None
    return _tell(done, asker, is_asked=is_asked or yes or dry_run)


def _with_wishes(order: Order, world: World, plan: BudgetPlan | None, *, isolate: bool) -> Order:
    """The order with what --memory and --isolate ask for."""
    isolation = Isolation((), ())
    if isolate:
        isolation = plan_isolation(world, order.request, str(default_folder().parent / "logs"))
    wishes, notes, measures = (plan.wishes, plan.notes, plan.measures) if plan else ((), (), ())
    return replace(
        order,
        # A world with a cold cache is for measuring; what follows is judged without starting gopls.
        request=replace(order.request, cold=False),
        wishes=(*wishes, *isolation.wishes),
        notes=(*notes, *isolation.notes),
        measures=measures,
    )


def _worlds(first: World) -> Callable[[], World]:
    """The world that is there already, then a new one for every later look."""
    waiting = [first]
    return lambda: waiting.pop() if waiting else LiveWorld()


def _tell(done: Repair, asker: _Asker, *, is_asked: bool) -> int:
    if asker.text is None:
        print_out(fix_json.render(done, __version__))
    else:
        print_out(asker.text.end(done, is_asked=is_asked), unknown="backslashreplace")
    is_undone = any(
        each.fate is Fate.FAILED
        or (each.fate is Fate.PROPOSED and each.consent is Consent.GIVEN)
        or (done.is_only_wishes and each.fate is Fate.BY_HAND)
        for each in done.proposals
    )
    return ExitCode.FOUND if is_undone or not done.is_clean else ExitCode.FINE


class _Asker:
    """Shows proposals and brings the answers."""

    def __init__(self, text: FixText | None, *, is_asked: bool, is_yes: bool, selected: frozenset[str]) -> None:
        self.text = text
        self._is_asked = is_asked
        self._is_all = is_yes
        self._is_yes = is_yes
        self._selected = selected

    def examined(self, report: Report) -> None:
        """The first report stands."""
        if self.text is not None:
            print_out(self.text.head(report) + "\n", unknown="backslashreplace")

    def decide(self, proposal: Proposal) -> Decision:
        """Show one proposal and find out whether it is wanted."""
        if self.text is not None:
            print_out(self.text.proposal(proposal), unknown="backslashreplace")
        answer = self._answer(proposal)
        if self.text is not None:
            # Above stands what looks like something that was written.
            print_out("    Not done: it needs your word.\n\n" if answer is Decision.LATER else "\n")
        return answer

    def _answer(self, proposal: Proposal) -> Decision:
        if proposal.consent is Consent.READER:
            return Decision.NO
        is_named = proposal.reach is not Reach.PROJECT and proposal.code in self._selected
        if self._is_all and (proposal.consent is Consent.GIVEN or (self._is_yes and is_named)):
            return Decision.YES
        if self._is_asked or (self._is_yes and proposal.reach is Reach.PROJECT and _is_someone_there()):
            answer = self._ask()
            self._is_all |= answer is Decision.ALL
            return answer
        # A dry run goes on as if all had been done; with --yes, what needs a word of its own is left.
        return Decision.LATER if self._is_yes else Decision.YES

    def _ask(self) -> Decision:
        while True:
            print_out("    Do this? [y]es [n]o [a]ll [q]uit [?] ")
            line = sys.stdin.readline()
            if not line:
                return Decision.QUIT
            word = line.strip().lower()
            if word in _ANSWERS:
                return _ANSWERS[word]
            print_out(_EXPLAINED)


def _is_someone_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def history(format_name: str) -> int:
    """List what was changed."""
    changes = ChangeJournal().entries()
    if format_name == "json":
        print_out(fix_json.render_history(changes, __version__))
    else:
        print_out(render_history(changes, Places("", LiveWorld().home)), unknown="backslashreplace")
    return ExitCode.FINE


def undo(change_id: str | None, format_name: str) -> int:
    """Take a change back."""
    try:
        back = ChangeJournal().undo(change_id)
    except CannotChange as refusal:
        raise UserError(str(refusal), "See 'gopls-diag fix --history'.") from None
    if format_name == "json":
        print_out(fix_json.render_undo(back, __version__))
    else:
        print_out(render_undo(back, Places("", LiveWorld().home)), unknown="backslashreplace")
    return ExitCode.FOUND if back.conflicts else ExitCode.FINE


def _text_for(world: World, folder: str) -> FixText:
    width, with_colour = screen()
    return FixText(Places(folder, world.home), width, with_colour)
