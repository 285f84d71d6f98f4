"""Writes tests/fleet/gopls_functions.json: functions of gopls through its releases, and who calls whom.

    python tools/fleet_functions.py GIT_DIRECTORY_OF_GOLANG_TOOLS

Which function of one release is which of the next is decided by what the code says, and by nothing that the parser of
names knows: the same path and name; the same name in the folder to which git saw the file renamed; a body alike.
So a function that was moved or renamed is one lineage. Only names, files and line numbers are kept.
"""

from __future__ import annotations

import difflib
import json
import random
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

RELEASES = (
    *("v0.6.0", "v0.8.0", "v0.10.0", "v0.11.0", "v0.13.0", "v0.14.0", "v0.15.0", "v0.16.0", "v0.18.0", "v0.20.0"),
    "v0.22.0",
)
FOLDERS = ("internal/lsp/", "gopls/internal/", "internal/imports/", "internal/jsonrpc2/", "internal/gcimporter/")
LEFT_OUT = (
    "/test",
    "/regtest",
    "/fake",
    "/typescript",
    "/generate",
    "/gen/",
    "/cmd/test",
    "/diff/",
    "/bench",
    "testdata",
)
MOST_LINEAGES = 1500
ALIKE = 0.75
HEADER_PATTERN = re.compile(r"^func (?:\(\s*(?:\w+\s+)?(\*?)(\w+)(?:\[[^\]]*\])?\) )?(\w+)[\[(]")
CALL_PATTERN = re.compile(r"\b([A-Za-z_]\w*)(?:\[[^\]\n]*\])?\(")


@dataclass
class Function:
    """A declaration."""

    path: str
    line: int
    pointer: bool
    receiver: str
    name: str
    body: list[str]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def short(self) -> tuple[str, str]:
        return self.receiver.lower(), self.name.lower()


def git(repository: str, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace")


def declarations(repository: str, tag: str) -> list[Function]:
    """All functions of gopls in a release."""
    found = []
    for path in git(repository, "ls-tree", "-r", "--name-only", tag).splitlines():
        if not path.endswith(".go") or path.endswith("_test.go") or not path.startswith(FOLDERS):
            continue
        if any(each in path for each in LEFT_OUT):
            continue
        lines = git(repository, "show", f"{tag}:{path}").splitlines()
        for at, line in enumerate(lines):
            header = HEADER_PATTERN.match(line)
            if header:
                end = next((n for n in range(at, len(lines)) if lines[n].startswith("}")), at)
                function = Function(path, at + 1, bool(header[1]), header[2] or "", header[3], lines[at + 1 : end])
                found.append(function)
    return found


def likeness(one: Function, other: Function) -> float:
    """How much of two bodies is the same, 0 to 1."""
    return difflib.SequenceMatcher(None, one.body, other.body, autojunk=False).ratio()


def successors(repository: str, before: str, after: str, old: list[Function], new: list[Function]) -> dict[int, int]:
    """Index of a function to the index of what it became."""
    by_place: dict[tuple[str, str, str], int] = {}
    for at, each in enumerate(new):
        by_place.setdefault((each.folder, each.receiver, each.name), at)
    renamed = {}
    for line in git(repository, "diff", "-M40%", "--diff-filter=R", "--name-status", before, after).splitlines():
        _, source, target = line.split("\t")
        renamed[source] = target.rpartition("/")[0]
    found: dict[int, int] = {}
    for at, each in enumerate(old):
        for folder in (each.folder, renamed.get(each.path, "")):
            match = by_place.get((folder, each.receiver, each.name))
            if match is not None and at not in found:
                found[at] = match
    taken = set(found.values())
    hidden = {(each.folder, *each.short): at for at, each in enumerate(new) if at not in taken}
    for at, each in enumerate(old):
        # Exported, or hidden again: the didOpen of one release is the DidOpen of the next.
        match = next(
            (
                hidden[key]
                for folder in (each.folder, renamed.get(each.path, ""))
                if (key := (folder, *each.short)) in hidden
            ),
            None,
        )
        if match is not None and at not in found and match not in taken:
            found[at] = match
            taken.add(match)
    free = [at for at in range(len(new)) if at not in taken]
    by_name: dict[str, list[int]] = defaultdict(list)
    by_size: dict[int, list[int]] = defaultdict(list)
    for at in free:
        by_name[new[at].name.lower()].append(at)
        by_size[len(new[at].body) // 4].append(at)
    for at, each in enumerate(old):
        if at in found or len(each.body) < 4:
            continue
        size = len(each.body) // 4
        near = [*by_name[each.name.lower()], *(n for k in (size - 1, size, size + 1) for n in by_size[k])]
        best = max((n for n in near if n not in taken), key=lambda n: likeness(each, new[n]), default=None)
        if best is not None and likeness(each, new[best]) >= ALIKE:
            found[at] = best
            taken.add(best)
    return found


def main(repository: str) -> None:
    """Write the file."""
    everything = [declarations(repository, f"gopls/{each}") for each in RELEASES]
    lineages: list[dict[int, Function]] = []
    current: dict[int, int] = {}
    for release, functions in enumerate(everything):
        moved: dict[int, int] = {}
        if release:
            step = successors(
                repository,
                f"gopls/{RELEASES[release - 1]}",
                f"gopls/{RELEASES[release]}",
                everything[release - 1],
                functions,
            )
            moved = {target: current[source] for source, target in step.items()}
        current = {}
        for at, each in enumerate(functions):
            if at not in moved:
                lineages.append({})
            current[at] = moved.get(at, len(lineages) - 1)
            lineages[current[at]][release] = each
    long_lived = [each for each in lineages if len(each) >= 4 and is_telling(each)]
    random.Random(1).shuffle(long_lived)
    write(long_lived[:MOST_LINEAGES])


def is_telling(lineage: dict[int, Function]) -> bool:
    """False for what is too short to fail, and for the generated stubs of the protocol, which are all alike."""
    return max(len(each.body) for each in lineage.values()) >= 4 and not any(
        "tsserver" in each.path or "tsclient" in each.path for each in lineage.values()
    )


def write(lineages: list[dict[int, Function]]) -> None:
    """One row a lineage: releases, line in each, names from a release on, callers, and whether it calls itself."""
    called: dict[str, set[int]] = defaultdict(set)
    for at, lineage in enumerate(lineages):
        for name in set(CALL_PATTERN.findall("\n".join(lineage[max(lineage)].body))):
            called[name].add(at)
    rows: list[tuple[object, ...]] = []
    renamed = 0
    for at, lineage in enumerate(lineages):
        newest = lineage[max(lineage)]
        names: list[list[str | int]] = []
        for release, each in sorted(lineage.items()):
            file = each.path.rpartition("/")[2]
            form = [each.folder, ("*" if each.pointer else "") + each.receiver, each.name, file]
            if not names or names[-1][1:] != form:
                names.append([release, *form])
        callers = sorted(called[newest.name] - {at})[:12]
        lines = {release: each.line for release, each in sorted(lineage.items())}
        length = max(len(each.body) for each in lineage.values())
        rows.append((list(lines), list(lines.values()), length, names, callers, int(at in called[newest.name])))
        renamed += len({(str(form[2]).lower(), str(form[3]).lower()) for form in names}) > 1
    target = Path(__file__).parent.parent / "tests" / "fleet" / "gopls_functions.json"
    target.parent.mkdir(exist_ok=True)
    text = ",\n".join(json.dumps(each, separators=(",", ":")) for each in rows)
    print(f"{len(rows)} lineages, {renamed} of them renamed")
    target.write_text(f'{{"releases": {json.dumps(RELEASES)}, "lineages": [\n{text}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
