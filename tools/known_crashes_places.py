"""Where a function stands in each release, and which of its lines a fix touches there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from gopls_diag.parse.go_crash.function_name import canonical_package

if TYPE_CHECKING:
    from tools.known_crashes_history import Commit, History, Release

TOOLS = "golang.org/x/tools/"
FUNCTION_PATTERN = re.compile(r"^func (?:\((?:\w+ )?(\*?)(\w+)(?:\[[^\]]*\])?\) )?(\w+)")
WORD_PATTERN = re.compile(r"\w+")
ALIKE = 0.6
"""Share of common words from which a line is taken for another release's form of it."""
BETWEEN = "dev"
"""Stands for the sources right before the fix, which builds between two releases have."""
TELLING = 16
"""Characters from which one and the same line is no chance: more than `return nil, err` has."""
LINES_NEAR = 4
"""How near to a change one line at least must be the very same."""
LINES_BEFORE = 1
LINES_BEHIND = 10
"""A check that a fix puts in stands before the line that fails: how far behind it that line is looked for."""


@dataclass(frozen=True)
class Function:
    """A declared function of a file."""

    name: str
    """`(*renamer).checkStructField`, `Span.Range`, `hover`."""
    start: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A function before a commit."""

    path: str
    package: str
    function: Function

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def full_name(self) -> str:
        return f"{TOOLS}{self.folder}.{self.function.name}"

    @property
    def bare(self) -> str:
        return self.function.name.rpartition(".")[2]


class Affected(TypedDict):
    """What is written down of one function of one fix."""

    function: str
    size: int
    lines: dict[str, str]
    """Ranges of lines, `355-362 370-371`, to the releases that have what is changed there; empty if it changes none."""
    releases: list[str]
    """Those with the fault, oldest first."""


@lru_cache(maxsize=4096)
def functions_in(text: str) -> tuple[Function, ...]:
    """Functions of a gofmt-ed file. One with a `}` at the line's start in a raw string is seen only up to there."""
    found = []
    lines = text.split("\n")
    name, start = "", 0
    for number, line in enumerate(lines, 1):
        if begin := FUNCTION_PATTERN.match(line):
            star, receiver, bare = begin.groups()
            name = f"({star}{receiver}).{bare}" if star else f"{receiver}.{bare}" if receiver else bare
            start = number
        if name and (line.startswith("}") or (number == start and line.rstrip().endswith("}") and "{" in line)):
            found.append(Function(name, start, number, tuple(lines[start - 1 : number])))
            name = ""
    return tuple(found)


def is_same_function(name: str, other: str, *, by_any_case: bool = False) -> bool:
    """True for the same name and receiver; pointer or not is nothing, nor is the case of the receiver's type."""
    receiver, _, bare = _plain(name).rpartition(".")
    other_receiver, _, other_bare = _plain(other).rpartition(".")
    if by_any_case:
        bare, other_bare = bare.lower(), other_bare.lower()
    return receiver.lower() == other_receiver.lower() and bare == other_bare


def _plain(name: str) -> str:
    return name.replace("(*", "").replace(")", "")


def affected_places(
    history: History, commit: Commit, place: Place, releases: list[Release], *, has_lines: bool = True
) -> Affected:
    """Which releases had what a commit changed in a function, and in which lines; or only which had the function."""
    hunks = _hunks(commit, place) if has_lines else ()
    ranges: dict[str, list[str]] = {}
    having: list[str] = []
    for release in releases:
        there = _find(history, place, release)
        if there is None:
            continue
        if not hunks:
            having.append(release.name)
            continue
        text = _mapped(place.function, there, hunks)
        if text:
            ranges.setdefault(text, []).append(release.name)
            having.append(release.name)
    if hunks:
        own = " ".join(f"{first}-{last}" for first, last in sorted({(each.first, each.last) for each in hunks}))
        ranges.setdefault(own, []).append(BETWEEN)
    return {
        "function": place.full_name,
        "size": len(place.function.lines),
        "lines": {text: " ".join(names) for text, names in ranges.items()},
        "releases": having,
    }


@dataclass(frozen=True)
class Hunk:
    """One change of a fix, in lines of the file before it."""

    first: int
    last: int
    """Among these is the line that fails."""
    core: tuple[int, ...]
    """Lines that are replaced; or the two between which something is put."""


def _hunks(commit: Commit, place: Place) -> tuple[Hunk, ...]:
    """Changes within the function."""
    function = place.function
    found = []
    for first, count in commit.hunks.get(place.path, []):
        last = first + max(count - 1, 0)
        core = range(first, last + 1) if count else (first, first + 1)
        inside = tuple(each for each in core if function.start <= each <= function.end)
        if inside and last >= function.start and first <= function.end:
            window = max(first - LINES_BEFORE, function.start), min(last + LINES_BEHIND, function.end)
            found.append(Hunk(*window, inside))
    return tuple(found)


def _find(history: History, place: Place, release: Release) -> Function | None:
    """The function in a release, in whatever folder the package lay then."""
    wanted = canonical_package(TOOLS + place.folder)
    for revision, is_inside in ((release.commit, True), (release.tools, False)):
        folders = history.tree(revision)
        for folder in _folders_of(wanted, tuple(folders)):
            if folder.startswith("gopls") != is_inside:
                continue
            paths = sorted(folders[folder], key=lambda path: path.rpartition("/")[2] != place.path.rpartition("/")[2])
            for by_any_case in (False, True):
                for path in paths:
                    if found := history.function(revision, path, place.function.name, by_any_case=by_any_case):
                        return found
    return None


@lru_cache(maxsize=65536)
def _folders_of(package: str, folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in folders if canonical_package(TOOLS + each) == package)


@lru_cache(maxsize=65536)
def _mapped(before: Function, there: Function, hunks: tuple[Hunk, ...]) -> str:
    """What the fix touches in the lines of another release; "" if it has nothing of it."""
    left = [each.strip() for each in before.lines]
    right = [each.strip() for each in there.lines]
    partner: dict[int, int] = {}
    same: set[int] = set()
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            partner.update({before.start + a + step: there.start + c + step for step in range(b - a)})
            same.update(before.start + number for number in range(a, b) if len(left[number]) >= TELLING)
        elif kind == "replace":
            for number in range(a, b):
                likeness, likest = max((_likeness(left[number], right[other]), -other) for other in range(c, d))
                if likeness >= ALIKE:
                    partner[before.start + number] = there.start - likest
    ranges = set()
    for hunk in hunks:
        near = range(hunk.core[0] - LINES_NEAR, hunk.core[-1] + LINES_NEAR + 1)
        there_too = sum(each in partner for each in hunk.core)
        if not there_too or same.isdisjoint(near) or (there_too * 2 < len(hunk.core) and same.isdisjoint(hunk.core)):
            continue
        lines = [partner[each] for each in range(hunk.first, hunk.last + 1) if each in partner]
        ranges.add((min(lines), max(lines)))
    return " ".join(f"{first}-{last}" for first, last in sorted(ranges))


@lru_cache(maxsize=65536)
def _likeness(line: str, other: str) -> float:
    """From 0 to 1, how many words two lines share."""
    words, others = set(WORD_PATTERN.findall(line)), set(WORD_PATTERN.findall(other))
    return 2 * len(words & others) / (len(words) + len(others)) if words and others else float(line == other)
