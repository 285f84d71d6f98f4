"""A VS Code that serves its window to a browser: code-server, started for one home and ended with all its children."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from tests.editor.home import Home, wait_for
from tools import setup_editor

ENTRY = setup_editor.FOLDER / "node_modules" / "code-server" / "out" / "node" / "entry.js"
OPTIONS = (
    *("--auth", "none", "--config", os.devnull, "--disable-telemetry", "--disable-update-check"),
    *("--disable-workspace-trust", "--disable-getting-started-override"),
)


class CodeServer:
    """One running server; `with CodeServer(home) as server`."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> CodeServer:
        log = self.home.folder / "code-server.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(setup_editor.NODE), str(ENTRY), "--bind-addr", f"127.0.0.1:{self.port}", *OPTIONS],
                env=self.home.environment,
                cwd=self.home.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(self._answers, f"code-server; its output is in {log}", seconds=60)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server, extension hosts, gopls and whatever else this home has started."""
        self.home.end_processes()
        if self._process:
            self._process.wait(10)

    def address(self, folder: Path, file: Path) -> str:
        """The address of a window on a folder with one file open."""
        opened = json.dumps([["openFile", f"vscode-remote://127.0.0.1:{self.port}{file}"]], separators=(",", ":"))
        return f"http://127.0.0.1:{self.port}/?folder={quote(str(folder))}&payload={quote(opened)}"

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"code-server ended: {self.home.folder / 'code-server.log'}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
