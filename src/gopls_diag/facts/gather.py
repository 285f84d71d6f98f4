"""Asks facts: each at most once, only what is needed, side by side, each within its time.

Every needed fact gets a thread that waits for the facts it needs, then asks. Threads, because the time goes into
commands and disks; daemon threads, because a question to a dead network disk cannot be taken back and must not keep
the program alive.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gopls_diag.facts.declare import FactDeclaration, Parameter, fact_for
from gopls_diag.model.outcome import CannotTell, Crashed, DoesNotApply, NotApplicable, NotHeard, Unknown
from gopls_diag.model.request import Request
from gopls_diag.world import World

NoAnswer = Unknown | NotApplicable | Crashed


@dataclass(slots=True)
class _Asking:
    """One fact on its way: `done` is set when `answer` stands."""

    declaration: FactDeclaration
    done: threading.Event = field(default_factory=threading.Event)
    asked_at: float | None = None
    answer: Any = None


class Gatherer:
    """The facts of one examination."""

    def __init__(self, world: World, request: Request, declared: Mapping[type, FactDeclaration] | None = None) -> None:
        self._given: dict[type, Any] = {World: world, Request: request}
        self._find = fact_for if declared is None else declared.get
        self._asking: dict[type, _Asking] = {}
        self._lock = threading.Lock()

    def can_ask(self, wanted: type) -> bool:
        """True if some fact gives this type."""
        return wanted in self._given or self._find(wanted) is not None

    def start(self, wanted: Iterable[type]) -> None:
        """Begin to ask these facts and all that they need."""
        for each in wanted:
            self._start_one(each)

    def _start_one(self, wanted: type) -> None:
        if wanted in self._given:
            return
        with self._lock:
            if wanted in self._asking:
                return
            declaration = self._find(wanted)
            if declaration is None:
                raise TypeError(f"no fact gives {wanted.__name__}")
            asking = self._asking[wanted] = _Asking(declaration)
        for parameter in asking.declaration.parameters:
            self._start_one(parameter.type)
        threading.Thread(target=self._ask, args=(asking,), daemon=True, name=asking.declaration.name).start()

    def _ask(self, asking: _Asking) -> None:
        try:
            values = self.values(asking.declaration.parameters)
            if isinstance(values, NoAnswer):
                answer: Any = values
            else:
                asking.asked_at = time.monotonic()
                answer = asking.declaration.ask(**values)
        except CannotTell as reason:
            answer = Unknown(str(reason), is_unheard=isinstance(reason, NotHeard))
        except DoesNotApply as reason:
            answer = NotApplicable(str(reason))
        except Exception as problem:
            answer = Crashed(f"{asking.declaration.name}: {type(problem).__name__}: {problem}", _trace())
        if not asking.done.is_set():
            asking.answer = answer
        asking.done.set()

    def value(self, wanted: type) -> Any:
        """The fact's value, or a NoAnswer; waits for it no longer than its limit."""
        if wanted in self._given:
            return self._given[wanted]
        if not self.can_ask(wanted):
            return Unknown(f"no fact gives {wanted.__name__}")
        self._start_one(wanted)
        asking = self._asking[wanted]
        limit = asking.declaration.limit_seconds
        # The limit counts from when the fact's own question began; until then the limits of what it waits for hold.
        while not asking.done.wait(0.25):
            began = asking.asked_at
            if began is not None and time.monotonic() - began > limit:
                asking.answer = Unknown(f"{asking.declaration.name.replace('_', ' ')}: no answer within {limit:.0f} s")
                asking.done.set()
        return asking.answer

    def values(self, wanted: tuple[Parameter, ...]) -> dict[str, Any] | NoAnswer:
        """Values for these parameters by name, or the first reason why there are none."""
        found: dict[str, Any] = {}
        for parameter in wanted:
            value = self.value(parameter.type)
            if isinstance(value, NoAnswer):
                if not parameter.is_optional:
                    return value
                value = Unknown(value.reason)
            found[parameter.name] = value
        return found


def _trace() -> str:
    # Imported on use: it costs as much as all of this room's own files, and is needed only when something is broken.
    import traceback  # noqa: PLC0415

    return traceback.format_exc()
