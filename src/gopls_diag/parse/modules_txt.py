"""vendor/modules.txt: what `go mod vendor` and `go work vendor` wrote down about the modules in the vendor folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gopls_diag.model.module_file import ModuleFileProblem, VendoredModule, VendoredModules

_VERSION_PATTERN = re.compile(r"^v[0-9]")
_WORKSPACE = "## workspace"


@dataclass(slots=True)
class _Entry:
    """A module while its lines are read."""

    path: str
    version: str
    line: int
    is_explicit: bool = False
    go: str = ""
    replaced_by: str = ""
    packages: list[str] = field(default_factory=list)

    def annotate(self, text: str) -> None:
        """Take in a `## explicit; go 1.21` line; words reserved for later are passed over, as the go command does."""
        for entry in text.split(";"):
            word = entry.strip()
            if word == "explicit":
                self.is_explicit = True
            elif word.startswith("go "):
                self.go = word[3:]

    def finished(self) -> VendoredModule:
        return VendoredModule(
            self.path,
            self.version,
            self.line,
            self.is_explicit,
            self.go,
            self.replaced_by,
            tuple(self.packages),
        )


def parse_modules_txt(text: str) -> VendoredModules:
    """What modules.txt says. Never raises; lines that fit nowhere stand in `problems` (the go command ignores them)."""
    entries: list[_Entry] = []
    problems: list[ModuleFileProblem] = []
    current: _Entry | None = None
    is_workspace = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        if line == _WORKSPACE:
            is_workspace = True
        elif line.startswith("# "):
            current = _module(line.split(), number)
            if current is None:
                problems.append(ModuleFileProblem(number, f"not a module line: {line[:200]}"))
            else:
                entries.append(current)
        elif line.startswith("## ") and current is not None:
            current.annotate(line[3:])
        elif line.strip() and (current is None or len(line.split()) != 1):
            problems.append(ModuleFileProblem(number, f"belongs to no module: {line[:200]}"))
        elif line.strip() and current is not None:
            current.packages.append(line.strip())
    return VendoredModules(tuple(each.finished() for each in entries), is_workspace, tuple(problems))


def _module(words: list[str], number: int) -> _Entry | None:
    """A `# path version [=> replacement]` line."""
    if len(words) < 3:
        return None
    if _VERSION_PATTERN.match(words[2]):
        entry, rest = _Entry(words[1], words[2], number), words[3:]
    elif words[2] == "=>":
        entry, rest = _Entry(words[1], "", number), words[2:]
    else:
        return None
    if len(rest) in (2, 3) and rest[0] == "=>":
        entry.replaced_by = " ".join(rest[1:])
    return entry
