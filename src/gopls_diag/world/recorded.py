"""A world that plays a recording, and the file format of recordings.

{"schema": "gopls-diag/world/1", "recorded_by": "0.1.0", "request": {…}, "removed": {"user name": 12},
 "answers": [{"kind": "file.read", "arguments": {…}, "answer": {…}}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from gopls_diag.model.request import Request
from gopls_diag.world.port import Answer, NotRecorded, Question, World

SCHEMA = "gopls-diag/world/1"


_SHAPES: dict[str, dict[str, type]] = {
    "environment": {"variables": dict},
    "file.list": {"entries": list},
    "file.resolve": {"path": str},
    "file.sha256": {"hex": str},
    "file.stat": {"kind": str},
    "file.tree": {"files": int},
    "file.volume": {"mount_point": str},
    "process": {"pid": int},
    "processes": {"processes": list},
    "session": {"transcript": dict},
}
"""What the answers of a kind hold at least; a file that was edited or cut by hand is told as such."""


class NotAWorld(ValueError):
    """The text is not a recording that this version can play; the message says why, for people."""


class RecordedWorld(World):
    """Answers by looking up."""

    def __init__(self, answers: Mapping[str, Answer], request: Request, recorded_by: str) -> None:
        self._answers = answers
        self.request = request
        """What was asked when it was recorded; the default for what is asked now."""
        self.recorded_by = recorded_by
        """Version of gopls-diag that recorded it."""

    def ask(self, question: Question) -> Answer:
        """The recorded answer; raises NotRecorded for what was never asked."""
        try:
            return self._answers[question.key]
        except KeyError:
            subject = question.arguments.get("command") or question.arguments.get("path") or ""
            words = " ".join(subject) if isinstance(subject, list) else str(subject)
            raise NotRecorded(f"the recording does not hold {question.kind} {words}".rstrip()) from None


def dump(heard: Iterable[tuple[Question, Answer]], request: Request, version: str, removed: Mapping[str, int]) -> str:
    """The recording as text; `removed` tells what was taken out of it, by class."""
    answers = [{"kind": q.kind, "arguments": dict(q.arguments), "answer": answer} for q, answer in heard]
    return json.dumps(
        {
            "schema": SCHEMA,
            "recorded_by": version,
            "request": asdict(request),
            "removed": dict(removed),
            "answers": answers,
        },
        indent=1,
        ensure_ascii=True,
    )


def load(text: str) -> RecordedWorld:
    """The world of a recording; raises NotAWorld."""
    try:
        document: Any = json.loads(text)
    except ValueError as problem:
        raise NotAWorld(f"not JSON: {problem}") from None
    except RecursionError:
        raise NotAWorld("not a recording: nested too deeply") from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or not schema.startswith("gopls-diag/world/"):
        raise NotAWorld("not a recording of gopls-diag")
    if schema != SCHEMA:
        raise NotAWorld(f"its format is {schema.rsplit('/', 1)[-1]}, this gopls-diag reads {SCHEMA.rsplit('/', 1)[-1]}")
    try:
        answers = {Question(each["kind"], each["arguments"]).key: each["answer"] for each in document["answers"]}
        known = {name: value for name, value in document["request"].items() if name in Request.__dataclass_fields__}
        request = Request(**{**known, "logs": tuple(known.get("logs", ()))})
    except (KeyError, TypeError, AttributeError) as problem:
        raise NotAWorld(f"damaged: {type(problem).__name__}: {problem}") from None
    wrong = next((key for key, answer in answers.items() if not _has_its_shape(key.partition(" ")[0], answer)), None)
    if wrong:
        raise NotAWorld(f"damaged: the answer to {wrong[:200]}")
    world = RecordedWorld(answers, request, str(document.get("recorded_by", "")))
    try:
        # Everything depends on it, so a recording without it is no recording.
        _ = world.machine, world.home
    except (NotRecorded, TypeError, KeyError, AttributeError) as problem:
        raise NotAWorld(f"damaged: {problem}") from None
    return world


def _has_its_shape(kind: str, answer: Any) -> bool:
    if not isinstance(answer, dict):
        return False
    if "error" in answer:
        return isinstance(answer["error"], str)
    if kind == "file.read":
        return isinstance(answer.get("text", answer.get("base64")), str)
    return all(isinstance(answer.get(name), wanted) for name, wanted in _SHAPES.get(kind, {}).items())
