"""A world written by hand: one Markdown page with fenced blocks for files, commands, processes and what must be found.

A page has prose, then blocks that all its scenes share, then a scene for each `## ` heading. `base: NAME` names
another page whose shared blocks come first. In a sketched world a file or command that is not written does not exist;
every other question without an answer raises NotRecorded. docs/cases.md describes the blocks.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gopls_diag.model.request import Request
from gopls_diag.world.port import Answer, NotRecorded, Question, World
from gopls_diag.world.sketch_files import SketchedFiles

_FENCE = re.compile(r"^(`{3,})\s*(\S*)\s*(.*?)\s*$")


class BadSketch(ValueError):
    """The page cannot be played; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its first word, the rest of its first line, its text, and where it begins."""

    kind: str
    subject: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One heading of a page: its blocks, shared ones first, and what must be found."""

    title: str
    blocks: tuple[Block, ...]
    expectations: tuple[str, ...]


def read_scenes(text: str, open_base: Callable[[str], str]) -> tuple[Scene, ...]:
    """The scenes of a page; a page without headings is one scene. `open_base` gives the text of a base page."""
    base = re.search(r"^base: *(\S+)", text, re.MULTILINE)
    shared: list[Block] = []
    if base:
        for scene in read_scenes(open_base(base[1]), open_base):
            shared.extend(scene.blocks)
    scenes: list[tuple[str, list[Block]]] = []
    for heading, block in _parts(text):
        if block is None:
            scenes.append((heading, []))
        else:
            (scenes[-1][1] if scenes else shared).append(block)
    if not scenes:
        scenes = [("", [])]
    return tuple(
        Scene(
            title,
            tuple(each for each in (*shared, *own) if each.kind != "expect"),
            tuple(line for each in (*shared, *own) if each.kind == "expect" for line in _lines(each.text)),
        )
        for title, own in scenes
    )


def _parts(text: str) -> Iterator[tuple[str, Block | None]]:
    """Headings of the second level as (title, None) and blocks as ("", block), in order."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if not fence:
            if lines[at].startswith("## "):
                yield lines[at][3:].strip(), None
            at += 1
            continue
        end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == fence[1]), None)
        if end is None:
            raise BadSketch(f"line {at + 1}: this block has no end")
        content = "\n".join(lines[at + 1 : end])
        yield "", Block(fence[2], fence[3], content + "\n" if content else "", at + 1)
        at = end + 1


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(slots=True)
class _Command:
    pattern: str
    answer: Answer


_MACHINE: Answer = {
    "os": "linux",
    "architecture": "amd64",
    "home": "",
    "user": "gopher",
    "user_id": 1000,
    "host": "burrow",
    "processors": 2,
    "total_memory_bytes": 8 << 30,
    "available_memory_bytes": 4 << 30,
}
"""The machine of a page that says nothing of it."""


@dataclass
class SketchedWorld(World):
    """The world of one scene."""

    request: Request = field(default_factory=lambda: Request(folder="/"))
    variables: dict[str, str] = field(default_factory=dict)
    machine_answer: Answer = field(default_factory=lambda: dict(_MACHINE))
    seconds: float = 0.0
    files: SketchedFiles = field(default_factory=SketchedFiles)
    commands: list[_Command] = field(default_factory=list)
    process_rows: list[dict[str, Any]] | None = None
    process_answers: dict[int, Answer] = field(default_factory=dict)
    transcript: Answer | None = None

    def ask(self, question: Question) -> Answer:
        """Answer from what was written."""
        arguments = dict(question.arguments)
        match question.kind:
            case "machine":
                return self.machine_answer
            case "environment":
                return {"variables": self.variables}
            case "clock":
                return {"seconds": self.seconds}
            case "command":
                return self._command(arguments["command"])
            case "processes" if self.process_rows is not None:
                return {"processes": self.process_rows}
            case "process":
                return self.process_answers.get(arguments["pid"], {"error": "missing"})
            case "session" if self.transcript is not None:
                return {"transcript": self.transcript}
            case kind if kind.startswith("file."):
                return self.files.answer(kind, arguments)
        raise NotRecorded(f"the sketch does not hold {question.key}")

    def _command(self, command: list[str]) -> Answer:
        program = re.split(r"[/\\]", command[0])[-1].removesuffix(".exe")
        line = " ".join([program, *command[1:]])
        whole = " ".join(command)
        # The last that fits speaks, so that a scene overrides its base.
        for each in reversed(self.commands):
            if fnmatch.fnmatchcase(line, each.pattern) or fnmatch.fnmatchcase(whole, each.pattern):
                return each.answer
        return {"exit_code": None, "start_error": "missing"}


def play(scene: Scene) -> SketchedWorld:
    """The world of a scene; raises BadSketch."""
    world = SketchedWorld()
    for block in scene.blocks:
        try:
            _add(world, block)
        except (ValueError, KeyError, TypeError) as problem:
            raise BadSketch(f"line {block.line}: block {block.kind}: {problem}") from problem
    world.files.settle(str(world.machine_answer.get("os", "linux")))
    return world


def _add(world: SketchedWorld, block: Block) -> None:
    match block.kind:
        case "env":
            for line in _lines(block.text):
                name, _, value = line.partition("=")
                if name.startswith("-"):
                    world.variables.pop(name[1:], None)
                else:
                    world.variables[name] = value
        case "file" | "executable" | "folder" | "link" | "gone" | "denied" | "volume" | "tree":
            world.files.add(block.kind, block.subject, block.text)
        case "command":
            world.commands.append(_Command(block.subject, _command_answer(block.text)))
        case "stderr":
            world.commands[-1].answer["stderr"] = block.text
        case "machine":
            world.machine_answer = {**world.machine_answer, **json.loads(block.text)}
        case "processes":
            world.process_rows = json.loads(block.text)
        case "process":
            world.process_answers[int(block.subject)] = {"pid": int(block.subject), **json.loads(block.text)}
        case "session":
            world.transcript = json.loads(block.text)
        case "request":
            changes = json.loads(block.text)
            if "logs" in changes:
                changes["logs"] = tuple(changes["logs"])
            world.request = replace(world.request, **changes)
        case "clock":
            world.seconds = _seconds(block.subject)
        case other:
            raise BadSketch(f"line {block.line}: no such block: {other or '(empty)'}")


def _seconds(text: str) -> float:
    from datetime import datetime  # noqa: PLC0415 - only sketches tell times in words

    return datetime.fromisoformat(text).timestamp()


def _command_answer(text: str) -> Answer:
    answer: Answer = {"exit_code": 0, "stdout": text}
    if not text.startswith("! "):
        return answer
    first, _, rest = text.partition("\n")
    answer["stdout"] = rest.removeprefix("\n")
    for word in first[2:].split():
        name, _, value = word.partition("=")
        match name:
            case "exit":
                answer["exit_code"] = int(value)
            case "seconds":
                answer["elapsed_seconds"] = float(value)
            case "timeout":
                answer.update(exit_code=None, is_timed_out=True)
            case "signal":
                answer.update(exit_code=None, signal=int(value))
            case "missing" | "denied" | "format":
                answer.update(exit_code=None, start_error=name)
            case _:
                raise ValueError(f"no such option: {word}")
    return answer
