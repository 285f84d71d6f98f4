"""Is this crash of gopls one whose fix was released?

The table beside this file was made from the history of golang/tools by tools/known_crashes.py. A crash is taken for an
entry if all of this holds:

- one of the entry's functions is the first of golang.org/x/tools below the panic, or so near to it as the entry says;
- it failed in the entry's way: nil dereference, index out of range, a panic of gopls's own, …;
- its release is older than the one with the fix, and has what the fix changed. A trace that does not name the release
  is of those whose functions stand at its lines (`gopls_lines.py`); where that tells nothing either, there must be no
  other entry of the function;
- in a function of more than a few lines, it failed at the lines that the fix changes, where the fix changes any.

"Known, upgrade" said wrongly costs a user an upgrade and the maintainers a report, so what is in doubt is left out;
what rests on the function alone is called possible.
"""

from __future__ import annotations

import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gopls_diag.checks.gopls_lines import LinesReading, releases_by_lines
from gopls_diag.model.crash import Crash, EndKind, KnownCrash
from gopls_diag.model.go_stack import Frame
from gopls_diag.model.version import GoplsVersion, GoVersion
from gopls_diag.parse.go_crash.function_name import canonical_function

TOOLS = "golang.org/x/tools/"
SHORT_FUNCTION = 25
"""Lines. In a function that short, two failures of one kind are taken for one, wherever the line."""
FRAMES_OF_RECURSION = 60
"""How deep a stack overflow is looked at: the functions that call one another without end come early."""
MOST = 3
BUCKETS_READ = 30
ENOUGH_FUNCTIONS = 2
"""So many functions must stand where a release has them before their lines are believed to tell it."""
BETWEEN = "dev"
"""Key for the lines right before the fix, which builds between releases have."""

_PANIC_FRAMES = frozenset({"panic", "runtime.gopanic", "runtime.sigpanic", "runtime.panicmem", "runtime.panicmemAddr"})
_CLASSES = (
    # src/runtime/error.go, panic.go and map.go of golang/go.
    ("nil pointer dereference", "nil dereference"),
    ("index out of range", "index out of range"),
    ("slice bounds out of range", "slice bounds out of range"),
    ("interface conversion:", "failed type assertion"),
    ("concurrent map", "concurrent map use"),
    ("stack overflow", "stack overflow"),
    ("on closed channel", "closed channel"),
    ("of closed channel", "closed channel"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A function of an entry."""

    function: str
    """As its name was when it was fixed: `golang.org/x/tools/internal/lsp/source.linkData`."""
    size: int
    """Lines."""
    lines: dict[str, tuple[tuple[int, int], ...]]
    """First and last line of what the fix changes, by release; empty if the fix changes other places."""

    def has(self, line: int, release: str) -> bool:
        """True if the fix changes that line in that release."""
        return any(first <= line <= last for first, last in self.lines.get(release, ()))


@dataclass(frozen=True, slots=True)
class Entry:
    """A fixed crash."""

    issue: str
    title: str
    classes: tuple[str, ...]
    """Ways to fail; empty if not told."""
    says: str
    """What the panic says; "" for anything."""
    depth: int
    is_named: bool
    """True if the fix itself names the function."""
    since: str
    """First release that has what the fix changed; "" if none has: builds between releases only."""
    fixed_in: str
    fixed_by_go: str
    commit: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that fits."""

    entry: Entry
    place: Place
    is_at_line: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """Which gopls failed, as far as the trace tells."""

    version: GoplsVersion
    releases: frozenset[str]
    """Those that it can be: the one that is named, or those whose lines fit; none for a build between releases."""
    is_told: bool
    """False if neither a name nor lines told it: then `releases` is all of them."""
    go: GoVersion

    @property
    def words(self) -> str:
        """`gopls v0.18.1`, `gopls v0.18.0 or v0.18.1 by its lines`."""
        if self.version.is_known:
            return f"gopls {self.version}"
        names = sorted(self.releases, key=GoplsVersion.parse)
        if not self.is_told:
            return "a gopls of unknown version"
        if not names:
            return "a gopls built between releases"
        span = names[0] if len(names) == 1 else f"{names[0]} {'or' if len(names) == 2 else 'to'} {names[-1]}"
        return f"gopls {span} by its lines"


def known(crash: Crash) -> tuple[KnownCrash, ...]:
    """Entries that this crash may be, the surest first; none for a release that has the fix."""
    if crash.kind not in (EndKind.PANIC, EndKind.FATAL) or crash.crashing is None:
        return ()
    words = crash.chain[0].text if crash.chain else crash.message
    way = way_of_failing(words, crash.kind)
    frames = _below_panic(crash.crashing.stack.frames)
    subject = _subject(crash)
    found: dict[int, Match] = {}
    rivals: set[str] = set()
    for entry, place, frame in _candidates(frames, is_overflow=way == "stack overflow"):
        if (entry.classes and way not in entry.classes) or entry.says not in words:
            continue
        rivals.add(entry.fixed_in)
        match = _judged(entry, place, frame, subject)
        if match and not (id(entry) in found and found[id(entry)].is_at_line):
            found[id(entry)] = match
    matches = list(found.values())
    if not subject.is_told and len(rivals) > 1:
        # Without a version, the same line stands in several releases for different failures.
        return ()
    if any(each.is_at_line for each in matches):
        matches = [each for each in matches if each.is_at_line]
    matches.sort(key=lambda each: (GoplsVersion.parse(each.entry.fixed_in), each.entry.issue), reverse=True)
    return tuple(_told(each, way, subject) for each in matches[:MOST])


def _subject(crash: Crash) -> Subject:
    go = GoVersion.parse(crash.go_version)
    version = GoplsVersion.parse(crash.program_version)
    if version.is_release:
        return Subject(version, frozenset({version.text}), True, go)
    frames = list(crash.crashing.stack.frames) if crash.crashing else []
    for bucket in crash.buckets[:BUCKETS_READ]:
        frames += bucket.stack.frames
    lines: LinesReading = releases_by_lines(frames)
    is_told = lines.functions >= ENOUGH_FUNCTIONS
    if version.is_known:
        # A pre-release or a build between releases: releases tell its lines only where enough of them fit.
        return Subject(version, lines.releases if is_told else frozenset(), True, go)
    return Subject(version, lines.releases, is_told, go)


def way_of_failing(words: str, kind: EndKind) -> str:
    """The class of a panic or fatal error, by what it says; "" for a kind that the table does not tell apart."""
    for phrase, name in _CLASSES:
        if phrase in words:
            return name
    is_own = kind is EndKind.PANIC and not words.startswith("runtime error:")
    return "explicit panic" if is_own else ""


def table_date() -> str:
    """The day up to which the history and the releases in the table go: `2026-10-14`."""
    return _table()[0]


def _below_panic(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """The calls that led to the first panic: below the last frame of the panic machinery."""
    start = 0
    for at, frame in enumerate(frames):
        if frame.function in _PANIC_FRAMES:
            start = at + 1
    while start < len(frames) and frames[start].function.startswith("runtime."):
        start += 1
    return frames[start:]


def _candidates(frames: tuple[Frame, ...], *, is_overflow: bool) -> Iterator[tuple[Entry, Place, Frame]]:
    """Entries whose function is near enough to the failure, with the frame."""
    by_function = _table()[1]
    own = 0
    for frame in frames:
        if own > FRAMES_OF_RECURSION:
            return
        is_own = frame.function.startswith(TOOLS)
        own += is_own
        for entry, place in by_function.get(canonical_function(frame.function).lower(), ()):
            # go/types fails below its own assert(), the one frame that stands between.
            depth = FRAMES_OF_RECURSION if is_overflow else entry.depth
            if own <= depth and (is_own or own == 0):
                yield entry, place, frame


def _judged(entry: Entry, place: Place, frame: Frame, subject: Subject) -> Match | None:
    """Whether the version, and the line in it, fit."""
    if entry.fixed_by_go:
        is_fixed = subject.go.is_known and subject.go >= GoVersion.parse(entry.fixed_by_go)
        return None if is_fixed else Match(entry, place, is_at_line=True)
    if subject.version.is_known and subject.version >= GoplsVersion.parse(entry.fixed_in):
        return None
    older = {each for each in subject.releases if GoplsVersion.parse(each).is_before(entry.fixed_in)}
    is_between = not subject.releases and subject.is_told
    if not older and not is_between:
        return None
    if not place.lines:
        having = {each for each in older if entry.since and GoplsVersion.parse(each).is_at_least(entry.since)}
        return Match(entry, place, is_at_line=False) if having else None
    having = older & place.lines.keys()
    if is_between or not subject.version.is_release:
        having |= {BETWEEN}
    if frame.line is None or not having:
        return Match(entry, place, is_at_line=False) if having and subject.version.is_release else None
    if any(place.has(frame.line, each) for each in having):
        return Match(entry, place, is_at_line=True)
    return Match(entry, place, is_at_line=False) if having - {BETWEEN} and place.size <= SHORT_FUNCTION else None


def _told(match: Match, way: str, subject: Subject) -> KnownCrash:
    entry = match.entry
    name = match.place.function.rpartition("/")[2]
    if entry.fixed_by_go:
        rule = f"{way or 'failure'} in {name}, which {entry.fixed_by_go} no longer has"
    elif match.is_at_line:
        # Lines may fit releases on both sides of the fix.
        is_sure = subject.is_told and all(
            GoplsVersion.parse(each).is_before(entry.fixed_in) for each in subject.releases
        )
        doubt = "" if is_sure else "possibly: "
        rule = f"{doubt}{way or 'failure'} in {name} at a line that the fix changes, in {subject.words}"
    else:
        named = "the fix names the function" if entry.is_named else "the fix changes what the function relies on"
        rule = f"possibly: {way or 'failure'} in {name} as in this issue, in {subject.words}; {named}, not the line"
    return KnownCrash(
        issue=entry.issue,
        fixed_in=entry.fixed_in,
        title=entry.title,
        function=match.place.function,
        commit=entry.commit,
        rule=rule,
        fixed_by_go=entry.fixed_by_go,
    )


@cache
def _table() -> tuple[str, dict[str, list[tuple[Entry, Place]]]]:
    """The date, and entries by the newest name of their functions."""
    raw = json.loads(pkgutil.get_data("gopls_diag.checks", "known_crashes.json") or b"{}")
    by_function: dict[str, list[tuple[Entry, Place]]] = defaultdict(list)
    for row in raw["entries"]:
        if row.get("unreleased"):
            continue
        entry = _entry(row)
        for place in entry.places:
            by_function[canonical_function(place.function).lower()].append((entry, place))
    return raw["made"], dict(by_function)


def _entry(row: dict[str, object]) -> Entry:
    functions, places, message = row["functions"], row["places"], row["message"]
    assert isinstance(functions, list) and isinstance(places, list)
    return Entry(
        issue=str(row["issue"]),
        title=str(row["title"]),
        classes=tuple(str(message).split(" or ")) if message else (),
        says=str(row.get("says", "")),
        depth=int(str(row["depth"])),
        is_named=row["evidence"] == "message",
        since=str(row.get("since") or ""),
        fixed_in=str(row["fixed_in"] or ""),
        fixed_by_go=str(row.get("fixed_by_go", "")),
        commit=str(row["commit"] or ""),
        places=tuple(_place(each) for each in places) or tuple(Place(str(each), 0, {}) for each in functions),
    )


def _place(row: dict[str, object]) -> Place:
    lines: dict[str, tuple[tuple[int, int], ...]] = {}
    ranges = row["lines"]
    assert isinstance(ranges, dict)
    for text, releases in ranges.items():
        spans = tuple((int(first), int(last)) for first, _, last in (each.partition("-") for each in text.split()))
        lines.update(dict.fromkeys(releases.split(), spans))
    return Place(str(row["function"]), int(str(row["size"])), lines)
