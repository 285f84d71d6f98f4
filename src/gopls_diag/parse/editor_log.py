"""Server logs of editors: when the editor lost gopls, and what the end of the log says about it.

VS Code's Go extension answers "connection closed" with an empty message, so the surest mark of a loss is an empty line
of the client, not a sentence (golang/vscode-go extension/src/language/goLanguageServer.ts, closed). Three generations,
all read here:

- client 8.1 to 9.0.1: `[Info  - 6:27:27 PM] ` and `true` for a loss with restart, `[Error - …] ` alone for the last;
- client 10.1: `2026-11-22 18:16:37.408 [info] ` for a loss with restart, `[error] ` for the last. There every line of
  gopls's standard error is `[error]` too, also the empty ones, so only one directly before the exit sentence counts;
- clients that use the stock words: `Connection to server got closed. Server will not be restarted.`

From client 9.0 on, `Server process exited with …` follows or precedes the mark. Neovim writes one sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from gopls_diag.model.editor_log import GIVE_UP_AFTER, LostConnection, ServerExit, ServerLog, ServerState

_DATED_PATTERN = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})? \[(trace|debug|info|warning|error)\] ?")
_CLOCKED_PATTERN = re.compile(r"^\[(Trace|Debug|Info|Warn|Error) +- ([^\]]{1,40})\] ?")
_NEOVIM_PATTERN = re.compile(r"^\[([A-Z]+)\]\[(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)[^\]]{0,12}\] ?")
_CLOCK_PATTERN = re.compile(r"(\d{1,2})[:.](\d\d)[:.](\d\d)")
_EXIT_PATTERN = re.compile(r"Server process exited (successfully|with signal ([A-Z0-9]+)|with code (-?\d{1,11}))")
_STOP_PATTERN = re.compile(r"^Request to stop language server - ")
_VIEW_PATTERN = re.compile(r"\bCreated View \(#\d{1,6}\)|go/packages\.Load #\d{1,9}")
_DIRECTORY_PATTERN = re.compile(r"^\tdirectory=(.{1,1000})$")
_STOCK_PATTERN = re.compile(r"Connection to server got closed\. Server will (not )?(?:be )?restart(?:ed)?")
_CRASHED_PATTERN = re.compile(r"The \S{1,80} server crashed \d{1,3} times in the last \d{1,3} minutes")
_START_FAILED_PATTERN = re.compile(r"couldn't create connection to server|Starting server failed")
_QUIT_PATTERN = re.compile(r"Client (\S{1,80}) quit with exit code (\d{1,10}) and signal (\d{1,3})")
_AFTERNOON = ("PM", "P.M.", "下午", "午後", "오후")
_MORNING = ("AM", "A.M.", "上午", "午前", "오전")
_DAY_SECONDS = 86400
_ZONE_SECONDS = 900
_ORDINARY_SIGNALS = ("0", "2", "15")
"""Neovim ends its servers with SIGTERM when it is closed itself."""


@dataclass(slots=True)
class _Reading:
    """What is known after the lines so far."""

    lost: list[LostConnection] = field(default_factory=list)
    exits: list[ServerExit] = field(default_factory=list)
    in_a_row: int = 0
    state: ServerState = ServerState.UNKNOWN
    folders: dict[str, None] = field(default_factory=dict)
    stops: int = 0
    """Ends that were asked for and are still to come."""
    open_mark: bool = False
    """The last loss was told by its empty line and still lacks its sentence."""
    open_exit: bool = False
    """The last loss was told by its sentence and still lacks its empty line."""
    empty_error: tuple[int, float | None, str] | None = None
    """An empty line at [error], which the next line makes a mark or a blank of standard error."""
    not_understood: int = 0


@dataclass(slots=True)
class _Line:
    number: int
    message: str
    level: str
    seconds: float | None
    clock: str
    form: str
    """dated, clocked, neovim, raw."""


def parse_server_log(text: str, *, modified_seconds: float | None = None) -> ServerLog:
    """What a server log of VS Code or Neovim says about lost servers.

    Args:
        text: the log; any other text gives an empty answer with its lines counted as not understood.
        modified_seconds: when the file was last written. Logs give local times, or only the time of day; the last
            line's time and this one together give every line's. Without it no loss has a time.
    """
    reading = _Reading()
    days = _Days()
    count = 0
    for count, written in enumerate(text.split("\n"), 1):
        line = _split(count, written.rstrip("\r").lstrip("\ufeff"), days)
        _take(reading, line)
    if reading.empty_error is not None:
        _lose(reading, *reading.empty_error, text="", given_up=True)
    return ServerLog(
        lost=tuple(_shift(each, days.last, modified_seconds) for each in reading.lost),
        exits=tuple(_on_the_hour(each, days.last, modified_seconds) for each in reading.exits),
        lost_in_a_row=reading.in_a_row,
        state=reading.state,
        folders=tuple(reading.folders),
        lines=count,
        not_understood=reading.not_understood,
    )


@dataclass(slots=True)
class _Days:
    """Turns times of day into a growing count of seconds."""

    day: int = 0
    last_clock: int | None = None
    last: float | None = None

    def at(self, clock: int) -> float:
        """Seconds of a time of day; one that lies well before the last begins a new day."""
        if self.last_clock is not None and clock < self.last_clock - 3600:
            self.day += 1
        self.last_clock = clock
        self.last = float(self.day * _DAY_SECONDS + clock)
        return self.last


def _split(number: int, written: str, days: _Days) -> _Line:
    dated = _DATED_PATTERN.match(written)
    if dated:
        seconds = _date_seconds(dated[1], dated[2])
        days.last = seconds if seconds is not None else days.last
        return _Line(number, written[dated.end() :], dated[3], seconds, f"{dated[1]} {dated[2]}", "dated")
    # Client 9 writes "Request to stop …" without a line end, so the next entry is glued to it.
    glued = written.find("[", 1) if written.startswith("Request to stop language server") else 0
    clocked = _CLOCKED_PATTERN.match(written[glued:] if glued > 0 else written)
    if clocked:
        clock = _time_of_day(clocked[2])
        seconds = None if clock is None else days.at(clock)
        message = written[:glued] if glued > 0 else written[clocked.end() :]
        return _Line(number, message, clocked[1].lower(), seconds, clocked[2].strip(), "clocked")
    neovim = _NEOVIM_PATTERN.match(written)
    if neovim:
        seconds = _date_seconds(neovim[2], neovim[3])
        days.last = seconds if seconds is not None else days.last
        return _Line(number, written[neovim.end() :], neovim[1].lower(), seconds, f"{neovim[2]} {neovim[3]}", "neovim")
    return _Line(number, written, "", None, "", "raw")


def _date_seconds(date: str, clock: str) -> float | None:
    try:
        return datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _time_of_day(words: str) -> int | None:
    found = _CLOCK_PATTERN.search(words)
    if not found:
        return None
    hour = int(found[1])
    upper = words.upper()
    if any(each in upper for each in _AFTERNOON) and hour < 12:
        hour += 12
    elif any(each in upper for each in _MORNING) and hour == 12:
        hour = 0
    if hour > 23 or int(found[2]) > 59 or int(found[3]) > 60:
        return None
    return hour * 3600 + int(found[2]) * 60 + int(found[3])


def _take(reading: _Reading, line: _Line) -> None:
    message = line.message.rstrip()
    exit_ = _EXIT_PATTERN.search(message)
    if reading.empty_error is not None:
        _settle(reading, message, is_bad_exit=exit_ is not None and not _is_good(exit_))
    if exit_:
        ending = f"signal {exit_[2]}" if exit_[2] else f"code {exit_[3] or 0}"
        reading.exits.append(ServerExit(line.number, ending, line.seconds))
        _exit(reading, line, exit_)
    elif _STOP_PATTERN.match(message):
        _stop(reading)
    elif not message and line.form in ("dated", "clocked"):
        _empty(reading, line)
    elif message == "true" and line.form == "raw":
        return
    elif _VIEW_PATTERN.search(message):
        reading.state, reading.open_mark, reading.open_exit = ServerState.RUNNING, False, False
    elif not _words(reading, line, message) and line.form == "raw" and message:
        directory = _DIRECTORY_PATTERN.match(message)
        if directory:
            reading.folders.setdefault(directory[1])
        elif not message.startswith(("\t", " ")):
            reading.not_understood += 1


def _settle(reading: _Reading, message: str, *, is_bad_exit: bool) -> None:
    """Decide what the empty line at [error] before this line was."""
    mark, reading.empty_error = reading.empty_error, None
    if mark is None or reading.stops > 0:
        return
    if is_bad_exit:
        _lose(reading, *mark, text="", given_up=True)
    elif not _START_FAILED_PATTERN.search(message) and _is_clock(mark[2]):
        # Where standard error is written raw, every empty line at [Error] is the client's.
        _lose(reading, *mark, text="", given_up=True)


def _is_clock(clock: str) -> bool:
    return not clock[:4].isdigit()


def _empty(reading: _Reading, line: _Line) -> None:
    if line.level == "info":
        _lose(reading, line.number, line.seconds, line.clock, text="", given_up=False)
    elif line.level == "error":
        reading.empty_error = (line.number, line.seconds, line.clock)


def _exit(reading: _Reading, line: _Line, found: re.Match[str]) -> None:
    text = found[0]
    is_good = _is_good(found)
    if reading.open_mark:
        ending = f"signal {found[2]}" if found[2] else f"code {found[3] or 0}"
        last = reading.lost[-1]
        reading.lost[-1] = replace(last, line=line.number, text=text, ending=ending, clock=line.clock or last.clock)
        reading.open_mark = False
    elif reading.stops > 0:
        # Of the old server; a new one may already run beside it.
        reading.stops -= 1
    elif is_good:
        reading.state = ServerState.STOPPED
    else:
        ending = f"signal {found[2]}" if found[2] else f"code {found[3]}"
        _lose(reading, line.number, line.seconds, line.clock, text=text, given_up=False, ending=ending)
        reading.open_exit = True


def _is_good(found: re.Match[str]) -> bool:
    return found[1] == "successfully" or found[3] == "0"


def _stop(reading: _Reading) -> None:
    """The extension stops the client, which also sets its count of losses to zero."""
    reading.stops = 0 if reading.state in (ServerState.GIVEN_UP, ServerState.STOPPED) else 1
    reading.in_a_row, reading.open_mark, reading.open_exit = 0, False, False
    reading.state = ServerState.STOPPED


def _lose(
    reading: _Reading, number: int, seconds: float | None, clock: str, *, text: str, given_up: bool, ending: str = ""
) -> None:
    if reading.open_exit and not text:
        # The sentence of the same loss came first.
        reading.open_exit = False
    else:
        reading.lost.append(LostConnection(number, text, ending, seconds, clock))
        reading.in_a_row += 1
        reading.open_mark = not text
    is_over = given_up or reading.in_a_row >= GIVE_UP_AFTER
    reading.state = ServerState.GIVEN_UP if is_over else ServerState.UNKNOWN


def _words(reading: _Reading, line: _Line, message: str) -> bool:
    """Sentences of other clients; True if the line was one."""
    stock = _STOCK_PATTERN.search(message)
    if stock:
        _lose(reading, line.number, line.seconds, line.clock, text=stock[0], given_up=bool(stock[1]))
        return True
    if _CRASHED_PATTERN.search(message):
        reading.state = ServerState.GIVEN_UP
        return True
    quit_ = _QUIT_PATTERN.search(message)
    if quit_:
        ending = f"signal {quit_[3]}" if quit_[3] != "0" else f"code {quit_[2]}"
        reading.exits.append(ServerExit(line.number, ending, line.seconds))
    if quit_ and quit_[3] not in _ORDINARY_SIGNALS:
        reading.lost.append(LostConnection(line.number, quit_[0], f"signal {quit_[3]}", line.seconds, line.clock))
    elif quit_ and quit_[2] not in ("0", "143"):
        reading.lost.append(LostConnection(line.number, quit_[0], f"code {quit_[2]}", line.seconds, line.clock))
    return quit_ is not None


def _shift(lost: LostConnection, last: float | None, modified_seconds: float | None) -> LostConnection:
    """The loss with its time since 1970: the log's last line was written when the file was."""
    if lost.seconds is None or last is None or modified_seconds is None:
        return replace(lost, seconds=None)
    return replace(lost, seconds=modified_seconds - max(0.0, last - lost.seconds))


def _on_the_hour(told: ServerExit, last: float | None, modified_seconds: float | None) -> ServerExit:
    """The exit with its time since 1970, to the second.

    Lines without a time may follow the last that has one, so the file may be a little younger. Local time differs from
    UTC by whole quarters of an hour: what is over is that little.
    """
    if told.seconds is None or last is None or modified_seconds is None:
        return replace(told, seconds=None)
    return replace(told, seconds=told.seconds + (modified_seconds - last) // _ZONE_SECONDS * _ZONE_SECONDS)
