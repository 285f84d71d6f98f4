"""How the live heap of a process went, from its gctrace lines."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.crash import Explanation
from gopls_diag.model.log_reading import GcCycle

_MEBIBYTE = 1 << 20
_LEAST_CYCLES = 5
_STEADY_CYCLES = 20
_STEADY_SECONDS = 60.0
_STEADY_FIT = 0.9
_STEADY_GROWTH = 1.2

# gopls allocates 10^8 bytes when it starts and never touches them, so that collections come later
# (golang/tools gopls/internal/cache, "ballast"): they count as live heap and for the goal, not as resident memory.
_BALLAST_BYTES = (93 * _MEBIBYTE, 98 * _MEBIBYTE)
_BALLAST_LATEST_CYCLE = 6


@dataclass(slots=True)
class _Fit:
    """Sums of a straight line through (seconds, bytes), kept as they come."""

    count: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.count += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    def slope_and_fit(self) -> tuple[float, float]:
        """Bytes a second, and the share of the variance that the line explains, 0 to 1."""
        spread_x = self.count * self.xx - self.x * self.x
        spread_y = self.count * self.yy - self.y * self.y
        together = self.count * self.xy - self.x * self.y
        if spread_x <= 0 or spread_y <= 0:
            return 0.0, 0.0
        return together / spread_x, together * together / (spread_x * spread_y)


@dataclass(slots=True)
class Growth:
    """The live heap: first, last, highest, and how steadily it went up."""

    _count: int = 0
    _first: tuple[GcCycle, str] | None = None
    _last: tuple[GcCycle, str] | None = None
    _peak: tuple[GcCycle, str] | None = None
    _ballast: bool = False
    _before: GcCycle | None = None
    _fit: _Fit | None = None
    _fit_from: GcCycle | None = None

    def add(self, cycle: GcCycle, text: str) -> None:
        """The next cycle with its line."""
        self._count += 1
        if self._first is None:
            self._first = (cycle, text)
        if self._peak is None or cycle.heap_after_bytes > self._peak[0].heap_after_bytes:
            self._peak = (cycle, text)
        before = self._before
        if before is not None and cycle.number <= _BALLAST_LATEST_CYCLE and not self._ballast:
            low, high = _BALLAST_BYTES
            self._ballast = low <= cycle.live_bytes - before.live_bytes <= high
        self._before = cycle
        self._last = (cycle, text)
        # Loading rises fast and then stops; only what comes after tells a leak. Hence the second half of the time:
        # the line starts anew whenever the time since it began has become less than half of all.
        if self._fit is None or self._fit_from is None or cycle.at_seconds > 4 * max(self._fit_from.at_seconds, 1.0):
            self._fit, self._fit_from = _Fit(), cycle
        self._fit.add(cycle.at_seconds - self._fit_from.at_seconds, cycle.live_bytes / _MEBIBYTE)

    def explanations(self) -> list[Explanation]:
        """At most two: where the heap went, and a steady rise."""
        if self._count < _LEAST_CYCLES or self._first is None or self._last is None or self._peak is None:
            return []
        return [self._course(), *self._rise()]

    def _course(self) -> Explanation:
        assert self._first is not None and self._last is not None and self._peak is not None
        (first, first_text), (last, last_text), (peak, peak_text) = self._first, self._last, self._peak
        ballast = (
            " (95 MB of it the ballast that gopls allocates at its start and never touches)" if self._ballast else ""
        )
        return Explanation(
            summary=f"the live heap went from {_mb(first.live_bytes)} to {_mb(last.live_bytes)} MB{ballast} within "
            f"{last.at_seconds - first.at_seconds:.0f} s and {last.number - first.number + 1} collections; "
            f"at its highest the heap was {_mb(peak.heap_after_bytes)} MB, {peak.at_seconds:.0f} s after the start",
            kind="gc",
            proof=tuple(dict.fromkeys((first_text, peak_text, last_text))),
        )

    def _rise(self) -> list[Explanation]:
        assert self._last is not None
        if self._fit is None or self._fit_from is None or self._fit.count < _STEADY_CYCLES:
            return []
        last = self._last[0]
        seconds = last.at_seconds - self._fit_from.at_seconds
        slope, fit = self._fit.slope_and_fit()
        grown = last.live_bytes >= _STEADY_GROWTH * max(self._fit_from.live_bytes, _MEBIBYTE)
        if seconds < _STEADY_SECONDS or slope <= 0 or fit < _STEADY_FIT or not grown:
            return []
        return [
            Explanation(
                summary=f"the live heap rose steadily by {slope * 60:.1f} MB a minute over the last {seconds:.0f} s, "
                f"from {_mb(self._fit_from.live_bytes)} to {_mb(last.live_bytes)} MB",
                kind="gc-growth",
                proof=(self._last[1],),
                is_certain=False,
            )
        ]


def _mb(count: int) -> int:
    return count // _MEBIBYTE
