"""What the git directory of golang/tools, and the Go module proxy for what is newer, tell of commits and releases."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, total_ordering
from pathlib import Path

from tools.known_crashes_places import Function, Place, functions_in, is_same_function

SINCE = "2019-01-01"
NEWER_RELEASES = ("v0.24.0",)
"""Releases of gopls that are newer than the tags of the git directory that was read; their sources come as modules."""
MODULE = "golang.org/x/tools"
TAG_PATTERN = re.compile(r"^gopls/(v\d+\.\d+\.\d+)$")
REQUIRE_PATTERN = re.compile(r"^\s*(?:require\s+)?golang\.org/x/tools\s+(v\S+)", re.MULTILINE)
PSEUDO_PATTERN = re.compile(r"-\d{14}-([0-9a-f]{12})$")
CHANGE_ID_PATTERN = re.compile(r"^Change-Id: (I[0-9a-f]{40})", re.MULTILINE)
TRAILER_PATTERN = re.compile(
    r"^(?:Change-Id|Reviewed-\S+|Run-TryBot|TryBot-\S+|LUCI\S*|gopls-CI|Auto-Submit|Cq-\S+): .*$"
)
HUNK_PATTERN = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@total_ordering
@dataclass(frozen=True, eq=False)
class Release:
    """One released version of gopls."""

    name: str
    """`v0.18.0`."""
    commit: str = ""
    tools: str = ""
    """The commit of golang/tools that its go.mod requires."""

    @staticmethod
    def parse(name: str) -> Release:
        """A version, to be compared; what is none comes after all."""
        return Release(name)

    @property
    def key(self) -> tuple[int, ...]:
        numbers = re.findall(r"\d+", self.name)
        return tuple(map(int, numbers)) if numbers else (99,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self.key == other.key

    def __lt__(self, other: Release) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Changed:
    """A function of the parent of a commit, of which the commit changes lines."""

    path: str
    name: str
    """`golang.(*renamer).checkStructField`."""

    @property
    def bare(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Commit:
    """One commit."""

    id: str
    message: str
    history: History = field(repr=False)

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]

    @cached_property
    def hunks(self) -> dict[str, list[tuple[int, int]]]:
        """Of each file, the lines of the parent that are replaced: first, and how many; 0 for lines put behind it."""
        return {path: [(first, count) for first, count, _ in found] for path, found in self.diff.items()}

    @cached_property
    def diff(self) -> dict[str, list[tuple[int, int, list[str]]]]:
        """Of each file that the parent has: first line, how many are taken away, which are put there."""
        text = self.history.git("show", "--format=", "-U0", "--no-renames", self.id, "--", "*.go")
        found: dict[str, list[tuple[int, int, list[str]]]] = defaultdict(list)
        path = ""
        for line in text.split("\n"):
            if line.startswith("--- "):
                path = line[6:] if line.startswith("--- a/") else ""
            elif path and (hunk := HUNK_PATTERN.match(line)):
                found[path].append((int(hunk[1]), int(hunk[2] or 1), []))
            elif path and found[path] and line.startswith("+") and not line.startswith("+++ "):
                found[path][-1][2].append(line[1:])
        return dict(found)

    @property
    def changed(self) -> Iterator[Changed]:
        for path, hunks in self.hunks.items():
            package = path.split("/")[-2] if "/" in path else ""
            for function in functions_in(self.history.text(f"{self.id}^", path)):
                if any(function.start <= first + max(count - 1, 0) and first <= function.end for first, count in hunks):
                    yield Changed(path, f"{package}.{function.name}")


class History:
    """The git directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._texts: dict[tuple[str, str], str] = {}
        self._reader = subprocess.Popen(
            ["git", "-C", str(directory), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.head = self.git("rev-parse", "--short=12", self.branch).strip()
        self._ancestors: dict[str, frozenset[str]] = {}
        self._trees: dict[str, dict[str, list[str]]] = {}

    def git(self, *words: str) -> str:
        """What a git command prints."""
        done = subprocess.run(["git", "-C", str(self.directory), *words], capture_output=True, check=True)
        return done.stdout.decode("utf-8", errors="replace")

    @cached_property
    def branch(self) -> str:
        return "origin/master" if "origin/master" in self.git("branch", "-a") else "master"

    @cached_property
    def date(self) -> str:
        """Day of the newest commit or release that was read."""
        days = [self.git("log", "-1", "--format=%cs", self.branch).strip()]
        days += [each.time[:10] for each in self.newer]
        return max(days)

    def text(self, revision: str, path: str) -> str:
        """A file of a commit; "" if it has none."""
        key = (revision, path)
        if key not in self._texts:
            assert self._reader.stdin and self._reader.stdout
            self._reader.stdin.write(f"{revision}:{path}\n".encode())
            self._reader.stdin.flush()
            head = self._reader.stdout.readline().split()
            content = b""
            if len(head) == 3 and head[1] == b"blob":
                content = self._reader.stdout.read(int(head[2]))
                self._reader.stdout.read(1)
            self._texts[key] = content.decode("utf-8", errors="replace")
        return self._texts[key]

    def tree(self, revision: str) -> dict[str, list[str]]:
        """Paths of Go files, without tests, by folder."""
        if revision not in self._trees:
            folders: dict[str, list[str]] = defaultdict(list)
            for path in self.git("ls-tree", "-r", "--name-only", revision).split("\n"):
                if path.endswith(".go") and not path.endswith("_test.go") and "/testdata/" not in path:
                    folders[path.rpartition("/")[0]].append(path)
            self._trees[revision] = dict(folders)
        return self._trees[revision]

    def commits(self) -> Iterator[Commit]:
        """Those of the main branch, newest first, messages without trailers."""
        text = self.git("log", "-z", f"--since={SINCE}", "--format=%H%n%B", self.branch)
        for record in text.split("\0"):
            name, _, message = record.strip().partition("\n")
            lines = [each for each in message.split("\n") if not TRAILER_PATTERN.match(each)]
            yield Commit(name, "\n".join(lines), self)

    @cached_property
    def copies(self) -> dict[str, set[str]]:
        """Commits of all branches by Change-Id: a cherry-pick keeps it."""
        found: dict[str, set[str]] = defaultdict(set)
        for record in self.git("log", "-z", "--all", f"--since={SINCE}", "--format=%H%n%B").split("\0"):
            name = record.strip().partition("\n")[0]
            for change in CHANGE_ID_PATTERN.findall(record):
                found[change].add(name)
        return dict(found)

    @cached_property
    def change_ids(self) -> dict[str, str]:
        return {name: change for change, names in self.copies.items() for name in names}

    @cached_property
    def releases(self) -> list[Release]:
        """Tags, oldest first."""
        found = []
        for tag in self.git("tag", "--list", "gopls/*").split():
            if name := TAG_PATTERN.match(tag):
                commit = self.git("rev-parse", f"{tag}^{{commit}}").strip()
                found.append(Release(name[1], commit, self._required_tools(commit)))
        return sorted(found)

    def _required_tools(self, commit: str) -> str:
        version = REQUIRE_PATTERN.search(self.text(commit, "gopls/go.mod"))
        if not version:
            return commit
        pseudo = PSEUDO_PATTERN.search(version[1])
        wanted = pseudo[1] if pseudo else f"refs/tags/{version[1]}"
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}").strip()
        except subprocess.CalledProcessError:
            return commit

    @cached_property
    def newer(self) -> list[NewerRelease]:
        return [each for each in map(NewerRelease.load, NEWER_RELEASES) if each]

    def _has(self, commit: str, names: set[str]) -> bool:
        if commit not in self._ancestors:
            self._ancestors[commit] = frozenset(self.git("rev-list", f"--since={SINCE}", commit).split())
        return not names.isdisjoint(self._ancestors[commit])

    def first_release_with(self, commit: Commit, *, is_inside: bool) -> Release | None:
        """The first release from which on all have the commit, or one that was picked from it."""
        names = {commit.id} | self.copies.get(self.change_ids.get(commit.id, ""), set())
        first = None
        for release in reversed(self.releases):
            if not self._has(release.commit if is_inside else release.tools, names):
                break
            first = release
        if first is None:
            first = next((Release(each.name) for each in self.newer if each.has(commit)), None)
        return first

    def resolve(self, name: str, commit: Commit) -> Place | None:
        """Where a function, `golang.(*renamer).checkStructField`, stood before a commit: best in what it changes."""
        package, _, function = name.partition(".")
        parent = f"{commit.id}^"
        folders = self.tree(parent)
        changed = [path.rpartition("/")[0] for path in commit.hunks]
        others = [each for each in folders if each.rpartition("/")[2] == package]
        for folder in dict.fromkeys([*(each for each in changed if each in others), *others]):
            for path in folders[folder]:
                found = self.function(parent, path, function)
                if found:
                    return Place(path, package, found)
        return None

    def function(self, revision: str, path: str, name: str, *, by_any_case: bool = False) -> Function | None:
        """A function of a file."""
        for each in functions_in(self.text(revision, path)):
            if is_same_function(each.name, name, by_any_case=by_any_case):
                return each
        return None


@dataclass(frozen=True)
class NewerRelease:
    """A release of which only the module is at hand."""

    name: str
    time: str
    files: dict[str, str]
    """Contents of Go files by path within golang/tools."""

    @staticmethod
    def load(name: str) -> NewerRelease | None:
        """Both modules of a release, as the go command downloads them; None where it cannot."""
        gopls = _download(f"{MODULE}/gopls@{name}")
        if not gopls.get("Zip"):
            return None
        version = REQUIRE_PATTERN.search(Path(gopls["GoMod"]).read_text(encoding="utf-8"))
        tools = _download(f"{MODULE}@{version[1]}") if version else {}
        files = _go_files(gopls, "gopls/")
        files |= _go_files(tools, "")
        time = json.loads(Path(gopls["Info"]).read_text(encoding="utf-8"))["Time"]
        return NewerRelease(name, time, files)

    def has(self, commit: Commit) -> bool:
        """True if nine of ten lines that a commit put into sources stand there."""
        added = [
            (path, line.strip())
            for path, hunks in commit.diff.items()
            if not path.endswith("_test.go") and "/test" not in path
            for _, _, lines in hunks
            for line in lines
            if len(line.strip()) > 3
        ]
        texts = {path: {each.strip() for each in self.files.get(path, "").split("\n")} for path, _ in added}
        there = sum(line in texts[path] for path, line in added)
        return bool(added) and there >= 0.9 * len(added)


def _download(module: str) -> dict[str, str]:
    try:
        done = subprocess.run(["go", "mod", "download", "-json", module], capture_output=True, check=False)
        found = json.loads(done.stdout or b"{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _go_files(module: dict[str, str], folder: str) -> dict[str, str]:
    if not module.get("Zip"):
        return {}
    found = {}
    with zipfile.ZipFile(module["Zip"]) as archive:
        for name in archive.namelist():
            path = name.partition("@")[2].partition("/")[2]
            if path.endswith(".go"):
                found[folder + path] = archive.read(name).decode("utf-8", errors="replace")
    return found
