"""Holds one conversation with a language server as an editor would, and brings back all that it said.

The server is started as VS Code starts it (as seen with VS Code 1.139.1): its path and flags, the folder as working
folder, three pipes. It gets a process group of its own, a memory limit and a time limit, and nothing of it is left
afterwards. No browser is opened, no edit applied, no question answered with yes, no running gopls spoken to.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from gopls_diag.model.saying import Channel
from gopls_diag.model.session import MORE_TO_COME, SessionScript, SessionStep, SessionTranscript
from gopls_diag.parse.probe_places import probe_places
from gopls_diag.world.lsp_arguments import observing_arguments
from gopls_diag.world.lsp_capabilities import initialize_parameters
from gopls_diag.world.lsp_frames import FrameReader, NotLsp, encode_frame
from gopls_diag.world.lsp_heard import HeardWords
from gopls_diag.world.lsp_watch import MARK_NAME, Watch, own_group
from gopls_diag.world.lsp_words import (
    ending,
    file_uri,
    first_line,
    judge_answer,
    not_started,
    server_name,
    start_error,
    words_of_load,
)

_OPEN_FILE_LIMIT_BYTES = 2 * 1024 * 1024
_SETTLE_QUIET_SECONDS = 2.0
"""gopls begins to diagnose the workspace a second after the last change (its setting diagnosticsDelay)."""
_SHUTDOWN_LIMIT_SECONDS = 5.0
"""gopls finishes running work first, for a minute on a large workspace; editors kill it after two to ten seconds."""
_LAST_WORDS_SECONDS = 1.0


class _Broken(Exception):
    """The conversation cannot go on; the message says why."""


def run_session(script: SessionScript, base_environment: Mapping[str, str]) -> SessionTranscript:
    """Start the server, speak as the script says, end it, and tell all that was heard.

    Never raises for what the server does. Costs at most the script's time limit and about ten seconds.

    Args:
        script: what to start and what to ask.
        base_environment: the environment that the script's changes are made to.
    """
    # An editor's PWD names some other folder, and Go trusts PWD where it names the same folder in another spelling.
    environment = {name: value for name, value in base_environment.items() if name != "PWD"}
    for name, value in script.environment.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    environment[MARK_NAME] = uuid.uuid4().hex
    cache = tempfile.mkdtemp(prefix="gopls-diag-cache-") if script.cold else None
    try:
        if cache:
            environment["GOPLSCACHE"] = cache
        return asyncio.run(_Session(script, environment).run())
    finally:
        if cache:
            shutil.rmtree(cache, ignore_errors=True)


class _Session(asyncio.SubprocessProtocol):
    """One conversation."""

    def __init__(self, script: SessionScript, environment: Mapping[str, str]) -> None:
        self._script = script
        self._environment = environment
        self._settings = {name: value for name, value in script.settings.items() if name != "telemetryPrompt"}
        self._command, self._notes = observing_arguments(script.command, script.folder)
        if len(self._settings) < len(script.settings):
            self._notes.append('"telemetryPrompt" was left out: the probe cannot answer for you')
        self._folder_uri = file_uri(script.folder)
        self._frames = FrameReader()
        self._steps: list[SessionStep] = []
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._asked: dict[int, str] = {}
        self._ended_by_us: str | None = None
        self._last_heard_at = time.monotonic()
        self._is_stdout_open = True
        self._is_leaving = False

    async def run(self) -> SessionTranscript:
        loop = asyncio.get_running_loop()
        self._heard = HeardWords(self._folder_uri)
        self._broken: asyncio.Future[None] = loop.create_future()
        self._exited: asyncio.Future[None] = loop.create_future()
        began = time.monotonic()
        try:
            transport, _ = await loop.subprocess_exec(
                lambda: self,
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._script.folder,
                env=self._environment,
                **own_group(),
            )
        except (OSError, ValueError) as problem:
            return not_started(start_error(problem, self._script.folder), self._notes)
        self._transport = transport
        mark, limit_bytes = self._environment[MARK_NAME], self._script.memory_limit_bytes
        self._watch = Watch(transport.get_pid(), mark, limit_bytes, self._over_memory(loop))
        self._steps.append(SessionStep("start", round(time.monotonic() - began, 3), None, "started"))
        try:
            await self._within_limits()
        finally:
            await self._end()
        return self._transcript()

    def _over_memory(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def tell() -> None:
            self._ended_by_us = "memory"
            limit = self._script.memory_limit_bytes // 1024**2
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._break, f"ended by gopls-diag at its memory limit of {limit} MiB")

        return tell

    async def _within_limits(self) -> None:
        try:
            async with asyncio.timeout(self._script.limit_seconds):
                await self._converse()
        except TimeoutError:
            self._ended_by_us = self._ended_by_us or "time"
        except _Broken:
            pass

    # what is said

    async def _converse(self) -> None:
        async with self._step("initialize") as step:
            parameters = initialize_parameters(self._script, self._folder_uri, os.getpid())
            step.result = server_name(await self._request("initialize", parameters))
        self._notify("initialized", {})
        opened = self._open()
        async with self._step("load") as step:
            step.is_ok, words = await self._unless_broken(self._heard.loaded)
            step.result = words_of_load(words)
        if opened:
            await self._ask_places(*opened)
        await self._work_done(opened[0] if opened else None)
        # The command waits for work that was under way unseen; what that leaves behind is collected by another.
        for _ in range(2 if self._script.collects else 0):
            async with self._step("collection") as step:
                await self._answer(step, "workspace/executeCommand", {"command": "gopls.mem_stats", "arguments": []})
            await self._work_done(opened[0] if opened else None)
        async with self._step("shutdown") as step:
            step.result = "left" if await self._leave() else "still at work, so it was ended as editors do"

    async def _work_done(self, uri: str | None) -> None:
        async with self._step("diagnostics") as step:
            is_idle = await self._settle(uri)
            count = len(self._heard.diagnosed)
            step.result = f"for {count} file{'' if count == 1 else 's'}{'' if is_idle else MORE_TO_COME}"

    async def _ask_places(self, uri: str, text: str) -> None:
        places = probe_places(text)
        for name, place in (("hover", places.hover), ("completion", places.completion)):
            async with self._step(name) as step:
                asked = {"textDocument": {"uri": uri}, "position": {"line": place.line, "character": place.character}}
                answer = await self._answer(step, f"textDocument/{name}", asked)
                if step.is_ok:
                    step.is_ok, step.result = judge_answer(name, answer, place.word)

    async def _answer(self, step: _Step, method: str, asked: Any) -> Any:
        try:
            return await self._request(method, asked)
        except _Refused as refusal:
            step.is_ok, step.result = False, first_line(str(refusal))
            return None

    def _open(self) -> tuple[str, str] | None:
        """Open the file as an editor would; (its URI, its text), or None when there is none that can be opened."""
        path = self._script.open_file
        if path is None:
            return None
        try:
            with Path(path).open("rb") as file:
                content = file.read(_OPEN_FILE_LIMIT_BYTES + 1)
        except OSError as problem:
            self._notes.append(f"{path} could not be opened: {problem.strerror}")
            return None
        if len(content) > _OPEN_FILE_LIMIT_BYTES:
            self._notes.append(f"{path} is too large to be opened")
            return None
        uri, text = file_uri(path), content.decode("utf-8", "replace")
        document = {"uri": uri, "languageId": "go", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return uri, text

    async def _settle(self, uri: str | None) -> bool:
        """Wait until the file's diagnostics have come and no more will; False if the server is then still at work."""
        began = time.monotonic()
        while time.monotonic() - began < self._script.settle_limit_seconds:
            quiet = time.monotonic() - max(began, self._last_heard_at)
            if self._watch.is_idle and quiet >= _SETTLE_QUIET_SECONDS and (not uri or uri in self._heard.diagnosed):
                return True
            await self._unless_broken(asyncio.sleep(0.05))
        return self._watch.is_idle

    async def _leave(self) -> bool:
        """Shutdown and exit, with an editor's patience; False if that was not enough."""
        try:
            async with asyncio.timeout(_SHUTDOWN_LIMIT_SECONDS):
                await self._request("shutdown", None)
                self._is_leaving = True
                self._notify("exit", None)
                await asyncio.shield(self._exited)
        except TimeoutError:
            self._ended_by_us = self._ended_by_us or "shutdown"
            return False
        return True

    @contextlib.asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[_Step]:
        step, began = _Step(), time.monotonic()
        try:
            yield step
        except _Broken as reason:
            step.is_ok, step.result = False, str(reason)
            raise
        except _Refused as refusal:
            step.is_ok, step.result = False, first_line(str(refusal))
            raise _Broken(step.result) from None
        except asyncio.CancelledError:
            step.is_ok, step.result = False, f"no answer within {self._script.limit_seconds:g} s"
            raise
        finally:
            elapsed = round(time.monotonic() - began, 3)
            self._steps.append(SessionStep(name, elapsed, self._watch.resident_bytes, step.result, step.is_ok))

    async def _request(self, method: str, parameters: Any) -> Any:
        number = len(self._asked) + 1
        self._asked[number] = method
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": parameters})
        return await self._unless_broken(answer)

    async def _unless_broken(self, awaited: Any) -> Any:
        task = asyncio.ensure_future(awaited)
        await asyncio.wait({task, self._broken}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        self._broken.result()
        raise AssertionError("a broken conversation has a reason")

    def _notify(self, method: str, parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        # JSON-RPC allows no null for parameters that are absent, and gopls's exit takes none.
        if message.get("params", 0) is None:
            del message["params"]
        pipe: Any = self._transport.get_pipe_transport(0)
        if pipe is not None and not pipe.is_closing():
            pipe.write(encode_frame({"jsonrpc": "2.0", **message}))

    # what is heard

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._heard.stderr(data)
            return
        if self._broken.done():
            return
        try:
            for message in self._frames.feed(data):
                self._hear(message)
        except NotLsp as other:
            self._break(f"it does not speak LSP on standard output, but wrote: {first_line(str(other))}")

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._is_stdout_open = False
            # Its end, which tells more, comes at the same time if it comes at all.
            asyncio.get_running_loop().call_later(_LAST_WORDS_SECONDS, self._break, "it closed its standard output")

    def process_exited(self) -> None:
        if not self._exited.done():
            self._exited.set_result(None)
        code = self._transport.get_returncode()
        words = f"it ended: {ending(code)}" if code is not None else "it ended"
        if self._is_stdout_open:
            # What it said last may still be on its way.
            asyncio.get_running_loop().call_later(_LAST_WORDS_SECONDS, self._break, words)
        else:
            self._break(words)

    def _break(self, reason: str) -> None:
        if not self._broken.done() and not self._is_leaving:
            self._broken.set_exception(_Broken(reason))

    def _hear(self, message: dict[str, Any]) -> None:
        self._last_heard_at = time.monotonic()
        method, number = message.get("method"), message.get("id")
        parameters = given if isinstance(given := message.get("params"), Mapping) else {}
        if not isinstance(method, str):
            self._hear_answer(message)
        elif number is None:
            self._heard.notification(method, parameters)
        else:
            if method == "window/showMessageRequest":
                self._heard.notification("window/showMessage", parameters)
            self._send({"id": number, **self._reply(method, parameters)})

    def _hear_answer(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        answer = self._waiting.pop(number, None) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        error = message.get("error")
        if error is None:
            answer.set_result(message.get("result"))
            return
        words = str(error.get("message", error)) if isinstance(error, Mapping) else str(error)
        self._heard.say(Channel.REPLY, f"{self._asked[message['id']]}: {words}")
        answer.set_exception(_Refused(words))

    def _reply(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request of the server; nothing is done that it asks for."""
        match method:
            case "workspace/configuration":
                items = parameters.get("items", ())
                return {"result": [self._settings if each.get("section") == "gopls" else None for each in items]}
            case "workspace/workspaceFolders":
                return {"result": [{"uri": self._folder_uri, "name": self._folder_uri.rpartition("/")[2]}]}
            case "workspace/applyEdit":
                return {"result": {"applied": False, "failureReason": "the probe changes nothing"}}
            case "window/showDocument":
                return {"result": {"success": False}}
            case "client/registerCapability" | "client/unregisterCapability" | "window/workDoneProgress/create":
                return {"result": None}
            case _ if method == "window/showMessageRequest" or method.endswith("/refresh"):
                return {"result": None}
            case _:
                return {"error": {"code": -32601, "message": f"{method} is not supported"}}  # JSON-RPC: no such method

    # how it ends

    async def _end(self) -> None:
        """Leave no process, then take in what it said last."""
        self._is_leaving = True
        for each in (self._broken, self._heard.loaded):
            if each.done() and not each.cancelled():
                each.exception()
        if not self._exited.done():
            self._ended_by_us = self._ended_by_us or "broken"
        await asyncio.to_thread(self._watch.end)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await asyncio.shield(self._exited)
                while self._is_stdout_open:
                    await asyncio.sleep(0.01)
        self._transport.close()

    def _transcript(self) -> SessionTranscript:
        code = None if self._ended_by_us else self._transport.get_returncode()
        if code is not None:
            self._heard.say(Channel.EXIT, ending(code))
        return SessionTranscript(
            steps=tuple(self._steps),
            utterances=self._heard.utterances(),
            exit_code=code if code is not None and code >= 0 else None,
            signal=-code if code is not None and code < 0 else None,
            peak_resident_bytes=self._watch.peak_bytes,
            cpu_seconds=self._watch.cpu_seconds,
            ended_by_us=self._ended_by_us,
            notes=(*self._notes, *self._heard.notes()),
        )


class _Step:
    """One step on its way."""

    result = ""
    is_ok = True


class _Refused(Exception):
    """The server answered a request with an error; the message is its."""
