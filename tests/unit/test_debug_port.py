"""The port of the debug pages, from what gopls writes and from how it was started."""

from __future__ import annotations

import pytest

from gopls_diag.parse.debug_address import port_in, port_of_flag


@pytest.mark.parametrize(
    ("stderr", "port"),
    [
        (b"serve.go:531: debug server listening at http://localhost:44817\n", 44817),
        (b"2026/11/22 18:14:36 serve.go:437: debug server listening at http://127.0.0.1:5\r\n", 5),
        (
            b"x\nserve.go:1: debug server listening at http://localhost:1\nagain: debug server listening at http://localhost:2\n",
            2,
        ),
        (b"debug server listening at http://localhost:99999\n", None),
        (b"debug server listening at http://collector.example:44817\n", None),
        (b"debug server listening at http://localhost:", None),
        (b"", None),
        (b"\xff\x00", None),
    ],
)
def test_the_line_that_gopls_writes(stderr: bytes, port: int | None) -> None:
    assert port_in(stderr) == port


@pytest.mark.parametrize(
    ("command", "port"),
    [
        (("gopls", "-debug=localhost:6060"), 6060),
        (("gopls", "serve", "--debug", "127.0.0.1:6060", "-rpc.trace"), 6060),
        (("gopls", "-debug=:6060"), 6060),
        (("gopls", "-debug=localhost:0"), None),
        (("gopls", "-debug=10.0.0.7:6060"), None),
        (("gopls", "-debug"), None),
        (("gopls", "-logfile=-debug=localhost:6060"), None),
        (("gopls",), None),
        ((), None),
    ],
)
def test_the_port_of_a_command_line(command: tuple[str, ...], port: int | None) -> None:
    assert port_of_flag(command[1:]) == port
