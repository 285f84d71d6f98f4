"""`fix --memory`: a budget for gopls that was measured before it is proposed, and again after it was written.

A budget is a goal for Go's collector, not a cap: the runtime rather exceeds it than fails (go.dev/doc/gc-guide, Memory
limit). So what is measured decides: below what the workspace needs nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gopls_diag.edit.settings_file import is_editable
from gopls_diag.engines.fix.budget_levers import Lever, narrower, staticcheck_lever
from gopls_diag.engines.fix.budget_place import (
    SETTING,
    Placement,
    limit_of,
    place_budget,
    variable_text,
    without_limit,
)
from gopls_diag.engines.fix.planning import Wish, file_changes
from gopls_diag.engines.fix.weighing import measuring, shortened, weigh
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.facts.gather import Gatherer
from gopls_diag.facts.gopls_api import ask_api
from gopls_diag.facts.probe import probe_script
from gopls_diag.model.amount import size_text
from gopls_diag.model.budget import LEAST_NEED_BYTES, Weight, thrashes, too_small
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.finding import Severity, change_settings
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.repair import Measure
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionScript
from gopls_diag.model.toolchain import EditorEnvironment
from gopls_diag.world import World, WorldError
from gopls_diag.world.overlay import OverlayWorld

_LIMIT_SECONDS = 600.0
"""For one run: a cold load of Go's own source took 130 s on a busy machine."""
_SHARE_OF_FREE_MEMORY = 0.8
_COLDER = 1.25
"""A first run that took so much more processor time filled a cache, so it is not what the second is compared with."""
_MUCH_COLDER = 2.0


class BudgetRefused(Exception):
    """The budget is not set; the message is one line with the reason and the numbers."""

    def __init__(self, reason: str, measures: tuple[Measure, ...] = ()) -> None:
        super().__init__(reason)
        self.measures = measures


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """What to write, and what was measured before anything is."""

    wishes: tuple[Wish, ...]
    notes: tuple[str, ...]
    before: Weight
    tried: Weight
    """With the budget in force as the editor would apply it."""
    command: tuple[str, ...]
    """What was measured; another program is not compared with it."""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """As set now, and as tried."""
        return measures_of(self.before, self.tried)


def measures_of(before: Weight, after: Weight | None) -> tuple[Measure, ...]:
    """Two runs side by side."""

    def row(name: str, unit: str, field: str) -> Measure:
        return Measure(name, unit, getattr(before, field), getattr(after, field) if after else None)

    return (
        row("memory at its highest", "bytes", "peak_bytes"),
        row("live heap at rest", "bytes", "live_bytes"),
        row("processor time", "seconds", "cpu_seconds"),
        row("time in GC", "share", "collecting_share"),
        row("time to load", "seconds", "load_seconds"),
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run needs: the editor in question, its gopls, and how it starts it."""

    editor: EditorSetup
    script: SessionScript
    has_setting: bool
    is_only_one: bool


def look_at(world: World, request: Request) -> Setting:
    """The editor and its gopls as they are set up in a world; BudgetRefused when one of them is missing."""
    gatherer = Gatherer(world, request)
    wanted = (Editors, GoplsCommands, EditorEnvironment)
    gatherer.start(wanted)
    editors, commands, environment = (gatherer.value(each) for each in wanted)
    editor = editor_in_question(editors, request) if isinstance(editors, Editors) else None
    if editor is None:
        raise BudgetRefused(
            "no editor that is set up for Go was found, so there is nowhere to write the budget; "
            "name one with --editor (vscode, helix, zed, neovim)"
        )
    if not isinstance(commands, GoplsCommands):
        raise BudgetRefused(f"no gopls was found, so nothing can be measured: {getattr(commands, 'reason', commands)}")
    try:
        given = environment if isinstance(environment, EditorEnvironment) else Unknown("")
        script = probe_script(world, request, commands, editors, given)
    except CannotTell as reason:
        raise BudgetRefused(f"nothing can be measured: {reason}") from None
    return Setting(editor, script, _has_setting(world, commands, script), len(editors.all) == 1)


def _has_setting(world: World, commands: GoplsCommands, script: SessionScript) -> bool:
    """True if that gopls lists `memoryLimit`; the variable holds for every gopls, so it is the answer in doubt."""
    binary = next((each for each in commands.all if each.path == script.command[0]), None)
    try:
        known = ask_api(world, binary) if binary else None
    except WorldError:
        return False
    return known is not None and SETTING in known.options


def plan_budget(
    look: Callable[[], World], request: Request, budget_bytes: int, tell: Callable[[str], None]
) -> BudgetPlan:
    """Measure gopls as it is set now and with the budget, and say what to write; BudgetRefused when it is too small.

    Args:
        look: gives a world that sees this moment.
        request: the folder; `cold` measures with an empty cache.
        budget_bytes: the budget.
        tell: is told in a few words what takes the time now.
    """
    return _Plan(look, request, budget_bytes, tell).made()


def measure_again(world: World, request: Request, plan: BudgetPlan) -> tuple[Measure, ...]:
    """The same runs after the budget was written, as it then is in force."""
    try:
        script = _dressed(world, look_at(world, request).script, request)
    except BudgetRefused:
        return measures_of(plan.before, None)
    if script.command != plan.command:
        return measures_of(plan.before, None)
    after = weigh(world, script)
    if not script.cold and (after.cpu_seconds or 0.0) >= _COLDER * (plan.tried.cpu_seconds or 0.0):
        after = weigh(world, script)
    return measures_of(plan.before, after)


def _dressed(world: World, script: SessionScript, request: Request) -> SessionScript:
    free = int(world.machine.available_memory_bytes * _SHARE_OF_FREE_MEMORY)
    memory_bytes = max(request.probe_memory_bytes, free)
    return measuring(script, world.environment, max(_LIMIT_SECONDS, request.probe_limit_seconds), memory_bytes)


class _Plan:
    """One measured plan on its way."""

    def __init__(
        self, look: Callable[[], World], request: Request, budget_bytes: int, tell: Callable[[str], None]
    ) -> None:
        # Sessions are asked of the world itself: an overlay would answer the same question from memory.
        self._world = look()
        self._overlay = OverlayWorld(self._world)
        self._request, self._budget_bytes, self._tell = request, budget_bytes, tell
        self._notes: list[str] = []
        self._setting = look_at(self._overlay, request)
        self._place = place_budget(
            self._overlay,
            self._setting.editor,
            has_setting=self._setting.has_setting,
            budget_bytes=budget_bytes,
            folder=request.folder,
        )

    def made(self) -> BudgetPlan:
        now = _dressed(self._world, self._setting.script, self._request)
        with_budget = self._with_budget()
        self._tell("measuring gopls as it is set now")
        before = bare = weigh(self._world, now)
        if limit_of(now, self._world.environment) is not None:
            # What it needs shows where nothing bounds it; a bound that is too tight would hide another.
            self._tell("measuring gopls without the limit that it has now")
            bare = weigh(self._world, without_limit(now))
        if bare.problem or bare.is_unfinished:
            problem = bare.problem or f"gopls was still at work after {bare.elapsed_seconds:.0f} s"
            raise BudgetRefused(f"{problem}: what it needs cannot be measured; gopls-diag doctor --probe tells more")
        if before.problem:
            self._notes.append(f"as it is set now {before.problem}; what is given as before was measured without limit")
            now, before = without_limit(now), bare
        is_unbound = bare is before
        bare = self._warmed(now, bare)
        before = bare if is_unbound else before
        reason = too_small(self._budget_bytes, bare)
        if reason:
            self._refuse(reason, bare, measures_of(before, None))
        self._tell(f"measuring gopls with {size_text(self._budget_bytes)}")
        tried = weigh(self._world, shortened(with_budget, bare))
        if tried.problem:
            raise BudgetRefused(f"with {size_text(self._budget_bytes)} {tried.problem}", measures_of(before, tried))
        again = self._compared(now, before, tried)
        before, bare = again, again if is_unbound else bare
        reason = thrashes(tried, bare)
        if reason:
            self._refuse(f"with it {reason}", bare, measures_of(before, tried))
        wishes = [*self._wishes(tried), *(each.wish for each in self._levers(with_budget, tried))]
        return BudgetPlan(tuple(wishes), tuple(self._notes), before, tried, now.command)

    def _with_budget(self) -> SessionScript:
        """How the editor would start gopls once the edits are made; it is worked out from the edited files."""
        edits = self._place.edits
        script = self._place.put_on(self._setting.script)
        if edits and all(is_editable(each.file) for each in edits):
            try:
                planned = {each.path: each.after or b"" for each in file_changes(self._overlay, edits)}
                script = look_at(self._overlay.over(planned), self._request).script
            except (CannotEdit, WorldError):
                pass  # shown for the reader to do, so measured as if it were done
            if limit_of(script, self._world.environment) != self._budget_bytes:
                raise BudgetRefused(f"{self._place.name} in {self._place.file} would be overruled by another file")
        return _dressed(self._world, script, self._request)

    def _warmed(self, now: SessionScript, bare: Weight) -> Weight:
        """A run for which the budget is too small once more, in case it had filled the cache and so needed more."""
        if now.cold or self._budget_bytes < LEAST_NEED_BYTES or not too_small(self._budget_bytes, bare):
            return bare
        self._tell("measuring once more, now that gopls's cache is filled")
        again = weigh(self._world, without_limit(now))
        if again.problem or again.is_unfinished or (again.live_bytes or 0) >= (bare.live_bytes or 0):
            return bare
        self._tell_filling(bare, again)
        return again

    def _tell_filling(self, filling: Weight, warm: Weight) -> None:
        first = filling.cpu_seconds or 0.0
        if first >= _MUCH_COLDER * (warm.cpu_seconds or 0.0):
            self._notes.append(
                "the first run had to fill the cache, as after an update of gopls: "
                f"{size_text(filling.peak_bytes or 0)} at its highest, {first:.1f} s of processor time; "
                "with --cold such a start is measured and judged"
            )

    def _compared(self, now: SessionScript, before: Weight, tried: Weight) -> Weight:
        """The first run again where it had filled the cache for the second, so that both are of a warm cache."""
        first, second = before.cpu_seconds or 0.0, tried.cpu_seconds or 0.0
        if now.cold or tried.problem or tried.is_unfinished or first < _COLDER * second:
            return before
        self._tell("measuring once more: the first run had filled gopls's cache")
        again = weigh(self._world, now)
        if again.problem or again.is_unfinished:
            return before
        self._tell_filling(before, again)
        return again

    def _refuse(self, reason: str, bare: Weight, measures: tuple[Measure, ...]) -> None:
        """Raise, with the smallest budget that the measurement supports."""
        words = f"{size_text(self._budget_bytes)} is too little: {reason}"
        supported = bare.supported_bytes
        if supported is not None:
            supported = max(supported, self._budget_bytes)
            words += f"; by this measurement it takes at least {variable_text(supported)}"
        raise BudgetRefused(words, measures)

    def _wishes(self, tried: Weight) -> list[Wish]:
        place, size = self._place, variable_text(self._budget_bytes)
        self._tell_reach(place, tried)
        if not place.edits:
            self._notes.append(f"{place.name} is {place.value} in {place.file} already")
            return []
        also = f", and take {' and '.join(place.removed)} out" if place.removed else ""
        title = f"Set {place.name} to {place.value}{also}"
        summary = f"gopls shall keep near {size} in {self._setting.editor.label}"
        return [Wish("", "", Severity.WARNING, summary, change_settings(*place.edits, title=title))]

    def _tell_reach(self, place: Placement, tried: Weight) -> None:
        if place.name != SETTING:
            self._notes.append(
                "GOMEMLIMIT reaches every program that gets this environment: gopls, the go command, delve and tests; "
                "from v0.24 on gopls has a setting of its own (memoryLimit)"
            )
        if not self._setting.is_only_one:
            self._notes.append(f"this is for {self._setting.editor.label}; --editor NAME does it for another editor")
        if not self._request.cold:
            self._notes.append(
                "measured with the cache as it is; a first start after an update of gopls or Go needs more (--cold)"
            )
        if (tried.peak_bytes or 0) > self._budget_bytes:
            self._notes.append(
                f"memory still reached {size_text(tried.peak_bytes or 0)}: the budget is a goal and no cap, and the "
                "program's own pages and the go commands come on top of it"
            )

    def _levers(self, with_budget: SessionScript, tried: Weight) -> list[Lever]:
        """What else lowers the need, where the budget alone did not do it; measured where that is a matter of a run."""
        if (tried.peak_bytes or 0) <= self._budget_bytes:
            return []
        self._notes += narrower(self._overlay, self._request)
        lever = staticcheck_lever(self._setting.editor)
        if lever is None:
            return []
        script = replace(with_budget, settings=lever.settings_of(with_budget))
        self._tell("measuring gopls without staticcheck")
        # Another set of analyzers finds nothing of its own in the cache, so a warm run is the second.
        runs = [weigh(self._world, shortened(script, tried)) for _ in range(1 if script.cold else 2)]
        return [] if runs[-1].problem or runs[-1].is_unfinished else [lever.measured(tried, runs[-1])]
