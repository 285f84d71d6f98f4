"""The time line of an incident as a drawing: memory against its limits, requests, commands, troubles, looks, the end.

SVG with words inside, coloured by classes of the page's style. A row of samples that is longer than the drawing is wide
is drawn as the lowest and the highest of each column, so no peak is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.model.amount import MIB
from gopls_diag.model.incident import Incident
from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample
from gopls_diag.present.incident_words import clock_of, duration, ending, fine_size
from gopls_diag.present.wording import printable

WIDTH, LEFT, RIGHT = 1000, 96, 985
TOP, BOTTOM = 46, 290
LANES = (("requests", 312), ("commands", 344), ("collections", 376))
HEIGHT = 440
_LANE_HEIGHT = 20
_COLUMNS = 450
_MARKS = 900
"""Marks of one lane. More cannot be told from each other; those that failed or took longest are kept."""
_LABEL_PIXELS = 14
_LINES: tuple[tuple[str, str, Callable[[Sample], int | None]], ...] = (
    ("group", "control group", lambda each: each.group_bytes),
    ("pss", "gopls, its share of shared pages (PSS)", lambda each: each.pss_bytes),
    ("children", "commands it runs", lambda each: each.children_resident_bytes),
    ("resident", "gopls (RSS)", lambda each: each.resident_bytes),
)
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Scale:
    """From seconds and bytes to places in the drawing."""

    seconds: float
    top_bytes: float

    def x(self, seconds: float) -> float:
        """Never outside."""
        return LEFT + (RIGHT - LEFT) * min(max(seconds / self.seconds, 0.0), 1.0)

    def y(self, size_bytes: float) -> float:
        """Never outside."""
        return BOTTOM - (BOTTOM - TOP) * min(max(size_bytes / self.top_bytes, 0.0), 1.0)


def text(words: str, limit: int = 300) -> str:
    """Anybody's words, so that they can only be read."""
    words = printable(words if len(words) <= limit else words[:limit] + "…")
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        words = words.replace(character, entity)
    return words


def scale_of(incident: Incident) -> Scale:
    """The whole session, and the highest that is drawn with room above it."""
    seconds = [each.at_seconds for each in incident.samples[-1:]] + [each.at_seconds for each in incident.events[-1:]]
    if incident.end:
        seconds.append(incident.end.elapsed_seconds)
    sizes = [value for each in incident.samples for _, _, of in _LINES if (value := of(each))]
    highest = max(sizes, default=64 * MIB)
    # A limit far above everything would press the lines to the ground.
    near = [each for each, _ in _limits(incident) if each <= 4 * highest]
    top = max(highest, *near, 1) if near else highest
    return Scale(max([*seconds, 0.05]), top * 1.08)


def drawing(incident: Incident) -> Iterator[str]:
    """The SVG element, in pieces."""
    scale = scale_of(incident)
    yield (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="chart-title chart-words">'
        f'<title id="chart-title">Time line of {text(incident.id)}</title>'
        f'<desc id="chart-words">{text(description(incident))}</desc>'
    )
    yield from _troubles(incident, scale)
    yield from _axes(incident, scale)
    yield from _memory(incident, scale)
    yield from _limit_lines(incident, scale)
    yield from _lanes(incident, scale)
    yield from _looks(incident, scale)
    yield from _end(incident, scale)
    yield "</svg>\n"


def description(incident: Incident) -> str:
    """The drawing in words."""
    samples = incident.samples
    sizes = [each.resident_bytes for each in samples if each.resident_bytes]
    memory = (
        f"memory from {fine_size(sizes[0])} to {fine_size(sizes[-1])}, at most {fine_size(max(sizes))}" if sizes else ""
    )
    words = [f"{len(samples):,} samples", memory, f"{len(incident.troubles)} troubles", f"the end: {ending(incident)}"]
    return "; ".join(each for each in words if each)


def drawn_lines(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Class and name of each line that has a value, for the legend."""
    return tuple((name, words) for name, words, of in _LINES if any(of(each) for each in incident.samples))


def thinned(samples: Sequence[Sample], of: Callable[[Sample], int | None]) -> list[tuple[float, int]]:
    """Seconds and bytes: at most first, lowest, highest and last of each column, in their order."""
    points = [(each.at_seconds, value) for each in samples if (value := of(each)) is not None]
    if len(points) <= 2 * _COLUMNS:
        return points
    first, last = points[0][0], points[-1][0]
    columns: dict[int, list[tuple[float, int]]] = {}
    for point in points:
        columns.setdefault(int((point[0] - first) / ((last - first) or 1) * _COLUMNS), []).append(point)
    kept: list[tuple[float, int]] = []
    for column in columns.values():
        ends = {column[0], column[-1]}
        ends |= {min(column, key=lambda each: each[1]), max(column, key=lambda each: each[1])}
        kept += sorted(ends)
    return kept


def _limits(incident: Incident) -> list[tuple[int, str]]:
    found = {each.bytes: each.kind for each in incident.limits if each.bytes > 0}
    for each in incident.samples[-1:]:
        if each.group_limit_bytes:
            found.setdefault(each.group_limit_bytes, "control group")
    return sorted(found.items())


def _axes(incident: Incident, scale: Scale) -> Iterator[str]:
    step = next((each for each in _size_steps() if scale.top_bytes / each <= 5), scale.top_bytes)
    value = 0.0
    while value <= scale.top_bytes:
        y = scale.y(value)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        words = fine_size(int(value)) if value else "0"
        yield f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
        value += step
    step = next((each for each in _STEPS if scale.seconds / each <= 7), scale.seconds / 7)
    at = 0.0
    while at <= scale.seconds:
        x = scale.x(at)
        anchor = "end" if x > RIGHT - 30 else "middle"
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{LANES[-1][1] + _LANE_HEIGHT}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="414" text-anchor="{anchor}">{text(_short(at))}</text>'
        yield (
            f'<text class="tick" x="{x:.1f}" y="430" text-anchor="{anchor}">'
            f"{text(clock_of(incident.start.started, at)[:8])}</text>"
        )
        at += step


def _short(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else duration(seconds)


def _size_steps() -> Iterator[float]:
    for power in range(24):
        yield 16.0 * MIB * 2**power


def _memory(incident: Incident, scale: Scale) -> Iterator[str]:
    for name, words, of in _LINES:
        points = thinned(incident.samples, of)
        if not any(value for _, value in points):
            continue
        places = [f"{scale.x(at):.1f} {scale.y(value):.1f}" for at, value in points]
        if len(places) <= 3:
            for place in places:
                x, y = place.split()
                yield f'<circle class="dot-{name}" cx="{x}" cy="{y}" r="4"/>'
        yield f'<path class="line {name}" d="M{"L".join(places)}"><title>{text(words)}</title></path>'
    if not incident.samples:
        middle = f'x="{(LEFT + RIGHT) / 2}" y="{(TOP + BOTTOM) / 2}"'
        yield f'<text class="none" {middle} text-anchor="middle">no samples</text>'


def _limit_lines(incident: Incident, scale: Scale) -> Iterator[str]:
    above: list[str] = []
    last = float("inf")
    for size, kind in _limits(incident):
        if size > scale.top_bytes:
            above.append(f"{fine_size(size)} ({kind})")
            continue
        y = scale.y(size)
        yield f'<path class="limit" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        if last - y >= _LABEL_PIXELS:
            words = f"limit {fine_size(size)} ({kind})"
            yield f'<text class="limit-words" x="{LEFT + 6}" y="{y - 4:.1f}">{text(words)}</text>'
            last = y
    if above:
        words = f"limits above the drawing: {', '.join(above)}"
        yield f'<text class="tick" x="{LEFT}" y="14">{text(words, 70)}</text>'


def _lanes(incident: Incident, scale: Scale) -> Iterator[str]:
    kinds = {"requests": EventKind.REQUEST, "commands": EventKind.CHILD, "collections": EventKind.COLLECTION}
    for name, y in LANES:
        events = _telling([each for each in incident.events if each.kind is kinds[name]])
        yield f'<text class="tick" x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{name}</text>'
        yield f'<rect class="lane" x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="{_LANE_HEIGHT}"/>'
        for each in events:
            began = each.at_seconds - (each.elapsed_seconds or 0)
            x = scale.x(began)
            width = max(scale.x(each.at_seconds) - x, 1.5)
            look = _class(each, incident.settings.slow_seconds)
            took = "" if each.elapsed_seconds is None else f", {duration(each.elapsed_seconds)}"
            words = f"{each.subject}{took}{f', {each.detail}' if each.detail else ''}"
            yield (
                f'<rect class="{look}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="{_LANE_HEIGHT - 4}">'
                f"<title>{text(words)}</title></rect>"
            )
    for waiting in incident.in_flight[:20]:
        x = scale.x(scale.seconds - (waiting.waited_seconds or 0))
        words = f"{waiting.count} {waiting.method} without an answer, {waiting.how_known}"
        yield (
            f'<rect class="waiting" x="{min(x, RIGHT - 3):.1f}" y="{LANES[0][1] + 2}" '
            f'width="{max(RIGHT - x, 3):.1f}" height="{_LANE_HEIGHT - 4}"><title>{text(words)}</title></rect>'
        )


def _telling(events: list[RecordedEvent]) -> list[RecordedEvent]:
    if len(events) <= _MARKS:
        return events
    ranked = sorted(events, key=lambda each: (not each.detail.startswith("failed"), -(each.elapsed_seconds or 0)))
    return sorted(ranked[:_MARKS], key=lambda each: each.at_seconds)


def _class(event: RecordedEvent, slow_seconds: float) -> str:
    if event.kind is EventKind.COLLECTION:
        return "gc"
    if event.detail.startswith("failed") or (
        event.detail.startswith("exit status") and event.detail != "exit status 0"
    ):
        return "failed"
    if event.kind is EventKind.CHILD:
        return "child"
    return "slow" if (event.elapsed_seconds or 0) > slow_seconds else "quick"


def _troubles(incident: Incident, scale: Scale) -> Iterator[str]:
    for each in incident.troubles[:200]:
        x = scale.x(each.began_seconds)
        end = scale.x(scale.seconds if each.ended_seconds is None else each.ended_seconds)
        yield (
            f'<rect class="trouble" x="{x:.1f}" y="{TOP}" width="{max(end - x, 2):.1f}" '
            f'height="{LANES[-1][1] + _LANE_HEIGHT - TOP}"><title>{text(each.words)}</title></rect>'
        )


def _looks(incident: Incident, scale: Scale) -> Iterator[str]:
    for number, each in enumerate(incident.looks[:100], 1):
        x = scale.x(each.at_seconds)
        words = f"{each.kind} at {duration(each.at_seconds)}: {each.why}"
        mark = f'<path class="look" d="M{x:.1f} {TOP - 2}l-5 -9h10z"><title>{text(words)}</title></path>'
        yield f'<a href="#look-{number}">{mark}</a>' if each.kind == "goroutines" else mark


def _end(incident: Incident, scale: Scale) -> Iterator[str]:
    x = scale.x(incident.end.elapsed_seconds if incident.end else scale.seconds)
    anchor = "end" if x > WIDTH / 2 else "start"
    yield f'<path class="end" d="M{x:.1f} {TOP - 12}V{LANES[-1][1] + _LANE_HEIGHT}"/>'
    yield f'<text class="end-words" x="{x:.1f}" y="30" text-anchor="{anchor}">{text(ending(incident), 70)}</text>'
