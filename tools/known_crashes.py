"""Make the table of gopls crashes whose fix was released, from the history of golang/tools.

    python3 tools/known_crashes.py                 clone golang/tools first (bare, about 60 MB)
    python3 tools/known_crashes.py GIT_DIRECTORY   read that one

Rules propose: a commit that touches what is linked into gopls and whose message tells of a crash; the function is the
one that the message names, or else the one whose lines it changes. tools/known_crashes_review.txt, where every proposal
up to its date was read against message and diff, decides. Which release has a fix is told by ancestry of the tags,
cherry-picks by their Change-Id included; for what lies outside gopls/ it is the version of golang.org/x/tools in the
release's gopls/go.mod that counts. Where the function stood in each older release, and which of its lines the fix
touches there, is written down too: two failures of one function are told apart by the line.

The result says nothing in the words of a commit: it holds numbers, symbols, versions and lines.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tools.known_crashes_history import Commit, History, Release  # noqa: E402
from tools.known_crashes_landmarks import written  # noqa: E402
from tools.known_crashes_places import Place, affected_places  # noqa: E402

TABLE = ROOT / "src" / "gopls_diag" / "checks" / "known_crashes.json"
LINES = ROOT / "src" / "gopls_diag" / "checks" / "gopls_lines.json"
REVIEW = ROOT / "tools" / "known_crashes_review.txt"
TOOLS = "golang.org/x/tools/"

CRASH_PATTERN = re.compile(
    r"(?i)\bcrash|panic|nil deref|nil[- ]pointer|\bNPE\b|out[- ]of[- ](?:range|bounds)|\bOOB\b|stack overflow|"
    r"infinite recursion|unbounded recursion|telemetry-wins|SIGSEGV|\bSEGV\b|segfault|concurrent map|handle nil|"
    r"check for nil|typed nil"
)
NO_FIX_PATTERN = re.compile(r"(?i)^revert|refine|assertion|\bflak|bug\.Report|\btests?\b: |^\[|add (?:a )?(?:reg)?test")
LINKED_PATTERN = re.compile(r"^(?:gopls|internal|go/(?:analysis|packages|ast|types|internal|ssa)|refactor|imports)/")
NOT_LINKED_PATTERN = re.compile(
    r"_test\.go$|/testdata/|/test/|regtest|/tests/|analysistest|^gopls/doc|packagestest|go/ssa/interp|/fake/|^gopls/test"
)
ISSUE_PATTERN = re.compile(r"\b(golang/(?:go|vscode-go))#(\d{1,6})|(?:go\.dev|golang\.org)/issue/(\d{1,6})")
CLASSES = {
    "nil": "nil dereference",
    "index": "index out of range",
    "slice": "slice bounds out of range",
    "type": "failed type assertion",
    "explicit": "explicit panic",
    "stack": "stack overflow",
    "map": "concurrent map use",
    "closed": "closed channel",
}
CLASS_PATTERNS = (
    ("stack", re.compile(r"(?i)stack overflow|(?:infinite|unbounded) recursion")),
    ("map", re.compile(r"(?i)concurrent map")),
    ("nil", re.compile(r"(?i)\bnil\b|\bNPE\b|SEGV")),
    ("index", re.compile(r"(?i)index out of|out[- ]of[- ](?:range|bounds)|\bOOB\b")),
)
KINDS = {"stack": "stack-overflow", "map": "fatal"}

BY_GO = (
    # Both sources were compared: go/types/stmt.go of go1.22.5 asserts, that of go1.22.6 leaves the loop before.
    {
        "issue": "golang/go#68334",
        "functions": ["go/types.(*Checker).rangeStmt"],
        "kind": "panic",
        "message": "explicit panic",
        "says": "stmt.go:932: assertion failed",
        "depth": 1,
        "evidence": "message",
        "fixed_in": None,
        "fixed_by_go": "go1.22.6",
        "commit": None,
        "title": "explicit panic in rangeStmt of go/types",
        "places": [],
    },
)
SAYS = {"9b64301ea6": "invalid Go version", "c623a2817b": "invalid Go version"}
"""What the panic says, where the fault lies in what was handed to a library and many calls fail alike."""


@dataclass(frozen=True)
class Decision:
    """What the review says of one commit."""

    classes: tuple[str, ...]
    depth: int
    issues: tuple[str, ...]
    functions: tuple[str, ...]
    is_dropped: bool = False
    has_lines: bool = True
    """False if every failure of this kind in the function is this one, wherever the line."""


def read_review(text: str) -> dict[str, Decision]:
    """Decisions by the beginning of the commit's name."""
    found: dict[str, Decision] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        commit, first, *rest = line.split()
        if first == "drop":
            found[commit] = Decision((), 1, (), (), is_dropped=True)
            continue
        depths = [int(each[1:]) for each in rest if each.startswith("@")]
        issues = tuple(each for each in rest if "#" in each)
        functions = tuple(each for each in rest if each[0] not in "@~" and "#" not in each)
        classes = () if first == "any" else tuple(first.split("/"))
        depth = depths[0] if depths else 1
        found[commit] = Decision(classes, depth, issues, functions, has_lines="~" not in rest)
    return found


def is_linked(path: str) -> bool:
    """True for a source file that is part of gopls."""
    return path.endswith(".go") and bool(LINKED_PATTERN.match(path)) and not NOT_LINKED_PATTERN.search(path)


def proposed(commit: Commit) -> Decision | None:
    """What the rules alone make of a commit that nobody has read."""
    if not CRASH_PATTERN.search(commit.subject) or NO_FIX_PATTERN.search(commit.subject):
        return None
    functions = [place for place in commit.changed if is_linked(place.path)]
    named = [each for each in functions if re.search(rf"\b{re.escape(each.bare)}\b", commit.message)]
    chosen = named or functions
    if not 1 <= len(chosen) <= 2:
        return None
    kind = next((name for name, pattern in CLASS_PATTERNS if pattern.search(commit.message)), "")
    return Decision((kind,) if kind else (), 1, (), tuple(each.name for each in chosen))


def issues_of(commit: Commit) -> tuple[str, ...]:
    """Issues that a message names, those that it fixes first; the commit itself where there is none."""
    lines = commit.message.splitlines()
    marked = [each for each in lines if re.match(r"(?i)\s*(?:fix|close|update|for\b|see)", each)]
    fixes = [each for each in marked if re.match(r"(?i)\s*(?:fix|close)", each)]
    for text in (fixes, marked, lines):
        found = ISSUE_PATTERN.findall("\n".join(text))
        if found:
            names = [f"{where}#{number}" if where else f"golang/go#{other}" for where, number, other in found]
            return tuple(dict.fromkeys(names))
    return (f"golang/tools@{commit.id[:12]}",)


def title(classes: tuple[str, ...], functions: list[str]) -> str:
    """Short words of our own."""
    what = " or ".join(CLASSES[each] for each in classes) or "crash"
    name = functions[0].rpartition("/")[2]
    return f"{what} in {name}"


def entries_of(commit: Commit, decision: Decision, history: History) -> list[dict[str, object]]:
    """The rows of one commit: one for each issue."""
    places = [history.resolve(each, commit) for each in decision.functions]
    missing = [name for name, place in zip(decision.functions, places, strict=True) if place is None]
    if missing:
        print(f"known_crashes: {commit.id[:10]}: no such function: {' '.join(missing)}", file=sys.stderr)
    known: list[Place] = [each for each in places if each]
    is_inside = all(each.path.startswith("gopls/") for each in known)
    fixed = history.first_release_with(commit, is_inside=is_inside)
    older = [each for each in history.releases if fixed is None or each < fixed]
    found = [affected_places(history, commit, each, older, has_lines=decision.has_lines) for each in known]
    functions = [each.full_name for each in known]
    is_named = any(re.search(rf"\b{re.escape(each.bare)}\b", commit.message) for each in known)
    says = next((text for start, text in SAYS.items() if commit.id.startswith(start)), None)
    row: dict[str, object] = {
        "functions": functions,
        "kind": KINDS.get(decision.classes[0], "panic") if decision.classes else "panic",
        "message": " or ".join(CLASSES[each] for each in decision.classes) or None,
        **({"says": says} if says else {}),
        "depth": decision.depth,
        "evidence": "message" if is_named else "diff",
        "fixed_in": fixed.name if fixed else None,
        **({} if fixed else {"unreleased": True}),
        "commit": commit.id[:12],
        "title": title(decision.classes, functions),
        "places": [{"function": each["function"], "size": each["size"], "lines": each["lines"]} for each in found],
        "since": min((each["releases"][0] for each in found if each["releases"]), key=Release.parse, default=None),
    }
    return [{"issue": issue, **row} for issue in decision.issues or issues_of(commit)]


def newest_of_each(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row for an issue and its functions: an issue that was fixed twice is fixed by the later release."""
    kept: dict[tuple[str, str], dict[str, object]] = {}
    for row in rows:
        key = (str(row["issue"]), str(row["functions"]))
        other = kept.get(key)
        if other is None or Release.parse(str(row["fixed_in"])) > Release.parse(str(other["fixed_in"])):
            kept[key] = row
    return list(kept.values())


def make(history: History) -> tuple[dict[str, object], Counter[str]]:
    """The whole table, and what was counted on the way."""
    review = read_review(REVIEW.read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    rows: list[dict[str, object]] = []
    used: set[str] = set()
    for commit in history.commits():
        start = next((commit.id[:length] for length in (10, 9) if commit.id[:length] in review), "")
        counts["commits"] += 1
        decision = review[start] if start else proposed(commit)
        used.add(start)
        if decision is None:
            continue
        counts["read by a person" if start else "by rules alone"] += 1
        if decision.is_dropped:
            counts["dropped by the reader"] += 1
            continue
        found = entries_of(commit, decision, history)
        rows.extend(found)
    unknown = sorted(set(review) - used)
    if unknown:
        raise SystemExit(f"known_crashes: in the review, not in the history: {' '.join(unknown)}")
    rows = newest_of_each(rows)
    rows.sort(key=lambda row: (str(row["functions"]), str(row["issue"])))
    counts["entries"] = len(rows) + len(BY_GO)
    counts["entries of builds between releases alone"] = sum(not each["since"] for each in rows)
    counts["entries whose fix no release has"] = sum(not each["fixed_in"] for each in rows)
    counts["issues"] = len({each["issue"] for each in rows}) + len(BY_GO)
    table: dict[str, object] = {
        "made": history.date,
        "from": f"golang/tools {history.head}",
        "releases": [*(each.name for each in history.releases), *(each.name for each in history.newer)],
        "entries": [*BY_GO, *rows],
    }
    return table, counts


def main() -> None:
    """Read the history, write the table, print what was counted."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            directory = Path(sys.argv[1])
        else:
            directory = Path(folder) / "tools.git"
            command = ["git", "clone", "--quiet", "--bare", "https://github.com/golang/tools", str(directory)]
            subprocess.run(command, check=True)
        history = History(directory)
        table, counts = make(history)
        LINES.write_text(written(history), encoding="utf-8")
    entries = table.pop("entries")
    assert isinstance(entries, list)
    head = json.dumps(table, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in entries)
    TABLE.write_text(f'{head}, "entries": [\n{lines}\n]}}\n', encoding="utf-8")
    for name, count in counts.items():
        print(f"{count:6} {name}")
    by_class = Counter(str(each["message"]) for each in entries)
    print("\n".join(f"{count:6} {name}" for name, count in by_class.most_common()))


if __name__ == "__main__":
    main()
