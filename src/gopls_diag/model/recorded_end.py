"""How a recorded session ended, with the recorder's own proof, as checks judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gopls_diag.model.finding import Evidence
from gopls_diag.model.incident import Incident
from gopls_diag.model.outcome import NotHeard

KILLED = "SIGKILL"


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """One incident.json, read."""

    source: str
    """Its path, for evidence."""
    incident: Incident
    """Without the rows of timeline.tsv and events.tsv."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """On which line of it the field of a name begins (`kills_after`, `end.signal`)."""

    @property
    def is_killed(self) -> bool:
        """True if SIGKILL ended gopls, which nobody can send without a reason."""
        return self.incident.end is not None and self.incident.end.signal == KILLED

    @property
    def kills(self) -> int | None:
        """How many processes of gopls's control group were killed for lack of memory as it ended."""
        before, after = self.incident.kills_before, self.incident.kills_after
        return None if before is None or after is None else max(after - before, 0)

    def proof(self, name: str, text: str) -> Evidence:
        """Words of this incident, with the line of the field of that name."""
        return Evidence(self.source, text, self.lines.get(name))


@dataclass(frozen=True, slots=True)
class RecordedEnds:
    """Every incident among the logs that were given, in their order."""

    all: tuple[RecordedEnd, ...]

    def need(self) -> None:
        """Raise NotHeard where no incident was given: for checks that have nothing else."""
        if not self.all:
            raise NotHeard("no recorded end was given: gopls-diag record keeps them, gopls-diag incidents lists them")
