"""The door: questions and answers as values, and the typed methods that every world has.

A question is a kind and named arguments, an answer is a JSON value. `live.py` answers by asking the system,
`recorded.py` by looking up, `recorder.py` by passing on and writing down, `sketch.py` from a page written by hand. So
whatever facts can learn can be recorded, and nothing needs to be added to three places when a new question is born:
only its method here and its answer in `live.py`.
"""

from __future__ import annotations

import base64
import json
import ntpath
import posixpath
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from gopls_diag.model.outcome import CannotTell
from gopls_diag.model.session import SessionScript, SessionTranscript
from gopls_diag.model.system import (
    CommandResult,
    FileKind,
    FileStat,
    FolderEntry,
    Machine,
    Process,
    ProcessDetails,
    ResolvedPath,
    SuffixUsage,
    TreeUsage,
    Volume,
)

READ_LIMIT_BYTES = 16 * 1024 * 1024
COMMAND_LIMIT_SECONDS = 30.0
COMMAND_OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024

Answer = dict[str, Any]


class WorldError(CannotTell):
    """The world had no answer; the message says which question and why. A fact that lets it pass becomes unknown."""


class FileMissing(WorldError):
    """There is nothing at that path."""


class FileDenied(WorldError):
    """The system does not let this user read it."""


class NotRecorded(WorldError):
    """A recorded world was asked something that was not asked when it was recorded."""


@dataclass(frozen=True, slots=True)
class Question:
    """A kind and JSON-able arguments."""

    kind: str
    arguments: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The same question always has the same key."""
        return self.kind + " " + json.dumps(self.arguments, sort_keys=True, ensure_ascii=True)


class World(ABC):
    """What can be asked. Every method may raise a WorldError."""

    @abstractmethod
    def ask(self, question: Question) -> Answer:
        """Answer one question. A refusal is an answer too: `{"error": "missing" | "denied" | words}`."""

    def _answer(self, kind: str, **arguments: Any) -> Answer:
        answer = self.ask(Question(kind, arguments))
        error = answer.get("error")
        if error is None:
            return answer
        subject = str(arguments.get("path", arguments.get("pid", kind)))
        if error == "missing":
            raise FileMissing(f"{subject} does not exist")
        if error == "denied":
            raise FileDenied(f"{subject} may not be read by this user")
        raise WorldError(f"{subject}: {error}")

    # the machine

    @cached_property
    def machine(self) -> Machine:
        """The machine and the user."""
        return Machine(**self._answer("machine"))

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The environment of the asking shell; names are upper-cased on Windows, which ignores their case."""
        variables: dict[str, str] = self._answer("environment")["variables"]
        if self.machine.os == "windows":
            return {name.upper(): value for name, value in variables.items()}
        return variables

    @property
    def now(self) -> datetime:
        """The time at which the question was asked, UTC."""
        return datetime.fromtimestamp(self._answer("clock")["seconds"], UTC)

    @cached_property
    def paths(self) -> Any:
        """The path rules of the world's system: `posixpath` or `ntpath`, both pure."""
        return ntpath if self.machine.os == "windows" else posixpath

    @cached_property
    def home(self) -> str:
        """The home folder as programs find it: HOME (USERPROFILE on Windows), else the user table's; "" if none."""
        name = "USERPROFILE" if self.machine.os == "windows" else "HOME"
        return self.environment.get(name) or self.machine.home

    def join(self, *parts: str) -> str:
        """The parts as one path, by the rules of the world's system."""
        joined: str = self.paths.join(*parts)
        return joined

    # files

    def read_bytes(self, path: str, *, limit_bytes: int = READ_LIMIT_BYTES, offset: int = 0) -> bytes:
        """At most limit_bytes of a file, from offset (from the end when negative)."""
        answer = self._answer("file.read", path=path, limit_bytes=limit_bytes, offset=offset)
        if "text" in answer:
            text: str = answer["text"]
            return text.encode("utf-8", "surrogateescape")
        return base64.b64decode(answer["base64"])

    def read_text(self, path: str, *, limit_bytes: int = READ_LIMIT_BYTES, offset: int = 0) -> str:
        """The same as text; bytes that are not UTF-8 become U+FFFD, a byte order mark stays."""
        return self.read_bytes(path, limit_bytes=limit_bytes, offset=offset).decode("utf-8", "replace")

    def stat(self, path: str) -> FileStat | None:
        """What the path leads to, or None when there is nothing (also behind a broken link)."""
        return self._stat(path, follow=True)

    def stat_link(self, path: str) -> FileStat | None:
        """What stands at the path itself, a link being a link."""
        return self._stat(path, follow=False)

    def _stat(self, path: str, *, follow: bool) -> FileStat | None:
        try:
            answer = self._answer("file.stat", path=path, follow=follow)
        except FileMissing:
            return None
        return FileStat(**{**answer, "kind": FileKind(answer["kind"])})

    def is_file(self, path: str) -> bool:
        """True if a regular file is there and may be seen."""
        return self._kind(path) is FileKind.FILE

    def is_folder(self, path: str) -> bool:
        """True if a folder is there and may be seen."""
        return self._kind(path) is FileKind.FOLDER

    def _kind(self, path: str) -> FileKind | None:
        try:
            found = self.stat(path)
        except FileDenied:
            return None
        return found.kind if found else None

    def list(self, path: str) -> tuple[FolderEntry, ...]:
        """The entries of a folder, by name, in the spelling on the disk."""
        entries = self._answer("file.list", path=path)["entries"]
        return tuple(FolderEntry(name, FileKind(kind)) for name, kind in entries)

    def resolve(self, path: str) -> ResolvedPath:
        """The path with every link followed, and what went wrong on the way."""
        answer = self._answer("file.resolve", path=path)
        return ResolvedPath(answer["path"], tuple((a, b) for a, b in answer.get("links", ())), answer.get("problem"))

    def sha256(self, path: str) -> str:
        """The SHA-256 of a file, in hex."""
        digest: str = self._answer("file.sha256", path=path)["hex"]
        return digest

    def volume(self, path: str) -> Volume:
        """The file system that the path (or its nearest existing ancestor) is on."""
        return Volume(**self._answer("file.volume", path=path))

    def tree(
        self,
        path: str,
        *,
        skip: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        find: tuple[str, ...] = (),
        weigh: str = "",
        limit_files: int = 1_000_000,
        limit_seconds: float = 10.0,
    ) -> TreeUsage:
        """Count what lies below a folder.

        Args:
            path: the folder.
            skip: names of folders that are not entered (`.git`).
            names: names of folders whose files are counted apart, in `named`; nothing in them is found or weighed.
            find: names of files whose paths are wanted, in `found` (`go.mod`).
            weigh: a suffix (`.go`) whose files are weighed apart, in `weighed`.
            limit_files: the walk stops there and says so.
            limit_seconds: the walk stops there and says so.
        """
        answer = self._answer(
            "file.tree",
            path=path,
            skip=list(skip),
            names=list(names),
            limit_files=limit_files,
            limit_seconds=limit_seconds,
            # Only where asked for, so that older recordings still answer the plain question.
            **({"find": list(find), "weigh": weigh} if find or weigh else {}),
        )
        answer = dict(answer)
        answer["found"] = tuple(answer.get("found", ()))
        answer["weighed"] = _suffix_usage(answer.get("weighed", {}))
        answer["largest"] = tuple((name, size) for name, size in answer.get("largest", ()))
        answer["symlinked_folders"] = tuple(answer.get("symlinked_folders", ()))
        return TreeUsage(**answer)

    def find_program(self, name: str, *, search: str | None = None) -> tuple[str, ...]:
        """Every executable of that name on a search path (PATH when None), in its order.

        Windows also tries the suffixes of PATHEXT. Empty and relative entries are passed over, as Go passes them over.
        """
        windows = self.machine.os == "windows"
        text = self.environment.get("PATH", "") if search is None else search
        suffixes = [""]
        if windows and not name.lower().endswith((".exe", ".bat", ".cmd", ".com")):
            suffixes = self.environment.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").lower().split(";")
        found: list[str] = []
        for folder in text.split(";" if windows else ":"):
            if not folder or not self.paths.isabs(folder):
                continue
            for suffix in suffixes:
                path = self.join(folder, name + suffix)
                try:
                    seen = self.stat(path)
                except WorldError:
                    continue
                if seen and seen.kind is FileKind.FILE and (windows or seen.is_executable) and path not in found:
                    found.append(path)
        return tuple(found)

    # commands

    def run(
        self,
        command: tuple[str, ...],
        *,
        folder: str | None = None,
        environment: Mapping[str, str | None] | None = None,
        limit_seconds: float = COMMAND_LIMIT_SECONDS,
        standard_input: str = "",
        private_folders: tuple[str, ...] = (),
    ) -> CommandResult:
        """Run a command to its end or its limit, with nothing shown and no terminal; it and its children are then gone.

        Args:
            command: program and arguments; the program as a path or to be found on PATH.
            folder: where to run it.
            environment: changes on top of the shell's environment; None takes a name away.
            limit_seconds: after it the whole process group is killed.
            standard_input: text to give it; empty closes it.
            private_folders: names of variables (`GOCACHE`) that get an empty folder of their own, removed afterwards,
                so that what the command writes unasked does not reach the user's.
        """
        answer = self._answer(
            "command",
            command=list(command),
            folder=folder,
            environment=dict(environment or {}),
            limit_seconds=limit_seconds,
            standard_input=standard_input,
            **({"private_folders": list(private_folders)} if private_folders else {}),
        )
        return CommandResult(command=tuple(command), **{k: v for k, v in answer.items() if k != "command"})

    def run_side_by_side(
        self, *commands: tuple[str, ...], limit_seconds: float, private_folders: tuple[str, ...] = ()
    ) -> tuple[CommandResult, ...]:
        """Several commands at once, each as `run` runs it; the results in the order of the commands."""

        results: dict[int, CommandResult | WorldError] = {}

        def one(at: int) -> None:
            try:
                results[at] = self.run(commands[at], limit_seconds=limit_seconds, private_folders=private_folders)
            except WorldError as refusal:
                results[at] = refusal

        threads = [threading.Thread(target=one, args=(at,), daemon=True) for at in range(len(commands))]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        answers = [results[at] for at in range(len(commands))]
        for refused in answers:
            if isinstance(refused, WorldError):
                raise refused
        return tuple(each for each in answers if isinstance(each, CommandResult))

    def session(self, script: SessionScript) -> SessionTranscript:
        """Start a language server, speak LSP with it as the script says, and bring back all that it said."""
        return SessionTranscript.from_json(self._answer("session", script=script.to_json())["transcript"])

    # processes

    def processes(self) -> tuple[Process, ...]:
        """The process table, read once: all who ask see the same moment."""
        with self._table_lock:
            return self._table

    @cached_property
    def _table_lock(self) -> threading.Lock:
        return threading.Lock()

    @cached_property
    def _table(self) -> tuple[Process, ...]:
        rows = self._answer("processes")["processes"]
        return tuple(Process(**{**row, "command": tuple(row.get("command", ()))}) for row in rows)

    def process(self, pid: int) -> ProcessDetails:
        """What may be read of one process; FileMissing when it has ended."""
        answer = dict(self._answer("process", pid=pid))
        limits = answer.get("limits")
        if limits is not None:
            answer["limits"] = {name: (soft, hard) for name, (soft, hard) in limits.items()}
        return ProcessDetails(**answer)


def _suffix_usage(answer: Mapping[str, Any]) -> SuffixUsage:
    lists = {name: tuple(tuple(each) for each in answer.get(name, ())) for name in ("largest_files", "largest_folders")}
    names = tuple(answer.get("folder_names", ()))
    return SuffixUsage(**{**answer, **lists, "folder_names": names})
