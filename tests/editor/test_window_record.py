"""The recorder in a real window: the editor works as before, loses gopls as before, and afterwards knows why."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world.launcher_build import build_launcher
from tests.editor.code_server import CodeServer
from tests.editor.home import QUIET_SETTINGS, Home, wait_for
from tests.editor.recorded import fingerprints, incidents, program_of, real_gopls, said_of_ends, state
from tests.editor.window import Window

MOST_RESTARTS = 4


def installed(home: Home, module: Path, *words: str) -> str:
    """`gopls-diag record install --yes` has run and said that it worked."""
    done = home.run("record", "install", "--yes", *words, folder=module)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def works(window: Window) -> None:
    """Hover, completion of a name that no file holds, and the way to a definition."""
    assert "func greet.Hello(name string) string" in window.hover(11, 16, "greets whoever")
    window.go_to(11, 1)
    window.press("End", "Enter")
    window.type("strings.Repl")
    assert "Replace" in window.wait_for_completion("ReplaceAll")
    window.press("Escape")
    window.command("File: Revert File")
    wait_for(lambda: "Repl" not in window.text(), "the file as it was")
    window.definition(11, 16, "greet.go")


def killed(window: Window, home: Home) -> int:
    """The real gopls is killed as the kernel would kill it; the launcher's id, which must then be gone."""
    launcher = window.gopls()
    real_gopls(window, home).kill()
    launcher.wait(30)
    return launcher.pid


def without_launcher(browser: Browser, home: Home, module: Path, shots: Path) -> list[str]:
    """What the window says of one kill -9 when gopls is started by itself."""
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        window.hover(11, 16, "greets whoever")
        ended = window.kill_gopls()
        wait_for(lambda: window.gopls().pid != ended, "another gopls")
        log = window.wait_for_log(r"(?s)(?:Created View.*){2}")
        assert window.complaints() == []
    return said_of_ends(log)


def test_a_window_works_and_ends_as_without_the_launcher(
    browser: Browser, make_home: Callable[[Path], Home], gopls: Callable[[str], Path], module: Path, shots: Path
) -> None:
    expected = without_launcher(browser, make_home(gopls("v0.24.0")), module, shots)
    home = make_home(gopls("v0.24.0"))
    # As people write it, and no program would write it again.
    quiet = json.dumps(QUIET_SETTINGS, indent="\t").replace("\n}", ",  // the last\n}").replace("\n", "\r\n")
    home.user_settings.write_bytes(f"\ufeff// mine\r\n{quiet}".encode())
    before = fingerprints(home, module)
    print(installed(home, module))
    assert b"// mine" in home.user_settings.read_bytes()
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        process = real_gopls(window, home)
        assert process.exe() == str(gopls("v0.24.0").resolve())
        assert any(each.startswith("-otel=http://127.0.0.1:") for each in process.cmdline()), process.cmdline()
        works(window)
        assert window.complaints() == []
        window.screenshot("1-works")
        window.open_file("main.go")

        ended = killed(window, home)
        wait_for(lambda: window.gopls().pid != ended, "another gopls")
        log = window.wait_for_log(r"(?s)(?:Created View.*){2}")
        assert said_of_ends(log) == expected
        (incident,) = wait_for(lambda: incidents(home), "an incident", 60)
        assert (incident["kind"], incident["end"]["signal"]) == ("killed", "SIGKILL"), incident["kind"]
        assert incident["start"]["launcher"] == "go"
        print(json.dumps(incident["report"], indent=1)[:3000])
        window.hover(11, 16, "greets whoever")
        assert window.complaints() == []

        # A setting first, the launcher only when nothing needs it.
        early = home.run("record", "uninstall", folder=module)
        assert early.returncode == 1, early.stdout
        assert "The launcher stays" in early.stdout and "a gopls runs under it" in early.stdout
        assert (state(home) / "launcher" / "gopls").is_file()
        assert (
            fingerprints(home, module)[".local/share/code-server/User/settings.json"]
            == before[".local/share/code-server/User/settings.json"]
        )
        window.reload()
        wait_for(lambda: program_of(window) == str(gopls("v0.24.0").resolve()), "gopls by itself")
        late = home.run("record", "uninstall", folder=module)
        assert late.returncode == 0, late.stdout + late.stderr
        window.hover(11, 16, "greets whoever")
    assert not (state(home) / "launcher").exists()
    assert fingerprints(home, module) == before


def test_five_ends_are_five_incidents_and_the_window_gives_up_as_ever(
    browser: Browser, make_home: Callable[[Path], Home], gopls: Callable[[str], Path], module: Path, shots: Path
) -> None:
    home = make_home(gopls("v0.23.0"))
    before = fingerprints(home, module)
    # The folder's own settings, which an open window watches.
    installed(home, module, str(module))
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        window.hover(11, 16, "greets whoever")
        for number in range(MOST_RESTARTS):
            ended = killed(window, home)
            wait_for(lambda gone=ended: window.gopls().pid != gone, "another gopls")  # type: ignore[misc]
            window.wait_for_log(rf"(?s)(?:Created View.*){{{number + 2}}}")
        killed(window, home)
        log = window.wait_for_log(r"(?s)(signal SIGKILL.*){5}")
        window.page.wait_for_timeout(3000)
        assert window.gopls_processes() == []
        assert log.count("Server process exited with signal SIGKILL") == MOST_RESTARTS + 1
        assert window.complaints() == []
        window.screenshot("1-given-up")
        wait_for(lambda: len(incidents(home)) == MOST_RESTARTS + 1, "five incidents", 60)
        assert {each["end"]["signal"] for each in incidents(home)} == {"SIGKILL"}

        window.command("Go: Restart Language Server")
        window.hover(11, 16, "greets whoever")
        real_gopls(window, home)

        done = home.run("record", "uninstall", str(module), folder=module)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        # The folder's settings are watched: gopls is started anew by itself, without the launcher.
        wait_for(lambda: program_of(window) == str(gopls("v0.23.0").resolve()), "gopls by itself", 60)
        # The old one ends beside the new one's start; until then the launcher stays.
        wait_for(lambda: home.run("record", "uninstall", folder=module).returncode == 0, "a launcher that nobody needs")
        assert not (state(home) / "launcher").exists()
    assert fingerprints(home, module) == before


def test_the_extension_has_no_reason_to_ask_for_recompiling(
    make_home: Callable[[Path], Home], gopls: Callable[[str], Path], module: Path
) -> None:
    """listOutdatedTools of the Go extension: `go version -m` names a Go, and its minor version is that of go."""
    home = make_home(gopls("v0.24.0"))
    installed(home, module)
    launcher = state(home) / "launcher" / "gopls"

    def said(*words: str) -> str:
        return subprocess.run(words, env=home.environment, capture_output=True, text=True, check=True).stdout

    built = re.search(r": go(\d+)\.(\d+)", said("go", "version", "-m", str(launcher)))
    present = re.search(r"go(\d+)\.(\d+)", said("go", "version"))
    assert built and present and built.groups() == present.groups()


def test_a_script_in_its_place_works_and_is_asked_to_be_recompiled(
    browser: Browser, make_home: Callable[[Path], Home], gopls: Callable[[str], Path], module: Path, shots: Path
) -> None:
    home = make_home(gopls("v0.24.0"))
    installed(home, module)
    folder = state(home) / "launcher"
    settings, _ = parse_launcher_settings((folder / "launcher.json").read_bytes())
    assert settings is not None
    # As on a machine without go, where it could not be built.
    assert build_launcher(folder, settings, go="").form == "script"
    with CodeServer(home) as server, Window(browser, server, module, "main.go", shots) as window:
        window.wait_for_toast(r"Tools \(gopls\) need recompiling")
        window.screenshot("1-script")
        window.close_toasts()
        works(window)
        report = json.loads(home.run("doctor", "--format", "json", folder=module).stdout)
        (found,) = [each for each in report["findings"] if each["code"] == "H15"]
        assert "is a script" in found["summary"] and found["severity"] == "info"
        # The remedy that it names.
        installed(home, module)
        window.reload()
        works(window)
        assert window.complaints() == []


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_gopls_that_was_chosen_stays_the_one_that_runs(
    make_home: Callable[[Path], Home],
    gopls: Callable[[str], Path],
    module: Path,
    is_folder: bool,
) -> None:
    home = make_home(gopls("v0.24.0"))
    chosen = gopls("v0.23.0")
    settings = {"go.alternateTools": {"gopls": str(chosen), "dlv": "/nowhere/dlv"}}
    home.write_user_settings(settings)
    before = fingerprints(home, module)
    installed(home, module, *([str(module)] if is_folder else []))
    launcher = state(home) / "launcher" / "gopls"
    said = subprocess.run(
        [launcher, "version"], env=home.environment, capture_output=True, text=True, check=True
    ).stdout
    assert "v0.23.0" in said
    again = installed(home, module, *([str(module)] if is_folder else []))
    assert "named it already" in again
    assert json.loads((state(home) / "launcher" / "launcher.json").read_bytes())["gopls"] == str(chosen)
    status = home.run("record", "status", "--format", "json", folder=module)
    (use,) = json.loads(status.stdout)["editors"]
    assert use["is_effective"], status.stdout
    done = home.run("record", "uninstall", folder=module)
    assert done.returncode == 0, done.stdout + done.stderr
    assert fingerprints(home, module) == before
