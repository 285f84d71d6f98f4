"""The window loses gopls: started again four times, given up at the fifth end, as with the Go extension."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from tests.editor.code_server import CodeServer
from tests.editor.home import Home, wait_for
from tests.editor.window import Window

MOST_RESTARTS = 4


def test_the_fifth_end_of_gopls_is_its_last(
    browser: Browser,
    make_home: Callable[[Path], Home],
    gopls: Callable[[str], Path],
    module: Path,
    shots: Path,
) -> None:
    home = make_home(gopls("v0.23.0"))
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        window.hover(11, 16, "greets whoever")
        for number in range(MOST_RESTARTS):
            ended = window.kill_gopls()
            wait_for(lambda gone=ended: window.gopls().pid != gone, "another gopls")  # type: ignore[misc]
            # An end while it still starts is another case: the client then says that it got no connection.
            window.wait_for_log(rf"(?s)(?:Created View.*){{{number + 2}}}")
        window.hover(11, 16, "greets whoever")
        window.screenshot("1-after-four-ends")
        window.kill_gopls()
        log = window.wait_for_log(r"(?s)(signal SIGKILL.*){5}")
        window.page.wait_for_timeout(3000)
        assert window.gopls_processes() == []
        window.screenshot("2-after-the-fifth")
        assert window.complaints() == []
        assert log.count("Server process exited with signal SIGKILL") == MOST_RESTARTS + 1

        window.command("Go: Restart Language Server")
        window.gopls()
        window.hover(11, 16, "greets whoever")
        assert "Try to start language server - manual (enabled: true)" in window.log("Go")
        window.screenshot("3-restarted-by-hand")
