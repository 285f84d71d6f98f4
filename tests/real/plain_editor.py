"""A client that speaks as much LSP as a test needs, with every stream of gopls in its hands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 90.0
MAIN = """\
package main

import (
	"fmt"
	"strings"
)

// Greet greets.
func Greet(name string) string { return "hi " + strings.ToUpper(name) }

func main() {
	fmt.Println(Greet("x"))
}
"""
GREET = {"line": 11, "character": 14}


def module(folder: Path) -> Path:
    """A module of one file, in which hover and completion have answers."""
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/greet\n\ngo 1.21\n")
    (folder / "main.go").write_text(MAIN)
    return folder


class PlainEditor:
    """Starts a server and talks with it; answers what it asks."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], stderr: Path) -> None:
        self.folder = folder
        self.file = folder / "main.go"
        with stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self._stderr = stderr
        self._asked = 0
        self._answers: dict[int, Any] = {}
        self._came = threading.Condition()
        self._writing = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def begin(self) -> None:
        uri = self.folder.as_uri()
        folders = [{"uri": uri, "name": "greet"}]
        self.call(
            "initialize", processId=os.getpid(), rootUri=uri, workspaceFolders=folders,
            capabilities={"workspace": {"configuration": True}},
        )  # fmt: skip
        self.tell("initialized")
        document = {"uri": self.file.as_uri(), "languageId": "go", "version": 1, "text": self.file.read_text()}
        self.tell("textDocument/didOpen", textDocument=document)

    def hover(self) -> Any:
        return self.call("textDocument/hover", textDocument={"uri": self.file.as_uri()}, position=GREET)

    def ask(self, method: str, **parameters: Any) -> int:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": parameters or None})
        return self._asked

    def answer(self, number: int) -> Any:
        with self._came:
            assert self._came.wait_for(lambda: number in self._answers, PATIENCE), f"no answer to {number}"
            return self._answers[number]

    def call(self, method: str, **parameters: Any) -> Any:
        return self.answer(self.ask(method, **parameters))

    def tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def end(self) -> int:
        self.call("shutdown")
        self.tell("exit")
        return self.close()

    def close(self) -> int:
        """After an end that somebody else brought about, or to bring it about: its standard input ends."""
        assert self.process.stdin
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    @property
    def stderr(self) -> str:
        return self._stderr.read_text(errors="replace")

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        with self._writing:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line:
                return
            body = stream.read(length)
            if len(body) < length:  # gopls was killed while it wrote
                return
            message = json.loads(body)
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items", [])
                result: Any = [{} for _ in items] if message["method"] == "workspace/configuration" else None
                self._send({"id": message["id"], "result": result})
            elif "id" in message:
                with self._came:
                    self._answers[message["id"]] = message
                    self._came.notify_all()
