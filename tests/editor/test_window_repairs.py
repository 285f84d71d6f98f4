"""Bad settings in a real window: gopls complains, `fix --yes` is run, and the window works; undo brings all back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editor.code_server import CodeServer
from tests.editor.home import Home, wait_for
from tests.editor.window import Window

USER_SETTINGS: Mapping[str, object] = {
    "go.goplsArgs": ["-rpc.trace"],
    "gopls": {"memoryMode": "DegradeClosed", "ui.diagnostic.staticcheck": "yes"},
}
FOLDER_SETTINGS = """{
    // What was found on the web.
    "gopls": {
        "serverArgs": ["-rpc.trace"], // for the log
        "unknownKey": true,
        "usePlaceholders": true,
        "ui.completion.usePlaceholders": true
    }
}
"""
COMPLAINTS = (
    "memoryMode",
    "serverArgs",
    "staticcheck",
    "unknownKey",
    "duplicate value for usePlaceholders",
)
"""What gopls says of these settings, in one message that begins with `Invalid settings: `."""
BAD_FLAG = {"go.languageServerFlags": ["-memory-profile"]}


def write_folder_settings(module: Path, content: str) -> Path:
    """Write .vscode/settings.json; gives its path."""
    path = module / ".vscode" / "settings.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def works(window: Window) -> None:
    """Hover, completion of a name that no file holds, and the way to a definition."""
    assert "func greet.Hello(name string) string" in window.hover(11, 16, "greets whoever")
    window.go_to(11, 1)
    window.press("End", "Enter")
    window.type("strings.Repl")
    names = window.wait_for_completion("ReplaceAll")
    assert "Replace" in names
    window.screenshot("completion")
    window.press("Escape")
    window.command("File: Revert File")
    wait_for(lambda: "Repl" not in window.text(), "the file as it was")
    window.definition(11, 16, "greet.go")
    window.screenshot("definition")


def repaired(home: Home, module: Path) -> None:
    """`gopls-diag fix --yes` has run and said that it worked."""
    done = home.run("fix", str(module), "--yes", "--select", "settings", folder=module)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    print(done.stdout)


@pytest.mark.parametrize("version", ["v0.23.0", "v0.24.0"])
def test_bad_settings_are_repaired_and_put_back(
    browser: Browser,
    make_home: Callable[[Path], Home],
    gopls: Callable[[str], Path],
    module: Path,
    shots: Path,
    version: str,
) -> None:
    home = make_home(gopls(version))
    home.write_user_settings(USER_SETTINGS)
    folder_file = write_folder_settings(module, FOLDER_SETTINGS)
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        said = window.wait_for_toast("Invalid settings: ")
        assert [each for each in COMPLAINTS if each not in said] == [], said
        window.expand_toasts()
        window.screenshot("1-complaint")

        # VS Code writes into this file too when a window is opened.
        before = home.user_settings.read_bytes()
        repaired(home, module)
        settings = json.loads(home.user_settings.read_bytes())
        assert "go.goplsArgs" not in settings and "memoryMode" not in settings.get("gopls", {})
        assert b"What was found on the web." in folder_file.read_bytes()
        window.reload()
        window.hover(11, 16, "greets whoever")
        assert window.complaints() == []
        window.screenshot("2-repaired")
        works(window)
        assert window.complaints() == []

        undone = home.run("fix", "--undo", folder=module)
        assert undone.returncode == 0, undone.stdout + undone.stderr
        assert home.user_settings.read_bytes() == before
        assert folder_file.read_bytes() == FOLDER_SETTINGS.encode()
        window.reload()
        assert window.wait_for_toast("Invalid settings: ") == said
        window.expand_toasts()
        window.screenshot("3-put-back")


def test_a_flag_that_gopls_does_not_have_is_taken_out_while_the_window_is_open(
    browser: Browser,
    make_home: Callable[[Path], Home],
    gopls: Callable[[str], Path],
    module: Path,
    shots: Path,
) -> None:
    home = make_home(gopls("v0.23.0"))
    write_folder_settings(module, json.dumps(BAD_FLAG, indent=4) + "\n")
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        window.wait_for_toast("gopls client: couldn't create connection to server")
        window.screenshot("1-not-started")
        window.wait_for_log("(unknown flag|not defined): -memory-profile")
        wait_for(lambda: not window.gopls_processes(), "the end of the last try")

        repaired(home, module)
        # The folder's settings are watched: the client starts gopls anew by itself.
        window.gopls()
        works(window)
        assert "config change" in window.log("Go")
        window.screenshot("2-repaired")
