"""Keeps what a server says during a session, in order and within bounds, and sees when the workspace is loaded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from gopls_diag.model.saying import Channel
from gopls_diag.model.session import SessionUtterance

_UTTERANCE_LIMIT = 4000
_TEXT_LIMIT = 32 * 1024
_STDERR_HEAD_BYTES = 1024 * 1024
_STDERR_TAIL_BYTES = 256 * 1024
"""Of a long standard error the beginning and the end are kept: bad flags stand first, crashes last."""
_LOADING_TITLE = "Setting up workspace"
"""Title of the progress under which gopls loads a folder (golang/tools gopls/internal/server/general.go)."""
_LOAD_FAILED_PATTERN = re.compile(r"initial workspace load failed: ([^\n]+)")
_PACKAGES_PATTERN = re.compile(r"go/packages\.Load #1\n(?:\t[^\n]*\n)*\tpackages=([0-9]+)")
_SHOWN_FAILURE = "Error loading workspace folders"


class HeardWords:
    """What was heard so far."""

    def __init__(self, folder_uri: str) -> None:
        """Begin to listen.

        Args:
            folder_uri: URI of the folder; diagnostics name files relative to it.
        """
        self._said: list[tuple[Channel, str | bytearray]] = []
        self._dropped = 0
        self._seen_diagnostics: set[str] = set()
        self._last_stderr: bytearray | None = None
        self._stderr_bytes = 0
        self._stderr_tail = bytearray()
        self._folder_prefix = folder_uri.rstrip("/") + "/"
        self._titles: dict[str, str] = {}
        self._load_problem: str | None = None
        self._packages: str | None = None
        self.loaded: asyncio.Future[tuple[bool, str]] = asyncio.get_running_loop().create_future()
        """Done when the workspace is loaded or could not be: (is it, words for people)."""
        self.diagnosed: set[str] = set()
        """URIs of the files for which diagnostics came, empty ones too."""

    def say(self, channel: Channel, text: str) -> None:
        """Keep one utterance."""
        if len(self._said) >= _UTTERANCE_LIMIT:
            self._dropped += 1
            return
        text = text.rstrip("\n")
        if len(text) > _TEXT_LIMIT:
            text = text[:_TEXT_LIMIT] + "…"
        self._said.append((channel, text))

    def stderr(self, piece: bytes) -> None:
        """Keep a piece of standard error; a line that other words interrupt stays one line."""
        room = _STDERR_HEAD_BYTES - self._stderr_bytes
        self._stderr_bytes += len(piece)
        if room < len(piece):
            self._stderr_tail += piece[max(0, room) :]
            if len(self._stderr_tail) > 2 * _STDERR_TAIL_BYTES:
                del self._stderr_tail[:-_STDERR_TAIL_BYTES]
            piece = piece[: max(0, room)]
        if not piece:
            return
        last = self._last_stderr
        is_last = bool(self._said) and self._said[-1][1] is last
        if last is None or (last.endswith(b"\n") and not is_last):
            self._last_stderr = last = bytearray()
            self._said.append((Channel.STDERR, last))
        last += piece

    def notification(self, method: str, parameters: Mapping[str, Any]) -> None:
        """Keep what a notification says."""
        match method:
            case "window/showMessage":
                self._shown(str(parameters.get("message", "")))
            case "window/logMessage":
                self._logged(str(parameters.get("message", "")))
            case "$/progress":
                self._progress(str(parameters.get("token", "")), parameters.get("value"))
            case "textDocument/publishDiagnostics":
                self._diagnostics(str(parameters.get("uri", "")), parameters.get("diagnostics"))
            case _:
                pass

    def _shown(self, text: str) -> None:
        self.say(Channel.SHOW, text)
        if text.startswith(_SHOWN_FAILURE):
            self._end_loading(False, text)

    def _logged(self, text: str) -> None:
        self.say(Channel.LOG, text)
        if found := _LOAD_FAILED_PATTERN.search(text):
            self._load_problem = found[0]
        elif found := _PACKAGES_PATTERN.search(text):
            self._packages = found[1]

    def _progress(self, token: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            return
        title, message = str(value.get("title", "")), str(value.get("message", ""))
        if value.get("kind") == "begin":
            self._titles[token] = title
            self.say(Channel.PROGRESS, f"{title}: {message}" if message else title)
            return
        if message:
            self.say(Channel.PROGRESS, message)
        if value.get("kind") == "end" and self._titles.get(token) == _LOADING_TITLE:
            self._end_loading(message.startswith("Finished"), message)

    def _end_loading(self, is_ok: bool, words: str) -> None:
        if self.loaded.done():
            return
        if self._load_problem:
            is_ok, words = False, self._load_problem
        elif is_ok and self._packages:
            words = f"{self._packages} packages"
        self.loaded.set_result((is_ok, words))

    def _diagnostics(self, uri: str, diagnostics: Any) -> None:
        self.diagnosed.add(uri)
        for each in diagnostics if isinstance(diagnostics, list) else ():
            start = each.get("range", {}).get("start", {})
            place = (
                f"{uri.removeprefix(self._folder_prefix)}:{start.get('line', 0) + 1}:{start.get('character', 0) + 1}"
            )
            text = f"{place}: {each.get('source', '')}: {each.get('message', '')}"
            if text not in self._seen_diagnostics:
                self._seen_diagnostics.add(text)
                self.say(Channel.DIAGNOSTIC, text)

    def utterances(self) -> tuple[SessionUtterance, ...]:
        """All that was kept, in order."""
        said = [(c, t if isinstance(t, str) else t.decode("utf-8", "replace").rstrip("\n")) for c, t in self._said]
        if self._stderr_tail:
            said.append((Channel.STDERR, self._stderr_tail[-_STDERR_TAIL_BYTES:].decode("utf-8", "replace")))
        return tuple(SessionUtterance(channel.value, text) for channel, text in said if text)

    def notes(self) -> list[str]:
        """Sentences on what was not kept."""
        notes = []
        if self._dropped:
            notes.append(f"{self._dropped} more messages of the server were not kept")
        lost = self._stderr_bytes - _STDERR_HEAD_BYTES - _STDERR_TAIL_BYTES
        if lost > 0:
            notes.append(f"{lost} bytes from the middle of standard error were not kept")
        return notes
