"""Traces of the language server protocol: which requests had no answer, and which took long.

Three spellings of the same thing, all from the editor's side (`Sending` is editor to gopls):
- gopls -rpc.trace (golang/tools gopls/internal/protocol/log.go), whose errors have their own form, without a method:
      [Trace - 18:27:13.202 PM] Sending request 'textDocument/hover - (2)'.
      [Error - Received] 19:15:38.785 PM #2 context canceled
- clients built on vscode-languageclient (microsoft/vscode-languageserver-node jsonrpc/src/common/connection.ts), with
  parameters printed over many lines, and `Sending response 'x - (2)'. Processing request took 4ms`;
- Neovim's log at level debug (neovim runtime/lua/vim/lsp/rpc.lua): `"rpc.send"` and a Lua table.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field, replace

from gopls_diag.model.log_reading import OpenRequest, RequestTrace

_HEAD_PATTERN = re.compile(
    r"^(?:\[Trace - ([^\]]{1,40})\] )?(Sending|Received) (request|response|notification) '([^' ]{1,200})"
    r"(?: - \(([^)]{1,100})\))?'\.?(?: in (\d{1,12})ms| Processing request took (\d{1,12})ms)?"
)
_FAILED_PATTERN = re.compile(r"^\[Error - (Sent|Received)\] ([\d:.]{1,20}(?: [AP]M)?) #(\S{1,100}) ")
_STRAY_PATTERN = re.compile(
    r"^(?:\[Trace - [^\]]{1,40}\] )?Received response \S{1,100} without active response promise"
)
_NEOVIM_PATTERN = re.compile(r'"rpc\.(send|receive)"\t')
_NEOVIM_STAMP_PATTERN = re.compile(r"^\[[A-Z]{4,5}\]\[([^\]]{1,40})\]")
_NEOVIM_ID_PATTERN = re.compile(r"^\{ {0,4}id = ([^,]{1,100}), ")
_NEOVIM_LATE_ID_PATTERN = re.compile(r'[ ,]id = ([^,{}]{1,100}), {1,4}jsonrpc = "2\.0",? ?\}?$')
_NEOVIM_METHOD_PATTERN = re.compile(r'jsonrpc = "2\.0", {1,4}method = "([^"]{1,200})"')
_NEOVIM_PARAMETERS = "params = "
_BODY_WORDS = (
    "Params: ",
    "Result: ",
    "Params:",
    "Result:",
    "No parameters provided.",
    "No result returned.",
    "Error data: ",
)
_BODY_FIRST_WORDS = ("Params: ", "Result: ")
_BODY_END_PATTERN = re.compile(r"\n[^ \t}\n]")
_BODY_BEGINNINGS = frozenset(' \t{}"')

_WORDS_LENGTH = 8192
"""Characters of a body in which the first words are looked for."""
_OPEN_LIMIT = 10_000
_TOLD_LIMIT = 50
_SLOWEST = 10
_PARAMETER_CHARACTERS = 200
_NEOVIM_HEAD = 400


@dataclass(slots=True)
class _Conversation:
    """What was asked and answered, in one spelling."""

    requests: int = 0
    answers: int = 0
    records: int = 0
    """Requests and answers of both directions."""
    open: dict[tuple[bool, str], OpenRequest] = field(default_factory=dict)
    """By direction (True: from the server) and id, oldest first."""
    lost: list[OpenRequest] = field(default_factory=list)
    """Those that a process took with it; another was started after it."""
    slowest: list[tuple[int, int, str]] = field(default_factory=list)

    def ask(self, key: tuple[bool, str], method: str, stamp: str, number: int) -> None:
        is_from_server, name = key
        self.records += 1
        if method == "initialize" and not is_from_server:
            # A new process: it counts its ids anew, and nobody will answer what the old one was asked.
            self.lost += [replace(each, ended_line=number) for each in self.open.values()]
            del self.lost[:-_TOLD_LIMIT]
            self.open.clear()
        if not is_from_server:
            self.requests += 1
        self.open[key] = OpenRequest(method, name, stamp, number, is_from_server=is_from_server)
        if len(self.open) > _OPEN_LIMIT:
            del self.open[next(iter(self.open))]

    def answer(self, key: tuple[bool, str], method: str, milliseconds: int | None) -> None:
        self.records += 1
        asked = self.open.get(key)
        if asked is not None and method in ("", asked.method):
            del self.open[key]
        elif method:
            # The end of the old process and the start of the new one overlap in an editor's log.
            self.lost = [
                each for each in self.lost if (each.is_from_server, each.id, each.method) != (key[0], key[1], method)
            ]
        if key[0]:
            return
        self.answers += 1
        method = method or (asked.method if asked else "")
        if milliseconds is not None and method:
            heapq.heappush(self.slowest, (milliseconds, -self.answers, method))
            if len(self.slowest) > _SLOWEST:
                heapq.heappop(self.slowest)

    def told(self) -> RequestTrace:
        unanswered = [*self.lost, *self.open.values()]
        # Of many, those that the last process took with it.
        unanswered = sorted(unanswered[-_TOLD_LIMIT:], key=lambda each: each.line)
        slowest = sorted(self.slowest, reverse=True)
        return RequestTrace(
            self.requests, self.answers, tuple(unanswered), tuple((method, time) for time, _, method in slowest)
        )


def body_end(text: str, at: int) -> int:
    """The place behind the lines of a body that stand at a place of a text; the same place if there are none.

    Only lines that are surely of a body: the first one by its word, the others by a blank, `}` or nothing at all.
    """
    begin = text.find("\n", at) if text.startswith(_BODY_FIRST_WORDS, at) else at - 1
    found = _BODY_END_PATTERN.search(text, begin)
    return found.start() + 1 if found else len(text)


@dataclass(slots=True)
class RpcTraceReader:
    """Takes the records of one stream. Bodies are passed over: of a request the first 200 characters are kept."""

    _trace: _Conversation = field(default_factory=_Conversation)
    _neovim: _Conversation = field(default_factory=_Conversation)
    _is_in_body: bool = False
    _wanted: tuple[bool, str] | None = None
    """The request whose parameters come now."""
    _words: str = ""

    def line(self, text: str, number: int, stamp: str = "") -> bool:
        """True if the line belongs to a trace; number is the line of the input, stamp the time of its carrier."""
        first = text[:1]
        if self._is_in_body and self._body(text, first):
            return True
        if first in {"S", "R"}:
            return self._head(text, number, stamp)
        if first == "[":
            if text.startswith("[Trace - "):
                return self._head(text, number, stamp)
            if text.startswith("[Error - "):
                return self._failed(text)
            if text[1:6] in ("DEBUG", "TRACE"):
                return self._lua(text, number, stamp)
        elif first in '."' or first.isalpha():
            return self._lua(text, number, stamp)
        return False

    def body(self, text: str) -> None:
        """Take many lines of the body that is open, each with its end, as `body_end` finds them."""
        if self._wanted is None:
            return
        words = self._words
        for line in text[:_WORDS_LENGTH].split("\n"):
            words += line[: _PARAMETER_CHARACTERS + 8].removeprefix("Params: ").strip() + " "
            if not line or len(words) > _PARAMETER_CHARACTERS:
                self._words = words
                self._keep_words()
                return
        self._words = words

    @property
    def is_in_body(self) -> bool:
        """True if the lines of a record's body come next."""
        return self._is_in_body

    def finish(self) -> RequestTrace | None:
        """None if there was no trace."""
        self._end_body()
        # An editor's log can hold both its own trace and that of gopls, of the same requests.
        told = max((self._trace, self._neovim), key=lambda each: each.records)
        return told.told() if told.records else None

    def _head(self, text: str, number: int, stamp: str) -> bool:
        found = _HEAD_PATTERN.match(text)
        if found is None:
            return _STRAY_PATTERN.match(text) is not None
        self._end_body()
        self._is_in_body = True
        time, way, what, method, name, taken, worked = found.groups()
        if name is None or what == "notification":
            return True
        is_from_server = (way == "Received") == (what == "request")
        key = (is_from_server, name)
        if what == "request":
            self._trace.ask(key, method, time or stamp, number)
            self._wanted = key
        else:
            milliseconds = taken or worked
            self._trace.answer(key, method, int(milliseconds) if milliseconds else None)
        return True

    def _failed(self, text: str) -> bool:
        found = _FAILED_PATTERN.match(text)
        if found is None:
            return False
        self._end_body()
        self._trace.answer((found[1] == "Sent", found[3]), "", None)
        # What the server answered is also a saying; others read it.
        return False

    def _body(self, text: str, first: str) -> bool:
        """Take a line of a body; False if it is none, and the body is over."""
        if first in _BODY_BEGINNINGS or text in ("", "]", "[") or text.startswith(_BODY_WORDS):
            if self._wanted is not None:
                self._words += text[: _PARAMETER_CHARACTERS + 8].removeprefix("Params: ").strip() + " "
                if not text or len(self._words) > _PARAMETER_CHARACTERS:
                    self._keep_words()
            return True
        self._end_body()
        return False

    def _end_body(self) -> None:
        self._keep_words()
        self._is_in_body = False

    def _keep_words(self) -> None:
        if self._wanted is not None:
            request = self._trace.open.get(self._wanted)
            if request is not None:
                words = self._words.strip()[:_PARAMETER_CHARACTERS]
                # Four times as fast as dataclasses.replace, and needed for each request of a trace.
                self._trace.open[self._wanted] = OpenRequest(
                    request.method, request.id, request.sent, request.line, words, is_from_server=request.is_from_server
                )
        self._wanted, self._words = None, ""

    def _lua(self, text: str, number: int, stamp: str) -> bool:
        found = _NEOVIM_PATTERN.search(text, 0, _NEOVIM_HEAD)
        if found is None:
            return False
        head = text[found.end() : found.end() + _NEOVIM_HEAD]
        name = _NEOVIM_ID_PATTERN.match(head)
        method = _NEOVIM_METHOD_PATTERN.search(head)
        if name is None and method is None:
            # `error = {…},  id = 5`: the keys are sorted.
            name = _NEOVIM_LATE_ID_PATTERN.search(text[-_NEOVIM_HEAD:].rstrip())
        if name is None:
            return True
        is_sent = found[1] == "send"
        if method is None:
            self._neovim.answer((is_sent, name[1].strip('"')), "", None)
            return True
        time = _NEOVIM_STAMP_PATTERN.match(text)
        key = (not is_sent, name[1].strip('"'))
        self._neovim.ask(key, method[1], time[1] if time else stamp, number)
        at = head.find(_NEOVIM_PARAMETERS, method.end())
        if at >= 0:
            words = " ".join(head[at + len(_NEOVIM_PARAMETERS) :].split())[:_PARAMETER_CHARACTERS]
            self._neovim.open[key] = replace(self._neovim.open[key], parameters=words)
        return True
