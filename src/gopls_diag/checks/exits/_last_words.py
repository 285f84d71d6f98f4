"""Ends of gopls whose last words were kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gopls_diag.checks.exits._crashes import each_end
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Channel, Saying, Sayings
from gopls_diag.parse.incident_files import INCIDENT, STDERR


def ends_with_words(
    crashes: Crashes, sayings: Sayings, code: int, is_meant: Callable[[str], bool]
) -> Iterator[tuple[Crash, ...]]:
    """The ends with that code after words that are meant, those with the same words together.

    Logs quote the codes of other programs, such as go, too: one counts where an editor or the recorder told of it.
    """
    told = {_place(each) for each in sayings.all if each.channel is Channel.EXIT and each.text == f"exit code {code}"}
    yield from each_end(
        crashes,
        lambda crash: crash.kind is EndKind.EXIT and is_meant(crash.message) and not told.isdisjoint(_places(crash)),
    )


def is_of_one(saying: Saying, ends: tuple[Crash, ...]) -> bool:
    """True if these words tell how one of these ends came about."""
    return any(_place(saying) in _places(each) for each in ends)


def _place(saying: Saying) -> tuple[str, int | None]:
    return saying.source, None if saying.source.endswith(INCIDENT) else saying.line


def _places(crash: Crash) -> tuple[tuple[str, int | None], ...]:
    """Where the exit code of this end is told: at its last line, or in the incident that its words stand beside."""
    return (crash.source, crash.last_line), (crash.source.removesuffix(STDERR) + INCIDENT, None)
