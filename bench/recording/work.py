"""What every subject of the comparison does: load one made module, then hover and complete while text is typed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.recording.client import Client

PACKAGES = 60
TYPED = ("f", "fm", "fmt", "fmt.", "fmt.S", "fmt.Spr", "r", "r.", "r.N", "r.Na", "http.", "http.St", "s", "st")
"""What stands on the edited line, one after another; a completion is asked behind each."""
HOVERS = ("Record", "Describe", "Kind5", "Total7", "Serve")
"""Symbols of the module itself: the cheapest answers of gopls, in which a detour would show."""
PAUSE_SECONDS = 0.02
"""Between two edits. Nobody types so fast; it keeps a session short while the server still comes to rest."""
WARM_HOVERS = 200


@dataclass(slots=True)
class Latencies:
    """What one session showed; nanoseconds."""

    start_ns: int = 0
    """From starting the process until `initialize` is answered."""
    load_ns: int = 0
    resting: list[int] = field(default_factory=list)
    """Hovers with no edit between them: the server has all at hand, and a detour would show best."""
    hover: list[int] = field(default_factory=list)
    """Hovers while text is typed."""
    completion: list[int] = field(default_factory=list)
    """Completions behind what was just typed."""


def write_module(folder: Path) -> Path:
    """A module of PACKAGES packages that import one another and the usual parts of the standard library.

    Returns:
        The file that is edited.
    """
    (folder / "go.mod").write_text("module work.example\n\ngo 1.22\n", encoding="utf-8")
    for number in range(PACKAGES):
        package = folder / f"part{number:02}"
        package.mkdir()
        (package / "part.go").write_text(_source(number), encoding="utf-8")
    return folder / f"part{PACKAGES - 1:02}" / "part.go"


def _source(number: int) -> str:
    name = f"part{number:02}"
    uses = [each for each in (number - 1, number // 2, number // 3) if 0 <= each < number]
    imports = "".join(f'\t"work.example/part{each:02}"\n' for each in sorted(set(uses)))
    calls = "".join(f"\tr.Notes = append(r.Notes, part{each:02}.Describe(r.Name))\n" for each in sorted(set(uses)))
    kinds = "".join(
        f"""
// Kind{each} is one of the kinds that records of {name} come in.
type Kind{each} struct {{
\tName  string `json:"name"`
\tCount int    `json:"count"`
\tParts map[string][]Record
}}

// Total{each} adds up what the kind counts.
func (k *Kind{each}) Total{each}(more ...int) (sum int) {{
\tfor _, each := range more {{
\t\tsum += each + k.Count
\t}}
\treturn sum + len(k.Parts)
}}
"""
        for each in range(12)
    )
    return f"""// Package {name} is made for bench/record.py.
package {name}

import (
\t"context"
\t"encoding/json"
\t"fmt"
\t"net/http"
\t"strings"

{imports})

// Record is what {name} is about.
type Record struct {{
\tName   string
\tNumber int
\tNotes  []string
}}

// Serve answers with a record.
func (r *Record) Serve(ctx context.Context, w http.ResponseWriter) error {{
{calls}
\tcontent, err := json.Marshal(r)
\tif err != nil {{
\t\treturn fmt.Errorf("%s: %w", r.Name, err)
\t}}
\tw.WriteHeader(http.StatusOK)
\t_, err = w.Write(content)
\treturn err
}}

// Describe says what is in {name}.
func Describe(name string) string {{
\treturn fmt.Sprint("{name} ", strings.ToUpper(name))
}}
{kinds}"""


class Typist:
    """Somebody in front of one editor. Warms up unseen, then notes how long each answer takes."""

    def __init__(self, client: Client, folder: Path, file: Path, started_ns: int) -> None:
        self._client, self._folder, self._file, self._started_ns = client, folder, file, started_ns
        self._text = file.read_text(encoding="utf-8")
        body = self._text[: self._text.find("Serve(")].count("\n")
        lines = self._text.split("\n")
        self._line = next(at for at, each in enumerate(lines) if not each and at > body)
        self._places = [_place(file, *_find(self._text, each)) for each in HOVERS]
        self._before = ""
        self._edits = self._hovers = 0
        self.seen = Latencies()

    def begin(self) -> None:
        """Initialize, open the file and wait until the workspace is loaded."""
        self._client.ask("initialize", initialize_parameters(self._folder))
        self.seen.start_ns = time.perf_counter_ns() - self._started_ns
        self._client.note("initialized", {})
        opened = {"uri": self._file.as_uri(), "languageId": "go", "version": 1, "text": self._text}
        self._client.note("textDocument/didOpen", {"textDocument": opened})
        self._client.hear_until_loaded()
        self._hover()
        self.seen.load_ns = time.perf_counter_ns() - self._started_ns

    def warm(self) -> None:
        """Fill the caches of the server; nothing of it is noted."""
        for _ in range(WARM_HOVERS):
            self._hover()
        for _ in TYPED:
            self._edit()
            self._hover()

    def rest(self, hovers: int) -> None:
        """Hover so many times, one after another, with nothing changed."""
        self.seen.resting.extend(self._hover() for _ in range(hovers))

    def type(self, edits: int) -> None:
        """Change the text so often; complete behind each change, and hover over all places."""
        for _ in range(edits):
            self.seen.completion.append(self._edit())
            self.seen.hover.extend(self._hover() for _ in self._places)
            time.sleep(PAUSE_SECONDS)

    def end(self) -> None:
        """Shut down as the protocol asks."""
        self._client.ask("shutdown", None)
        self._client.note("exit", {})

    def _hover(self) -> int:
        self._hovers += 1
        return self._client.ask("textDocument/hover", self._places[self._hovers % len(self._places)])[1]

    def _edit(self) -> int:
        self._edits += 1
        typed = "\t" + TYPED[self._edits % len(TYPED)]
        place = {"line": self._line, "character": 0}
        changed = {"start": place, "end": {"line": self._line, "character": len(self._before)}}
        self._before = typed
        self._client.note(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._file.as_uri(), "version": self._edits + 1},
                "contentChanges": [{"range": changed, "text": typed}],
            },
        )
        return self._client.ask("textDocument/completion", _place(self._file, self._line, len(typed)))[1]


def _find(text: str, words: str) -> tuple[int, int]:
    """Line and character of the last letter of what is looked for."""
    at = text.rindex(words) + len(words) - 1
    return text[:at].count("\n"), at - (text.rfind("\n", 0, at) + 1)


def _place(file: Path, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": character}}


def initialize_parameters(folder: Path) -> dict[str, Any]:
    """What the editor says of itself."""
    return {
        "processId": None,
        "rootUri": folder.as_uri(),
        "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        "capabilities": {
            "window": {"workDoneProgress": True},
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
            },
        },
    }
