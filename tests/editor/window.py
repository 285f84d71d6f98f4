"""A window of VS Code, driven as a user would: keys in, and what is to be seen out.

    with CodeServer(home) as server, Window(browser, server, folder, "main.go") as window:
        window.go_to(9, 1)
        window.type("strings.Repl")
        assert "Replace" in window.completions()

Whatever waits takes its limit in seconds and fails with what it waited for.
"""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PageError

from tests.editor.code_server import CodeServer
from tests.editor.home import Home, wait_for

WORKBENCH_SECONDS = 60
ANSWER_SECONDS = 10
"""How long one answer of gopls may take before it is asked again."""
FADING_MILLISECONDS = 700
"""What has just appeared is still transparent."""
TOASTS = ".notification-toast .notification-list-item"
SUGGESTIONS = ".suggest-widget.visible .monaco-list-row"
HOVERS = ".monaco-hover:not(.hidden) .hover-contents"
_FLAT = re.compile(r"\s+")


class Window:
    """One window on one folder."""

    def __init__(
        self, browser: Browser, server: CodeServer, folder: Path, file: str, shots: Path | None = None
    ) -> None:
        """`folder` is opened with `file` in it; `shots` is where screenshots go."""
        self.home: Home = server.home
        self.folder = folder
        self._address = server.address(folder, folder / file)
        self._browser = browser
        self._shots = shots or server.home.folder
        self._page: Page | None = None

    def __enter__(self) -> Window:
        self._page = self._browser.new_page(viewport={"width": 1280, "height": 800})
        self._page.goto(self._address)
        self._wait_for_editor()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._page and kind:
            self.screenshot("failed")
        if self._page:
            self._page.close()
        self._page = None

    @property
    def page(self) -> Page:
        """The page itself, for what has no method here."""
        assert self._page is not None, "the window is closed"
        return self._page

    def reload(self) -> None:
        """Load the window anew, as `Developer: Reload Window` does: another extension host, another gopls."""
        before = {each.pid for each in self.gopls_processes()}
        self.page.goto(self._address)
        self._wait_for_editor()
        # The old one is ended by its extension host; what is asked next has to concern the new one.
        wait_for(lambda: not before & {each.pid for each in self.gopls_processes()}, "the end of the old gopls", 60)

    def _wait_for_editor(self) -> None:
        self.page.wait_for_selector(".monaco-editor .view-line", timeout=WORKBENCH_SECONDS * 1000)

    def screenshot(self, name: str) -> Path:
        """A picture of the window in the folder of screenshots."""
        path = self._shots / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(FADING_MILLISECONDS)
        self.page.screenshot(path=str(path))
        return path

    # What a user does

    def press(self, *keys: str) -> None:
        """Keys one after the other: `Control+Space`."""
        for each in keys:
            self.page.keyboard.press(each)

    def type(self, text: str) -> None:
        """Type into the editor."""
        self.page.keyboard.type(text, delay=30)

    def command(self, title: str) -> None:
        """Run a command of the palette by its whole title."""
        self.press("F1")
        box = self.page.locator(".quick-input-widget input").first
        box.wait_for(state="visible")
        box.fill(">" + title)
        row = self.page.locator(".quick-input-widget .monaco-list-row", has_text=title).first
        row.wait_for(state="visible")
        self.press("Enter")

    def open_file(self, name: str) -> None:
        """Bring a file of the folder into the editor."""
        self.press("Control+P")
        box = self.page.locator(".quick-input-widget input").first
        box.wait_for(state="visible")
        box.fill(name)
        # The list of the files that were open last is there first.
        row = self.page.locator(".quick-input-widget .monaco-list-row.focused", has_text=Path(name).name)
        row.wait_for(state="visible")
        self.press("Enter")
        wait_for(lambda: self.active_file() == Path(name).name, f"{name} in the editor")

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor into the open file; both counted from 1, a tab as one character."""
        self.page.locator(".monaco-editor .view-lines").first.click()
        self.press("Control+G")
        box = self.page.locator(".quick-input-widget input").first
        box.wait_for(state="visible")
        box.fill(f":{line}:1")
        self.press("Enter")
        box.wait_for(state="hidden")
        # The box counts a tab as the columns that it is wide.
        self.press(*["ArrowRight"] * (column - 1))

    # What a user sees

    def active_file(self) -> str:
        """Name of the file in the editor."""
        tabs = self.page.locator(".tabs-container .tab.active")
        return tabs.first.get_attribute("data-resource-name") or "" if tabs.count() else ""

    def complaints(self) -> list[str]:
        """The toasts, but for requests that a restart or an end cut off, which the client may tell of or not."""
        return [each for each in self.toasts() if "context canceled" not in each]

    def toasts(self) -> list[str]:
        """The messages that are shown now, each on one line."""
        return [_FLAT.sub(" ", each).strip() for each in self._texts(TOASTS + " .notification-list-item-message")]

    def wait_for_toast(self, pattern: str, seconds: float = 60) -> str:
        """The first message that the pattern is found in."""

        def found() -> str | None:
            return next((each for each in self.toasts() if re.search(pattern, each)), None)

        return wait_for(found, f"a message with {pattern!r}; there are {self.toasts()}", seconds)

    def expand_toasts(self) -> None:
        """Show the whole of messages that are cut to a line, where they hold still for it."""
        with suppress(PageError):
            for each in self.page.locator(TOASTS).all():
                each.hover(timeout=ANSWER_SECONDS * 100)
                more = each.locator(".codicon-notifications-expand")
                if more.count():
                    more.first.click(timeout=ANSWER_SECONDS * 100)

    def close_toasts(self) -> None:
        """Take the messages away, as with `Notifications: Clear All Notifications`."""
        self.command("Notifications: Clear All Notifications")
        wait_for(lambda: not self.toasts(), "the end of the messages")

    def completions(self) -> list[str]:
        """Ask for completion where the cursor is: what is offered at the top."""
        if not self._texts(SUGGESTIONS):
            self.press("Control+Space")
        rows = [each.strip() for each in self._texts(SUGGESTIONS + " .label-name")]
        return [] if any(each == "Loading..." for each in rows) else rows

    def wait_for_completion(self, name: str, seconds: float = 60) -> list[str]:
        """Ask for completion until that name is offered: gopls may still be loading."""

        def offered() -> list[str] | None:
            names = self.completions()
            if name in names:
                return names
            self.press("Escape")
            return None

        return wait_for(offered, f"{name} among the completions", seconds)

    def hover(self, line: int, column: int, pattern: str, seconds: float = 60) -> str:
        """What is shown about the name at a place, once the pattern is found in it."""
        self.go_to(line, column)

        def shown() -> str | None:
            self.press("Control+K", "Control+I")
            self.page.wait_for_timeout(500)
            text = _FLAT.sub(" ", " ".join(self._texts(HOVERS)).replace("\xa0", " "))
            if re.search(pattern, text):
                return text
            self.press("Escape")
            return None

        return wait_for(shown, f"a hover with {pattern!r}", seconds)

    def definition(self, line: int, column: int, file: str, seconds: float = 60) -> None:
        """Go to the definition of the name at a place, which is to open that file."""
        self.press("Escape")
        self.go_to(line, column)

        def opened() -> bool:
            # Once, and then time to answer: at the definition itself the key leads back.
            self.press("F12")
            for _ in range(ANSWER_SECONDS * 10):
                if self.active_file() == file:
                    return True
                self.page.wait_for_timeout(100)
            return False

        wait_for(opened, f"{file} in the editor", seconds)

    def text(self) -> str:
        """The lines of the file in the editor that are on the screen."""
        lines = self._texts(".monaco-editor[data-uri] .view-lines")
        return (lines[0] if lines else "").replace("\xa0", " ")

    def _texts(self, selector: str) -> list[str]:
        """The texts of all that is there now; what vanishes while it is read is not there."""
        try:
            return [str(each) for each in self.page.locator(selector).all_inner_texts()]
        except PageError:
            return []

    # What is behind the window

    def gopls_processes(self) -> list[psutil.Process]:
        """The gopls that the window started: not its telemetry child, nor what a launcher of that name started."""
        found = []
        for process in self.home.processes():
            try:
                words, parent = process.cmdline(), process.parent()
                is_gopls = bool(words) and Path(words[0]).name == "gopls" and "** telemetry **" not in words
                if is_gopls and parent and Path(parent.cmdline()[0]).name == "node":
                    found.append(process)
            except (psutil.Error, IndexError):
                continue
        return sorted(found, key=lambda each: each.create_time())

    def gopls(self, seconds: float = 60) -> psutil.Process:
        """The newest gopls of the window, once there is one."""
        return wait_for(self._serving, "a gopls", seconds)

    def _serving(self) -> psutil.Process | None:
        # `gopls version -json` is asked before each start, and is no server.
        servers = []
        for each in self.gopls_processes():
            with suppress(psutil.Error):  # it may end at any moment
                servers += [each] if "version" not in each.cmdline()[1:2] else []
        return servers[-1] if servers else None

    def kill_gopls(self, number: signal.Signals = signal.SIGKILL, seconds: float = 30) -> int:
        """Send a signal to gopls and wait for its end; gives the id of the process that ended."""
        process = self.gopls()
        process.send_signal(number)
        process.wait(seconds)
        return process.pid

    def log_files(self, channel: str) -> list[Path]:
        """Files of an output channel (`gopls (server)`, `gopls`, `Go`), the oldest window load first."""
        return sorted(self.home.editor_folder.glob(f"logs/*/exthost*/golang.go/{channel}.log"))

    def log(self, channel: str = "gopls (server)") -> str:
        """What an output channel has written since the window was loaded last; empty when it has no file."""
        files = self.log_files(channel)
        return files[-1].read_text(encoding="utf-8", errors="replace") if files else ""

    def wait_for_log(self, pattern: str, channel: str = "gopls (server)", seconds: float = 60) -> str:
        """The text of an output channel, once the pattern is found in it."""

        def written() -> str | None:
            text = self.log(channel)
            return text if re.search(pattern, text) else None

        return wait_for(written, f"{pattern!r} in the channel {channel}", seconds)
