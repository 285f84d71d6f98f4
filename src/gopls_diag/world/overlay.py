"""A world in which some files are as they would be: what a change does is judged before anything is written.

Every other answer is asked of the world below once and remembered, so that judging again costs no command twice.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from typing import Any

from gopls_diag.world.port import Answer, Question, World, WorldError

_FILE_KINDS = ("file.read", "file.stat", "file.sha256")


class OverlayWorld(World):
    """Another world with planned files laid over it.

    Files are known by the path that their links lead to, so that a settings file which two editors share changes for
    both. The entries of folders are not changed: nobody looks for settings files by listing.
    """

    def __init__(self, world: World, planned: Mapping[str, bytes | None] | None = None) -> None:
        """`planned` holds the bytes of files by path; None means that the file is gone."""
        self._world = world
        self._lock = threading.Lock()
        self._heard: dict[str, Answer] = {}
        self._real_paths: dict[str, str] = {}
        self._planned: dict[str, bytes | None] = {}
        self._planned = {self.real_path(path): content for path, content in (planned or {}).items()}

    def over(self, planned: Mapping[str, bytes | None]) -> OverlayWorld:
        """The same world with other planned files; what was heard is shared."""
        other = OverlayWorld(self._world)
        other._lock, other._heard, other._real_paths = self._lock, self._heard, self._real_paths
        other._planned = {self.real_path(path): content for path, content in planned.items()}
        return other

    def real_path(self, path: str) -> str:
        """The path with its links followed, as far as the world below can tell."""
        known = self._real_paths.get(path)
        if known is None:
            known = self._real_paths[path] = self._followed(path)
        return known

    def _followed(self, path: str) -> str:
        try:
            found = self._below(Question("file.resolve", {"path": path}))
        except WorldError:
            return path
        above = self.paths.dirname(path)
        if found.get("problem") in ("missing", "broken") and above not in ("", path):
            # What is told is the first folder that is missing, and several planned files may lie below it.
            return self.join(self.real_path(above), self.paths.basename(path))
        real: str = found.get("path", path)
        return real

    def ask(self, question: Question) -> Answer:
        """The planned file's answer, else what the world below said or says."""
        if self._planned and question.kind in _FILE_KINDS:
            real = self.real_path(question.arguments["path"])
            if real in self._planned:
                return self._answer_planned(question, self._planned[real])
            if question.kind == "file.stat" and self._is_made_on_the_way(real):
                found = self._below(question)
                return found if found.get("error") != "missing" else {"kind": "folder", "mode": 0o755}
        return self._below(question)

    def _is_made_on_the_way(self, path: str) -> bool:
        """True for a folder above a planned file: it is made with the file where it is missing."""
        return any(
            content is not None and each.startswith((path + "/", path + "\\"))
            for each, content in self._planned.items()
        )

    def _below(self, question: Question) -> Answer:
        key = question.key
        with self._lock:
            heard = self._heard.get(key)
        if heard is None:
            heard = self._world.ask(question)
            with self._lock:
                self._heard[key] = heard
        return heard

    def _answer_planned(self, question: Question, content: bytes | None) -> Answer:
        if content is None:
            return {"error": "missing"}
        if question.kind == "file.sha256":
            import hashlib  # noqa: PLC0415 - seldom asked

            return {"hex": hashlib.sha256(content).hexdigest()}
        if question.kind == "file.read":
            return _part(content, **{k: v for k, v in question.arguments.items() if k != "path"})
        found = dict(self._below(question))
        if "error" in found:
            found = {"kind": "file", "mode": 0o644}
        return {**found, "size_bytes": len(content)}


def _part(content: bytes, limit_bytes: int, offset: int) -> dict[str, Any]:
    part = content[offset:] if offset >= 0 else content[max(0, len(content) + offset) :]
    part = part[:limit_bytes]
    try:
        return {"text": part.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(part).decode("ascii")}
