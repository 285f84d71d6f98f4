"""Posts measures to a collector of the user's, from a thread of its own. What it cannot deliver is dropped and counted.

The protocol is OTLP/HTTP in JSON. 429, 502, 503 and 504 are tried again, after what Retry-After says or with growing
pauses; every other refusal is final (OpenTelemetry protocol specification, OTLP/HTTP response).
"""

from __future__ import annotations

import contextlib
import json
import queue
import random
import ssl
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.recorded_session import Source

_WAITING = 8
"""Documents; of more the oldest goes. Counts run from the beginning, so the newest says the most."""
_SECONDS = 10.0
_TRIES = 5
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_WISH_SECONDS = 300.0
"""What Retry-After may ask for."""
_RETRIED = frozenset((429, 502, 503, 504))
_ANSWER_BYTES = 64 << 10
_FAILURES_BEFORE_REST = 5
_REST_SECONDS = 300.0
"""Pause after several documents in a row were lost, so that a collector that is gone costs nothing."""
_SOURCE = "otlp export"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST becomes a GET; the answer with its status is told instead."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Refused(Exception):
    """What the collector, or the network, said instead of taking it."""

    def __init__(self, words: str, *, is_final: bool, wish_seconds: float | None = None) -> None:
        super().__init__(words)
        self.is_final = is_final
        self.wish_seconds = wish_seconds


class OtlpSender:
    """`offer` never waits; one daemon thread does."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, *, ca_file: str | None = None) -> None:
        """`url`: where metrics are posted to; a name and password in it become a header."""
        parts = urlsplit(url)
        self._headers = {"Content-Type": "application/json", "User-Agent": "gopls-diag", **(headers or {})}
        if parts.username is not None:
            words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + b64encode(words.encode()).decode()
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        context = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        handlers = [urllib.request.HTTPSHandler(context=context)] if context else []
        self._opener = urllib.request.build_opener(_NoRedirect, *handlers)
        self._documents: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="otlp sender", daemon=True)
        self._state = Source(_SOURCE, "on")
        self._failures = 0
        self._rest_until = 0.0
        self.sent = 0
        self.dropped = 0

    def start(self) -> None:
        """Begins to post."""
        self._thread.start()

    @property
    def source(self) -> Source:
        """How it goes, for the list of sources."""
        return self._state

    def offer(self, document: JsonValue) -> None:
        """Takes a document; never waits, never raises."""
        body = json.dumps(document, separators=(",", ":")).encode()
        while True:
            try:
                self._documents.put_nowait(body)
                return
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._documents.get_nowait()
                    self.dropped += 1

    def close(self, seconds: float = 3.0) -> None:
        """Waits at most so long for what has been offered."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while not (self._ending.is_set() and self._documents.empty()):
            try:
                body = self._documents.get(timeout=0.2)
            except queue.Empty:
                continue
            if time.monotonic() < self._rest_until:
                self.dropped += 1
                continue
            try:
                self._deliver(body)
            except _Refused as refused:
                self._lose(str(refused))
            except Exception as error:
                self._lose(f"{type(error).__name__}: {error}")

    def _lose(self, words: str) -> None:
        self.dropped += 1
        self._failures += 1
        if self._failures >= _FAILURES_BEFORE_REST:
            self._rest_until = time.monotonic() + _REST_SECONDS
        self._state = Source(_SOURCE, "failed", words[:300])

    def _deliver(self, body: bytes) -> None:
        pause = _FIRST_PAUSE_SECONDS
        for left in reversed(range(_TRIES)):
            try:
                complaint = self._post(body)
            except _Refused as refused:
                if refused.is_final or not left or self._ending.is_set():
                    raise
                # A little chance keeps a thousand machines from coming back in the same moment.
                wait = refused.wish_seconds if refused.wish_seconds is not None else pause * random.uniform(0.5, 1.0)  # noqa: S311
                self._state = Source(_SOURCE, "failed", f"{refused}; trying again")
                self._ending.wait(min(wait, _LONGEST_WISH_SECONDS))
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                self.sent += 1
                self._failures = 0
                self._state = Source(_SOURCE, "on", complaint)
                return

    def _post(self, body: bytes) -> str:
        """What the collector had to say though it took it; empty as a rule."""
        request = urllib.request.Request(self._url, data=body, headers=self._headers, method="POST")  # noqa: S310 - http or https
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return _complaint(answer.read(_ANSWER_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                wish = _retry_after(error.headers.get("Retry-After"))
                words = f"the collector answered {error.code}"
            raise _Refused(words, is_final=error.code not in _RETRIED, wish_seconds=wish) from None
        except urllib.error.URLError as error:
            reason = error.reason
            is_final = isinstance(reason, ssl.SSLCertVerificationError)
            raise _Refused(f"the collector could not be reached: {reason}", is_final=is_final) from None
        except (OSError, ValueError) as error:
            raise _Refused(f"the collector could not be reached: {error}", is_final=False) from None


def _complaint(answer: bytes) -> str:
    """Of a partial success."""
    try:
        partial = json.loads(answer)["partialSuccess"]
        rejected, words = int(partial.get("rejectedDataPoints", 0)), str(partial.get("errorMessage", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    if not rejected and not words:
        return ""
    plain = "".join(each if each.isprintable() else " " for each in words[:200])
    return f"the collector rejected {rejected} points: {plain}" if rejected else f"the collector warns: {plain}"


def _retry_after(text: str | None) -> float | None:
    """Seconds, from a number or a date."""
    if text is None:
        return None
    word = text.strip()
    if word.isascii() and word.isdecimal() and len(word) < 10:
        return float(word)
    try:
        return max(0.0, parsedate_to_datetime(word).timestamp() - time.time())
    except (ValueError, OverflowError, TypeError):
        return None
