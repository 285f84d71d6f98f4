"""One sample after the other: gopls, its children, its control group, the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from gopls_diag.engines.record.depth import NearestLimit
from gopls_diag.model.incident import KnownLimit
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample
from gopls_diag.parse.byte_count import parse_memory_limit
from gopls_diag.world.control_groups import ControlGroup, GroupReading, control_group_of
from gopls_diag.world.process_samples import Child, Usage, machine_memory, machine_pressure

_GROUP_SECONDS = 60.0
"""Between two looks for the group with the nearest limit: a process may be moved, a limit be set. The first looks come
sooner (after 1, 2, 4, 8, … s): a session manager moves what it starts soon after the start."""
_FIRST_GROUP_SECONDS = 1.0


class Process(Protocol):
    """Of world.process_samples, what is asked here."""

    @property
    def pid(self) -> int: ...

    @property
    def problem(self) -> str: ...

    def usage(self) -> Usage | None: ...

    def pss_bytes(self) -> int | None: ...

    def children(self, boot_seconds: float) -> tuple[Child, ...]: ...

    def address_space_limit(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """Questions about what is around gopls."""

    group_of: Callable[[int], ControlGroup | None] = control_group_of
    memory: Callable[[], tuple[int | None, int | None]] = machine_memory
    pressure: Callable[[], float | None] = machine_pressure


class Reading(NamedTuple):
    """One sample and what is not written into it."""

    sample: Sample
    children: tuple[Child, ...]
    limit: NearestLimit | None
    is_stopped: bool
    events: tuple[RecordedEvent, ...]


@dataclass(slots=True)
class Sampling:
    """Takes samples of one process, each part of them optional."""

    process: Process
    settings: RecordSettings
    machine: Machine = field(default_factory=Machine)
    kills_before: int | None = None
    """Of the last sample but one while gopls lived: at the last one it may have been killed and not be gone yet."""
    kills_after: int | None = None
    """After its end, if the group was still there."""
    group: ControlGroup | None = None
    _group_at: float = float("-inf")
    _pss_at: float = 0.0
    _total: int | None = None
    _group_limit: int | None = None
    _space: int | None = None
    _kills_seen: int | None = None

    def take(self, at: float, boot_seconds: float) -> Reading | None:
        """None once the process has ended."""
        usage = self.process.usage()
        if usage is None:
            return None
        if at - self._group_at >= min(_GROUP_SECONDS, max(_FIRST_GROUP_SECONDS, self._group_at)):
            self._group_at = at
            self.group = self.machine.group_of(self.process.pid)
            self._space = self.process.address_space_limit()
        account = self.group.read() if self.group else GroupReading()
        self._group_limit = account.limit_bytes
        children = self.process.children(boot_seconds)
        self._total, available = self.machine.memory()
        pss = None
        if at - self._pss_at >= self.settings.pss_seconds:
            self._pss_at = at
            pss = self.process.pss_bytes()
        pressure = account.pressure_percent
        sample = Sample(
            at,
            resident_bytes=usage.resident_bytes,
            pss_bytes=pss,
            cpu_seconds=usage.cpu_seconds,
            threads=usage.threads,
            descriptors=usage.descriptors,
            children=len(children),
            children_resident_bytes=sum(each.resident_bytes for each in children),
            group_bytes=account.used_bytes,
            group_limit_bytes=account.limit_bytes,
            group_kills=account.kills,
            pressure_percent=self.machine.pressure() if pressure is None else pressure,
            available_bytes=available,
        )
        events = self._kills(at, account.kills)
        self.kills_before = account.kills if self._kills_seen is None else self._kills_seen
        self._kills_seen = account.kills
        return Reading(sample, children, self._nearest(usage, sample), usage.state in ("T", "t"), events)

    def after_the_end(self, at: float) -> tuple[RecordedEvent, ...]:
        """Asks the group once more. It goes with its last process, so the sooner the better."""
        if self.group is None:
            return ()
        self.kills_after = self.group.read().kills
        return self._kills(at, self.kills_after)

    def limits(self, environment: Mapping[str, str]) -> tuple[KnownLimit, ...]:
        """Those that are in force, as far as they can be seen from the side."""
        found: list[KnownLimit] = []
        if self.group is not None and self._group_limit is not None:
            found.append(KnownLimit("control group", self._group_limit, self.group.limiting))
        if self._total is not None:
            found.append(KnownLimit("machine", self._total))
        soft = parse_memory_limit(environment.get("GOMEMLIMIT", ""))
        if soft is not None:
            found.append(KnownLimit("GOMEMLIMIT", soft, "the environment of gopls"))
        if self._space is not None:
            found.append(KnownLimit("address space", self._space, "ulimit -v"))
        return tuple(found)

    def _kills(self, at: float, kills: int | None) -> tuple[RecordedEvent, ...]:
        before = self._kills_seen
        if before is None or kills is None or kills <= before:
            return ()
        where = self.group.own if self.group else ""
        words = f"the control group {where} counts {kills} kills for lack of memory, before {before}"
        return (RecordedEvent(at, EventKind.SIGNAL, "oom_kill", None, words),)

    def _nearest(self, usage: Usage, sample: Sample) -> NearestLimit | None:
        """The limit of which the largest share is used."""
        found: list[NearestLimit] = []
        if sample.group_bytes is not None and sample.group_limit_bytes:
            place = self.group.limiting if self.group else ""
            found.append(NearestLimit("control group", sample.group_bytes, sample.group_limit_bytes, place))
        if sample.available_bytes is not None and sample.resident_bytes:
            # What gopls has and what it could still get.
            most = sample.resident_bytes + sample.available_bytes
            found.append(NearestLimit("what the machine has left", sample.resident_bytes, most))
        if usage.virtual_bytes is not None and self._space is not None:
            found.append(NearestLimit("address space", usage.virtual_bytes, self._space, "ulimit -v"))
        return max(found, key=_share, default=None)


def _share(limit: NearestLimit) -> float:
    return limit.share
