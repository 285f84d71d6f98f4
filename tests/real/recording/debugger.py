"""A real debugger that breaks gopls from outside, for a real panic in a gopls that has no known one."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import TOOLS


def delve() -> Path:
    """The debugger of `make setup`; skips without it."""
    found = sorted((TOOLS / "dlv").glob("*/dlv"))
    if not found:
        pytest.skip("dlv is missing: make setup")
    return found[-1]


def set_to_nil(pid: int, variable: str) -> None:
    """Attach, set a pointer to nil, and let go."""
    command = [str(delve()), "attach", str(pid), "--headless", "--api-version=2", "--listen=127.0.0.1:0"]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout
        line = server.stdout.readline().decode()
        host, _, port = line.strip().rpartition(" ")[2].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            stream = connection.makefile("rwb")
            assign: dict[str, object] = {"Scope": {"GoroutineID": -1}, "Symbol": variable, "Value": "nil"}
            answer = call(stream, "Set", assign)
            assert not answer["error"], answer
            call(stream, "Detach", {"Kill": False})
        server.wait(60)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        assert server.stdout
        server.stdout.close()


def call(stream: Any, method: str, parameters: dict[str, object]) -> dict[str, Any]:
    """One question to the debugger."""
    question = {"method": f"RPCServer.{method}", "params": [parameters], "id": 1}
    stream.write(json.dumps(question).encode() + b"\n")
    stream.flush()
    answer: dict[str, Any] = json.loads(stream.readline())
    return answer
