"""A crash is the same crash, whatever carried it: a real dump in each transport, in two of them, and beside another."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence

import pytest

from gopls_diag.model.crash import Crash
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.log.reader import LogReader
from tests.conftest import ROOT

CRASHES = ROOT / "tests" / "corpus" / "crashes"
PANIC = (CRASHES / "012-hover-undefined-typeswitch-nil.log").read_text().splitlines()
QUIT = (CRASHES / "048-sigquit-idle-v016.log").read_text().splitlines()
PLAIN = [*PANIC[:2], "", "goroutine 7 [running]:", "main.main()", "\t/src/main.go:3 +0x1d", "exit status 2"]

Wrap = Callable[[Sequence[str]], str]


def read(text: str, *, step: int = 8192) -> LogReading:
    content = text.encode()
    reader = LogReader("log")
    for at in range(0, len(content), step):
        reader.feed(content[at : at + step])
    return reader.finish()


def each(form: str) -> Wrap:
    """Puts each line into a form: %s is the line, %d its number."""

    def wrap(lines: Sequence[str]) -> str:
        return "".join(form.replace("%d", str(at)).replace("%s", line) + "\n" for at, line in enumerate(lines, 1))

    return wrap


def trimmed(form: str) -> Wrap:
    """The same, with blanks taken off the ends of lines, as editors and mail programs do."""
    return lambda lines: "".join(line.rstrip() + "\n" for line in each(form)(lines).splitlines())


def as_objects(value: Callable[[str], object]) -> Wrap:
    return lambda lines: "".join(json.dumps(value(line)) + "\n" for line in lines)


def cri_pieces(lines: Sequence[str]) -> str:
    """Lines of more than 60 characters in two pieces."""
    written = []
    for line in lines:
        pieces = (line[:60], line[60:]) if len(line) > 60 else (line,)
        for piece, flag in zip(pieces, "PF" if len(pieces) == 2 else "F", strict=True):
            written.append(f"2026-11-22T18:25:23.123456789Z stderr {flag} {piece}\n")
    return "".join(written)


def docker_pieces(lines: Sequence[str]) -> str:
    written = []
    for line in lines:
        for piece in (line[:50], line[50:] + "\n"):
            written.append(json.dumps({"log": piece, "stream": "stderr", "time": "2026-11-22T18:25:23.1Z"}) + "\n")
    return "".join(written)


def events_of_a_test(lines: Sequence[str]) -> str:
    """`go test -json` of Go 1.27, which cuts output where it was written."""
    text = "\n".join(lines) + "\n"
    head = {"Time": "2026-11-22T18:25:23.1Z", "Action": "output", "Package": "example.com/a", "Test": "TestB"}
    pieces = [text[at : at + 300] for at in range(0, len(text), 300)]
    events = [{**head, "Output": piece, "OutputType": "frame"} for piece in pieces]
    end = {"Action": "fail", "Package": "example.com/a", "Test": "TestB", "Elapsed": 0.1}
    return "".join(json.dumps(event) + "\n" for event in [{**head, "Action": "run"}, *events, end])


def in_one_string(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return json.dumps({"level": "error", "ts": 1.5, "msg": "it died", "stacktrace": text, "pid": 7}) + "\n"


def in_a_string_of_a_string(lines: Sequence[str]) -> str:
    return json.dumps({"host": "a", "message": in_one_string(lines)}) + "\n"


def in_logfmt(lines: Sequence[str]) -> str:
    stack = json.dumps("\n".join(lines))
    return f"time=2026-11-22 level=error msg=died stack={stack} pid=7\n"


def numbered(lines: Sequence[str]) -> str:
    return "".join(f"{at:6}\t{line}\n" for at, line in enumerate(lines, 95))


def hard_wrapped(width: int) -> Wrap:
    """As a terminal that shows TABs as blanks."""

    def wrap(lines: Sequence[str]) -> str:
        written = []
        for line in lines:
            shown = line.expandtabs(8)
            written += [shown[at : at + width] for at in range(0, max(len(shown), 1), width)]
        return "".join(line + "\n" for line in written)

    return wrap


def coloured(lines: Sequence[str]) -> str:
    return "".join(f"\x1b[31m{line[:9]}\x1b[0m\x1b[K{line[9:]}\x1b]0;title\x07\n" for line in lines)


def with_progress(lines: Sequence[str]) -> str:
    return "building 10%\rbuilding 100%\r" + "\r\n".join(lines) + "\r\n"


TRANSPORTS: dict[str, Wrap] = {
    "bare": each("%s"),
    "journal short": each("Nov 22 18:25:23 burrow gopls[1217]: %s"),
    "journal short, trimmed": trimmed("Nov 22 18:25:23 burrow gopls[1217]: %s"),
    "journal precise": each("Nov 22 18:25:23.123456 burrow gopls[1217]: %s"),
    "journal iso": each("2026-11-22T18:25:23+0100 burrow gopls[1217]: %s"),
    "journal iso precise": each("2026-11-22T18:25:23.123456+01:00 burrow gopls[1217]: %s"),
    "journal with unit": each("Sun 2026-11-22 18:25:23 UTC burrow user@1000.service/app.slice/gopls.service[1217]: %s"),
    "journal unix": each("1795371923.123456 burrow gopls[1217]: %s"),
    "journal without host": each("Nov 22 18:25:23 gopls[1217]: %s"),
    "rsyslog": lambda lines: each("<11>Nov  2 18:25:23 burrow gopls: %s")([x.replace("\t", "#011") for x in lines]),
    "rfc 5424": each('<165>1 2026-11-22T18:25:23.003Z burrow gopls 1217 - [a@1 k="v\\]"] %s'),
    "heroku": each("2026-11-22T18:25:23.123456+00:00 app[web.1]: %s"),
    "journal json": as_objects(lambda line: {"MESSAGE": line, "_PID": "7", "SYSLOG_IDENTIFIER": "gopls"}),
    "journal json bytes": as_objects(lambda line: {"MESSAGE": [*line.encode()], "_PID": "7", "_COMM": "gopls"}),
    "journal verbose": each(
        "Sun 2026-11-22 18:27:27.123456 UTC [s=0f3c5a;i=1;b=2]\n    _PID=7\n    MESSAGE=%s\n    PRIORITY=6"
    ),
    "journal export": each("__CURSOR=s=0f3c\n_PID=7\nMESSAGE=%s\nPRIORITY=6\n_COMM=gopls"),
    "journal json-pretty": lambda lines: "".join(
        json.dumps({"__CURSOR": "s=0f3c", "MESSAGE": x}, indent="\t", separators=(",", " : ")) + "\n" for x in lines
    ),
    "docker logs -t": each("2026-11-22T18:25:23.123456789Z %s"),
    "github actions": each("2026-11-22T18:25:23.1234567Z %s"),
    "gh run view": each("test\tRun tests\t2026-11-22T18:25:23.1234567Z %s"),
    "compose": each("web-1    | %s"),
    "compose, trimmed": trimmed("web_1  | %s"),
    "compose -t": each("web-1  | 2026-11-22T18:25:23.123456789Z %s"),
    "kubectl --prefix": each("[pod/web-5d4/server] %s"),
    "cri": each("2026-11-22T18:25:23.123456789Z stderr F %s"),
    "cri, pieces": cri_pieces,
    "docker json": as_objects(lambda line: {"log": line + "\n", "stream": "stderr", "time": "2026-11-22T18:25:23Z"}),
    "docker json, pieces": docker_pieces,
    "go test -json": events_of_a_test,
    "one string": in_one_string,
    "a string of a string": in_a_string_of_a_string,
    "logfmt": in_logfmt,
    "colour": coloured,
    "progress and CRLF": with_progress,
    "four blanks": each("    %s"),
    "four blanks, trimmed": trimmed("    %s"),
    "two tabs": trimmed("\t\t%s"),
    "quoted": each("> %s"),
    "quoted twice, trimmed": trimmed(">> %s"),
    "go comment": trimmed("// %s"),
    "gofmt's comment": lambda lines: "".join(f"//{'' if x[:1] == chr(9) else ' '}{x}".rstrip() + "\n" for x in lines),
    "block comment": trimmed(" * %s"),
    "shell comment": trimmed("# %s"),
    "diff": each("+%s"),
    "markdown": lambda lines: "It died:\n\n```console\n" + "\n".join(lines) + "\n```\nWhat now?\n",
    "markdown in a list": lambda lines: "- It died:\n  ```\n" + trimmed("  %s")(lines) + "  ```\n",
    "cat -n": numbered,
    "grep -n": each("gopls.log:%d:%s"),
    "logcat": each("11-22 18:25:%d.123  1234  5678 E GoLog   : %s"),
    "an unknown logger": each("[worker-3] 18:25:%d ERROR (sub) %s"),
    "eight blanks for TAB": lambda lines: "".join(x.replace("\t", " " * 8) + "\n" for x in lines),
    "four blanks for TAB": lambda lines: "".join(x.replace("\t", " " * 4) + "\n" for x in lines),
    "padded with blanks": lambda lines: "".join(f"{x:<180}\n" for x in lines),
    "a table's cell": lambda lines: "".join(f"| {x:<180} |\n" for x in lines),
    "every line end doubled": lambda lines: "\n\n".join(lines) + "\n",
    "behind a prompt": lambda lines: "Enter a number: " + each("%s")(lines),
    "behind words that have no line end": lambda lines: "half" + each("%s")(lines),
    "in a list": lambda lines: "1. " + trimmed("   %s")(lines).lstrip(),
    "in a Go string": lambda lines: "const trace = `" + each("%s")(lines) + "`\n",
    "gutter": each("%d: %s"),
    "##[error]": each("2026-11-22T18:25:23.1234567Z ##[error]%s"),
    "no blanks before a line": lambda lines: "".join(x.strip() + "\n" for x in lines),
    "html": lambda lines: (
        "<p>x</p>\n<pre><code>" + html.escape("\n".join(lines)).replace("+", "&#43;") + "</code></pre>\n"
    ),
    "sidecar.log": lambda lines: (
        "19:12:22.532771 findwork.go:35: Finding work\n"
        "telemetry-sidecar (pid 17921): 2026/11/22 19:12:28 parent reported crash:\nsentinel 565860\n"
        + each("%s")(lines)
    ),
    "*.crash": lambda lines: "sentinel 5531e0\n" + each("%s")(lines),
    "git log": lambda lines: "commit 0f3c\nAuthor: a <a@example.com>\n\n    hover: fix\n\n" + trimmed("    %s")(lines),
}
"""How the lines of a program are written elsewhere."""


def core(crash: Crash) -> tuple[object, ...]:
    """What must not depend on the transport."""
    buckets = sorted(
        (bucket.count, bucket.states, [(x.function, x.file, x.line) for x in bucket.stack.frames], bucket.ids)
        for bucket in crash.buckets
    )
    crashing = crash.crashing
    return (
        crash.kind,
        crash.message,
        crash.goroutines,
        (crashing.id, crashing.state, len(crashing.stack.frames)) if crashing else None,
        crash.top_frame and (crash.top_frame.function, crash.top_frame.file, crash.top_frame.line),
        crash.is_truncated,
        buckets,
    )


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize("dump", ["panic", "quit"])
def test_a_dump_is_the_same_in_each_transport(name: str, dump: str) -> None:
    lines = PANIC if dump == "panic" else QUIT
    (bare,) = read(each("%s")(lines)).crashes

    reading = read(TRANSPORTS[name](lines))

    assert [core(each) for each in reading.crashes] == [core(bare)]


@pytest.mark.parametrize("width", [72, 80, 87, 120, 200])
def test_lines_that_a_terminal_broke_are_joined(width: int) -> None:
    (bare,) = read(each("%s")(PANIC)).crashes

    reading = read(hard_wrapped(width)(PANIC))

    assert [core(each)[:5] for each in reading.crashes] == [core(bare)[:5]]


NESTED = [
    ("compose", "docker logs -t", "colour"),
    ("docker json", "one string"),
    ("journal short", "docker json"),
    ("journal json", "four blanks"),
    ("cri", "logfmt"),
    ("quoted", "journal short"),
    ("markdown", "compose"),
    ("github actions", "colour", "cri"),
    ("docker logs -t", "go test -json"),
    ("gh run view", "four blanks, trimmed"),
    ("colour", "compose"),
    ("progress and CRLF", "quoted"),
]


@pytest.mark.parametrize("names", NESTED, ids=" of ".join)
def test_transports_may_be_nested(names: tuple[str, ...]) -> None:
    (bare,) = read(each("%s")(PANIC)).crashes
    lines: Sequence[str] = PANIC
    for name in reversed(names):
        lines = TRANSPORTS[name](lines).splitlines()

    reading = read("\n".join(lines) + "\n")

    assert [core(crash) for crash in reading.crashes] == [core(bare)]


TWO_STREAMS = {
    "journal": ("Nov 22 18:25:23 burrow gopls[1217]: %s", "Nov 22 18:25:23 burrow gopls[1300]: %s"),
    "compose": ("web-1  | %s", "db-1   | %s"),
    "kubectl": ("[pod/a/x] %s", "[pod/b/x] %s"),
    "gh": ("test\ta\t2026-11-22T18:25:23.1234567Z %s", "test\tb\t2026-11-22T18:25:23.1234567Z %s"),
    "rfc 5424": ("<165>1 2026-11-22T18:25:23Z h gopls 1 - - %s", "<165>1 2026-11-22T18:25:23Z h gopls 2 - - %s"),
}


@pytest.mark.parametrize("name", TWO_STREAMS)
def test_two_dumps_that_were_written_at_once_are_both_read(name: str) -> None:
    first, second = (TWO_STREAMS[name][at] for at in (0, 1))
    written = []
    for at in range(max(len(PANIC), len(QUIT))):
        written += [form.replace("%s", dump[at]) for form, dump in ((first, PANIC), (second, QUIT)) if at < len(dump)]
    expected = [core(read(each("%s")(lines)).crashes[0]) for lines in (PANIC, QUIT)]

    crashes = read("\n".join(written) + "\n").crashes

    assert sorted((core(crash) for crash in crashes), key=repr) == sorted(expected, key=repr)
    assert len({crash.stream for crash in crashes}) == 2


def test_output_of_two_tests_is_kept_apart() -> None:
    written = []
    for first, second in zip(PANIC, QUIT, strict=False):
        for test, line in (("TestA", first), ("TestB", second)):
            written.append(json.dumps({"Action": "output", "Package": "p", "Test": test, "Output": line + "\n"}))

    crashes = read("\n".join(written) + "\n").crashes

    assert {crash.stream: crash.message for crash in crashes} == {"p.TestA": PANIC[0], "p.TestB": QUIT[0]}


@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_log_may_be_cut_anywhere(name: str) -> None:
    text = TRANSPORTS[name](PLAIN)

    for at in range(0, len(text), 7):
        assert read(text[:at]).bytes == len(text[:at].encode())
        assert read(text[at:]).bytes == len(text[at:].encode())


@pytest.mark.parametrize("name", TRANSPORTS)
def test_pieces_of_any_size_give_the_same(name: str) -> None:
    text = TRANSPORTS[name](PLAIN)

    assert [core(crash) for crash in read(text, step=11).crashes] == [core(crash) for crash in read(text).crashes]


def test_a_trace_within_a_panic_is_no_goroutine_of_its_own() -> None:
    """Since Go 1.23 further lines of a panic's text begin with a TAB."""
    lines = [
        "panic: boom",
        "\tgoroutine 99 [running]:",
        "\tmain.fake()",
        "\t\t/src/fake.go:1 +0x1",
        "",
        *("goroutine 7 [running]:", "main.main()", "\t/src/main.go:3 +0x1d"),
    ]

    (crash,) = read("\n".join(lines) + "\n").crashes

    assert (crash.goroutines, crash.crashing and crash.crashing.id) == (1, 7)


@pytest.mark.parametrize("indent", ["\t", "\t\t", "    "])
def test_a_first_line_may_lack_the_indentation(indent: str) -> None:
    """Comments and quotations often begin on the line of their mark."""
    (bare,) = read(each("%s")(PANIC)).crashes

    (crash,) = read(PANIC[0] + "\n" + trimmed(indent + "%s")(PANIC[1:])).crashes

    assert core(crash) == core(bare)


def test_a_stack_that_a_test_logged_is_a_dump() -> None:
    text = (
        "=== RUN   TestX\n    x_test.go:12: goroutine 7 [running]:\n        main.f()\n        \t/src/main.go:3 +0x1d\n"
    )

    (crash,) = read(text).crashes

    assert (crash.kind.value, crash.goroutines, crash.line, crash.is_truncated) == ("dump", 1, 2, False)


def test_words_about_a_panic_are_no_crash() -> None:
    """A list of changes, a commit's message, a table."""
    text = "- panic: nil pointer in hover, fixed\n- fatal error: was one\n    panic: in a list\n| panic: x | y |\n"

    assert [crash for crash in read(text).crashes if crash.goroutines] == []


def test_a_line_of_another_logger_keeps_its_level() -> None:
    reading = read("2026-11-22T18:25:23.123456+01:00 [INFO] starting language server process\n")

    assert "timestamps" not in reading.formats


def test_formats_name_what_was_peeled() -> None:
    assert "journald" in read(TRANSPORTS["journal short"](PANIC)).formats
    assert "docker-json" in read(TRANSPORTS["docker json"](PANIC)).formats
    assert "wrapped" in read(hard_wrapped(80)(PANIC)).formats
    assert "indented" in read(TRANSPORTS["four blanks"](PANIC)).formats
    assert not {"indented", "wrapped", "prefixed"} & {*read(TRANSPORTS["bare"](PANIC)).formats}


def test_line_numbers_are_those_of_the_file() -> None:
    for name in ("journal short", "four blanks", "quoted", "an unknown logger", "cri, pieces"):
        text = "before\n" * 3 + TRANSPORTS[name](PANIC)

        (crash,) = read(text).crashes

        at = next(number for number, line in enumerate(text.splitlines(), 1) if re.search("panic: runtime", line))
        assert crash.line == at, name


def test_indented_functions_of_race_reports_are_no_halves_of_paths() -> None:
    text = (
        "==================\nWARNING: DATA RACE\nRead at 0x00c000012345 by goroutine 7:\n"
        "  example.com/long/path/of/a/shop/pkg/cart.(*Cart).Item()\n      cart/cart.go:31 +0x11b\n\n"
        "Previous write at 0x00c000012345 by goroutine 8:\n"
        "  example.com/long/path/of/a/shop/pkg/cart.(*Cart).Put()\n      cart/cart.go:77 +0x9\n==================\n"
    )
    reader = LogReader("a.log")
    reader.feed(text.encode())
    (crash,) = reader.finish().crashes

    assert [(each.frames[0].function.rpartition("/")[2], each.frames[0].file) for each in crash.race] == [
        ("cart.(*Cart).Item", "cart/cart.go"),
        ("cart.(*Cart).Put", "cart/cart.go"),
    ]
