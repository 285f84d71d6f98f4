"""What systems say of ends, read as whole logs: real lines where there are some, else the forms that are cited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gopls_diag.cli.main import run
from gopls_diag.model.crash import EndKind
from gopls_diag.model.kernel_log import KillKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.log.reader import LogReader
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus"


def read(content: bytes | str, *, source: str = "log") -> LogReading:
    content = content.encode() if isinstance(content, str) else content
    reader = LogReader(source)
    for at in range(0, len(content), 3000):
        reader.feed(content[at : at + 3000])
    return reader.finish()


PREFIXES = (
    "",
    "[ 2173.199967] ",
    "[Sun Nov 22 18:25:23 2026] ",
    "<4>[ 2173.199967] ",
    "2026-11-22T11:00:00,250000+00:00 ",
    "Nov 22 18:25:23 burrow kernel: ",
    "Nov 22 18:25:23 burrow kernel: [ 2173.199967] ",
    "2026-11-22T18:25:23+0100 burrow kernel: ",
    "Sun 2026-11-22 18:25:23 UTC burrow kernel[-1]: ",
    "1795371923.123456 burrow kernel: ",
    "    Mar 20 15:24:28 burrow kernel: ",
    "> ",
)
KILLS = {
    "2.6.18": "Out of memory: Killed process 4159 (gopls).",
    "2.6.32": "Killed process 4159, UID 500, (gopls) total-vm:322196kB, anon-rss:308992kB, file-rss:604kB",
    "3.10": "Out of memory: Kill process 4159 (gopls) score 167 or sacrifice child",
    "4.19": "Memory cgroup out of memory: Kill process 4159 (gopls) score 1167 or sacrifice child",
    "5.4": "Out of memory: Killed process 4159 (gopls) total-vm:2680388kB, anon-rss:141824kB, file-rss:24800kB, "
    "shmem-rss:0kB, UID:1000 pgtables:612kB oom_score_adj:0",
    "6.18": "Memory cgroup out of memory: Killed process 4159 (gopls) total-vm:2680388kB, anon-rss:141824kB, "
    "file-rss:24800kB, shmem-rss:0kB, UID:0 pgtables:612kB oom_score_adj:0",
    "reaper": "oom_reaper: reaped process 4159 (gopls), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("kernel", KILLS)
def test_one_line_of_any_kernel_is_a_kill(prefix: str, kernel: str) -> None:
    reading = read(f"before\n{prefix}{KILLS[kernel]}\nafter\n")

    (crash,) = reading.crashes
    assert (crash.kind, crash.program, crash.line) == (EndKind.KILLED, "gopls", 2)
    assert crash.message == KILLS[kernel]
    (event,) = reading.kernel_events
    assert (event.pid, event.process) == (4159, "gopls")
    assert event.kind is (KillKind.CGROUP_OUT_OF_MEMORY if "cgroup" in KILLS[kernel] else KillKind.OUT_OF_MEMORY)


def test_a_block_before_4_20_names_its_group_and_is_one_kill() -> None:
    text = "\n".join(
        (
            "[ 10.1] gopls invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0",
            "[ 10.2] Task in /docker/0f3c killed as a result of limit of /docker/0f3c",
            "[ 10.3] memory: usage 204800kB, limit 204800kB, failcnt 141",
            "[ 10.4] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
            "[ 10.5] [ 4159]     0  4159   670097    41656     626        0             0 gopls",
            "[ 10.6] Memory cgroup out of memory: Kill process 4159 (gopls) score 900 or sacrifice child",
            "[ 10.7] Killed process 4159 (gopls) total-vm:2680388kB, anon-rss:141824kB, file-rss:24800kB",
            "[ 10.8] oom_reaper: reaped process 4159 (gopls), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        )
    )

    reading = read(text)

    (event,) = reading.kernel_events
    assert (event.kind, event.cgroup, event.limit_bytes) == (
        KillKind.CGROUP_OUT_OF_MEMORY,
        "/docker/0f3c",
        204800 * 1024,
    )
    assert (event.victims, event.line) == (("gopls",), 7)
    assert [crash.line for crash in reading.crashes] == [7]


@pytest.mark.parametrize(
    ("line", "kind", "program"),
    [
        (
            "Nov 22 18:25:23 burrow systemd-oomd[812]: Killed /user.slice/app.slice/code.scope due to memory pressure "
            "for /user.slice being 84.35% > 50.00% for > 20s with reclaim activity",
            KillKind.OOMD,
            "",
        ),
        (
            "Nov 22 18:25:23 burrow systemd-oomd[812]: Killed /user.slice/app.slice/code.scope due to memory used "
            "(16000000000) / total (16600000000) and swap used (8000000000) / total (8500000000) being more than 90%",
            KillKind.OOMD,
            "",
        ),
        (
            "Nov 22 18:25:23 burrow systemd[1]: code.scope: systemd-oomd killed some process(es) in this unit.",
            KillKind.OOMD,
            "",
        ),
        (
            'Nov 22 18:25:23 burrow earlyoom[567]: sending SIGTERM to process 4159 uid 1000 "gopls": badness 1050, '
            "VmRSS 3500 MiB",
            KillKind.OUT_OF_MEMORY,
            "gopls",
        ),
        (
            "Nov 22 18:25:23 burrow systemd[1]: gopls.service: A process of this unit has been killed by the OOM "
            "killer.",
            KillKind.OUT_OF_MEMORY,
            "",
        ),
    ],
)
def test_daemons_that_end_processes_are_heard(line: str, kind: KillKind, program: str) -> None:
    reading = read(line + "\n")

    (crash,) = reading.crashes
    assert (crash.kind, crash.program) == (EndKind.KILLED, program)
    assert [event.kind for event in reading.kernel_events] == [kind]


def test_kernel_lines_of_a_journal_in_json_keep_their_date() -> None:
    entries = [
        {
            "_TRANSPORT": "kernel",
            "__REALTIME_TIMESTAMP": "1795345200250000",
            "_HOSTNAME": "burrow",
            "MESSAGE": KILLS["6.18"],
        },
        {"SYSLOG_IDENTIFIER": "cron", "_PID": "4", "MESSAGE": "nothing"},
    ]

    (event,) = read("".join(json.dumps(entry) + "\n" for entry in entries)).kernel_events

    assert event.seconds == 1_795_345_200.25


MAC_KILL = (
    "CODE SIGNING: cs_invalid_page(0x102b24000): p=4159[gopls] final status 0x23020200, denying page sending SIGKILL"
)
MAC_JETSAM = (
    "memorystatus: killing_top_process pid 4159 [gopls] (vm-pageshortage 0) 2048KB - memorystatus_available_pages"
)
MAC_STYLES = {
    "default": "2026-11-22 11:50:00.123456+0100 0x1f5b     Default     0x0                  0      0    kernel: %s",
    "compact": "2026-11-22 11:50:00.123 Df kernel[0:1f5b] %s",
    "syslog": "2026-11-22 11:50:00.123456+0100  localhost kernel[0]: %s",
    "Console": "default\t08:59:00.573715+0100\tkernel\t%s",
}


@pytest.mark.parametrize("style", MAC_STYLES)
def test_each_style_of_the_unified_log_is_read(style: str) -> None:
    reading = read("\n".join(MAC_STYLES[style].replace("%s", each) for each in (MAC_KILL, MAC_JETSAM)) + "\n")

    assert [event.kind for event in reading.kernel_events] == [KillKind.CODE_SIGNING, KillKind.JETSAM]
    assert [(crash.kind, crash.program) for crash in reading.crashes] == [(EndKind.KILLED, "gopls")] * 2


def test_the_unified_log_in_json_is_read() -> None:
    entry = {
        "traceID": 1,
        "eventMessage": MAC_KILL,
        "processImagePath": "/kernel",
        "timestamp": "2026-11-22 11:50:00.123456+0100",
    }

    for text in (json.dumps(entry) + "\n", json.dumps([entry], indent=2) + "\n"):
        reading = read(text)
        assert [event.kind for event in reading.kernel_events] == [KillKind.CODE_SIGNING], text
        assert [crash.program for crash in reading.crashes] == ["gopls"]


IPS = (
    '{"app_name":"gopls","timestamp":"2024-02-20 18:52:53.00 +0800","app_version":"","bug_type":"309","name":"gopls"}\n'
    "{\n"
    '  "procName" : "gopls",\n  "pid" : 4159,\n  "cpuType" : "ARM-64",\n'
    '  "exception" : {"codes":"0x0, 0x10","type":"EXC_BAD_ACCESS","signal":"%s","subtype":"KERN_INVALID_ADDRESS at '
    '0x0000000000000010"},\n'
    '  "termination" : {"flags":0,"code":2,"namespace":"%s","indicator":"%s"},\n'
    '  "faultingThread" : 1,\n'
    '  "usedImages" : [{"base":4362076160,"name":"gopls"}],\n'
    '  "threads" : [{"id":7,"frames":[]},{"triggered":true,"id":9,"frames":['
    '{"imageOffset":16,"symbol":"runtime.sigpanic","symbolLocation":4,"imageIndex":0},'
    '{"imageOffset":4096,"symbol":"golang.org\\/x\\/tools\\/gopls\\/internal\\/golang.hover","symbolLocation":52,'
    '"imageIndex":0,"sourceFile":"hover.go","sourceLine":362}]}]\n'
    "}\n"
)


def test_a_mac_report_of_a_bad_signature_is_a_kill() -> None:
    text = IPS % ("SIGKILL (Code Signature Invalid)", "CODESIGNING", "Invalid Page")

    reading = read(text)

    (crash,) = reading.crashes
    assert (crash.kind, crash.program, crash.line) == (EndKind.KILLED, "gopls", 7)
    assert crash.message.startswith('"termination" : {"flags":0')
    assert crash.signal is not None and crash.signal.words == "Invalid Page; Code Signature Invalid"
    assert [report.namespace for report in reading.mac_reports] == ["CODESIGNING"]
    assert reading.formats == ("macos-report",)


def test_a_mac_report_of_a_fault_has_the_frames_of_its_thread() -> None:
    (crash,) = read(IPS % ("SIGSEGV", "SIGNAL", "Segmentation fault: 11")).crashes

    assert crash.kind is EndKind.SIGNAL
    assert crash.signal is not None and (crash.signal.name, crash.signal.address) == ("SIGSEGV", 0x10)
    assert [frame.function for frame in crash.runtime_stack] == [
        "runtime.sigpanic",
        "golang.org/x/tools/gopls/internal/golang.hover",
    ]
    top = crash.top_frame
    assert top is not None and (top.file, top.line, top.pc) == ("hover.go", 362, 4362076160 + 4096)


MAC_TEXT = """\
Process:               gopls [4159]
Path:                  /Users/USER/*/gopls
Identifier:            gopls
Code Type:             X86-64 (Translated)
Parent Process:        Code Helper [812]

Date/Time:             2024-02-20 18:52:53.1234 +0800
OS Version:            macOS 14.3.1 (23D60)

Crashed Thread:        1

Exception Type:        EXC_BAD_ACCESS (SIGSEGV)
Exception Codes:       KERN_INVALID_ADDRESS at 0x0000000000000010
Exception Note:        EXC_CORPSE_NOTIFY

Termination Signal:    Segmentation fault: 11
Termination Reason:    Namespace SIGNAL, Code 0xb

Thread 0:: Dispatch queue: com.apple.main-thread
0   gopls                         \t0x00000001000a1b2c runtime.kevent + 28 (sys_darwin_amd64.s:377)

Thread 1 Crashed:
0   gopls                         \t0x0000000100bd2f10 golang.org/x/tools/gopls.hover + 3940 (hover.go:362)
1   gopls                         \t0x0000000100bd0000 0x100000000 + 12386304

Thread 2:
0   gopls                         \t0x00000001000a1b2c runtime.kevent + 28
"""


def test_an_old_report_in_plain_text_is_read() -> None:
    reading = read(MAC_TEXT)

    (crash,) = reading.crashes
    assert (crash.kind, crash.program, crash.message) == (
        EndKind.SIGNAL,
        "gopls",
        "Termination Reason:    Namespace SIGNAL, Code 0xb",
    )
    assert crash.top_frame is not None and (crash.top_frame.file, crash.top_frame.line) == ("hover.go", 362)
    (report,) = reading.mac_reports
    assert (report.architecture, report.is_translated, report.signal) == ("X86-64", True, "SIGSEGV")


def test_the_text_that_console_shows_is_read() -> None:
    text = (
        MAC_TEXT.replace("EXC_BAD_ACCESS (SIGSEGV)", "EXC_BAD_ACCESS (SIGKILL (Code Signature Invalid))")
        .replace("Namespace SIGNAL, Code 0xb", "CODESIGNING 2 Invalid Page")
        .replace(
            "Process:  ", "-------------------------------------\nTranslated Report (Full Report Below)\n\nProcess:  "
        )
    )

    reading = read(text)

    assert [crash.kind for crash in reading.crashes] == [EndKind.KILLED]
    assert [(report.namespace, report.reason) for report in reading.mac_reports] == [
        ("CODESIGNING", "Invalid Page; Code Signature Invalid")
    ]


def test_a_memory_report_is_an_end_only_of_what_it_ended() -> None:
    body = {
        "largestProcess": "gopls",
        "memoryStatus": {"pageSize": 16384},
        "processes": [{"name": "gopls", "pid": 7, "rpages": 1000}],
    }
    head = json.dumps({"bug_type": "298", "incident_id": "A"}) + "\n"

    alive = read(head + json.dumps(body))
    body["processes"] = [{"name": "gopls", "pid": 7, "rpages": 1000, "reason": "per-process-limit"}]
    gone = read(head + json.dumps(body, indent=1))

    assert (alive.crashes, len(alive.mac_reports)) == ((), 1)
    assert [(crash.kind, crash.program, crash.message) for crash in gone.crashes] == [
        (EndKind.KILLED, "gopls", '"reason": "per-process-limit"')
    ]


EVENT_TEXT = """\
Log Name:      Application
Source:        Application Error
Event ID:      1000
Description:
Faulting application name: gopls.exe, version: 0.0.0.0, time stamp: 0x00000000
Faulting module name: gopls.exe, version: 0.0.0.0, time stamp: 0x00000000
Exception code: 0x%s
Fault offset: 0x000000000006dd27
Faulting process id: 0x5F8
Faulting application path: C:\\Users\\USER\\go\\bin\\gopls.exe
"""


def test_an_application_error_is_the_end_of_its_program() -> None:
    (crash,) = read(EVENT_TEXT.replace("\n", "\r\n") % "c0000005").crashes

    assert (crash.kind, crash.program, crash.line, crash.exit_code) == (EndKind.SIGNAL, "gopls", 5, 0xC0000005)
    assert crash.message == "Faulting application name: gopls.exe, version: 0.0.0.0, time stamp: 0x00000000"
    assert crash.signal is not None and (crash.signal.name, crash.signal.words, crash.signal.pc) == (
        "0xc0000005",
        "access violation",
        0x6DD27,
    )


def test_refused_memory_is_told_from_a_fault() -> None:
    assert [crash.kind for crash in read(EVENT_TEXT % "c000012d").crashes] == [EndKind.OOM]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("is_one_line", [True, False])
def test_exported_events_are_read(named: bool, is_one_line: bool) -> None:
    names = ["AppName", "AppVersion", "AppTimeStamp", "ModuleName", "ModuleVersion", "ModuleTimeStamp"]
    names += ["ExceptionCode", "FaultingOffset", "ProcessId"]
    values = ("gopls.exe", "0.0.0.0", "0", "gopls.exe", "0.0.0.0", "0", "c0000005", "000000000006dd27", "5f8")
    rows = [
        f"<Data Name='{name}'>{value}</Data>" if named else f"<Data>{value}</Data>"
        for name, value in zip(names, values, strict=True)
    ]
    text = (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System>"
        "<Provider Name='Application Error'/>\n<EventID>1000</EventID></System>\n<EventData>"
        + "\n".join(rows)
        + "</EventData>\n</Event>"
    )

    for before in ("", "<Events>"):
        reading = read(before + (text.replace("\n", "") if is_one_line else text) + "\n")
        assert [(crash.program, crash.exit_code) for crash in reading.crashes] == [("gopls", 0xC0000005)]


def test_an_error_report_file_is_read() -> None:
    text = (
        "Version=1\r\nEventType=APPCRASH\r\nEventTime=133000000000000000\r\n"
        "Sig[0].Name=Application Name\r\nSig[0].Value=gopls.exe\r\nSig[1].Name=Application Version\r\n"
        "Sig[1].Value=0.0.0.0\r\nSig[6].Name=Exception Code\r\nSig[6].Value=c0000005\r\n"
        "Sig[7].Name=Exception Offset\r\nSig[7].Value=000000000006dd27\r\n"
    )

    for content in (text.encode(), text.encode("utf-16")):
        (crash,) = read(content).crashes
        assert (crash.program, crash.exit_code, crash.message) == ("gopls", 0xC0000005, "EventType=APPCRASH")


LOW_MEMORY = (
    "Windows successfully diagnosed a low virtual memory condition. The following programs consumed the most "
    "virtual memory: gopls.exe (7580) consumed 11282399232 bytes, and Code.exe (21092) consumed 562757632 bytes.\n"
)
QUARANTINE = (
    "Microsoft Defender Antivirus has taken action to protect this machine from malware.\n"
    " Name: Trojan:Win32/Wacatac.B!ml\n"
    " Path: file:_C:\\Users\\USER\\go\\bin\\gopls.exe\n"
    " Action: Quarantine\n"
)


def test_low_virtual_memory_names_programs_and_ends_none() -> None:
    reading = read(LOW_MEMORY)

    assert [(event.kind, event.process, event.virtual_bytes) for event in reading.kernel_events] == [
        (KillKind.COMMIT_LIMIT, "gopls.exe", 11282399232),
        (KillKind.COMMIT_LIMIT, "Code.exe", 562757632),
    ]
    assert reading.crashes == ()


def test_a_quarantined_program_is_named_with_the_threat() -> None:
    reading = read(QUARANTINE)

    assert [(event.kind, event.process, event.reason, event.line) for event in reading.kernel_events] == [
        (KillKind.ANTIVIRUS, "gopls.exe", "Trojan:Win32/Wacatac.B!ml", 3)
    ]
    assert reading.crashes == ()


def test_accounts_of_a_group_tell_that_somebody_was_killed() -> None:
    reading = read("low 0\nhigh 0\nmax 1409\noom 2\noom_kill 2\noom_group_kill 0\n")

    (crash,) = reading.crashes
    assert (crash.kind, crash.message, crash.line, crash.program) == (EndKind.KILLED, "oom_kill 2", 5, "")
    assert reading.formats == ("memory.events",)
    assert read("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n").formats == ("memory.oom_control",)
    assert read("low 0\noom 0\noom_kill 0\n").crashes == ()
    assert read("oom 3\nthis is prose\n").formats != ("memory.events",)


INSPECTED = [{"Id": "0f3c", "Path": "gopls", "State": {"Status": "exited", "OOMKilled": True, "ExitCode": 137}}]


def test_a_container_that_ran_gopls_and_was_killed_names_it() -> None:
    reading = read(json.dumps(INSPECTED, indent=4))

    (crash,) = reading.crashes
    assert (crash.kind, crash.program, crash.exit_code) == (EndKind.KILLED, "gopls", 137)
    assert crash.message == '"OOMKilled": true'
    assert [event.kind for event in reading.kernel_events] == [KillKind.CGROUP_OUT_OF_MEMORY]


def test_a_container_that_lives_on_after_a_kill_blames_nobody() -> None:
    state = {"Status": "running", "OOMKilled": True, "ExitCode": 0}

    (crash,) = read(json.dumps([{**INSPECTED[0], "State": state}], indent=4)).crashes

    assert (crash.program, crash.signal) == ("", None)


def test_a_container_that_was_killed_without_lack_of_memory_is_a_kill_alone() -> None:
    state = {"Status": "exited", "OOMKilled": False, "ExitCode": 137}

    reading = read(json.dumps([{**INSPECTED[0], "State": state}], indent=4))

    assert [crash.kind for crash in reading.crashes] == [EndKind.KILLED]
    assert reading.kernel_events == ()


def test_pods_tell_of_kills_in_words_and_json() -> None:
    described = "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n"
    written = {
        "apiVersion": "v1",
        "kind": "Pod",
        "status": {"containerStatuses": [{"lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]},
    }
    listed = "NAME   READY   STATUS      RESTARTS   AGE\ntest   0/1     OOMKilled   3          1m\n"

    for text in (described, json.dumps(written, indent=2), listed):
        reading = read(text)
        assert [(crash.kind, crash.exit_code) for crash in reading.crashes] == [(EndKind.KILLED, 137)], text
        assert [event.reason for event in reading.kernel_events] == ["OOMKilled"]


def test_counted_crashes_have_the_kind_that_their_stack_proves() -> None:
    (path,) = (CORPUS / "telemetry").glob("*.count")

    reading = read(path.read_bytes())

    assert reading.formats == ("telemetry-counters",)
    assert [crash.kind for crash in reading.crashes] == [EndKind.SIGNAL, EndKind.FATAL, EndKind.SIGNAL]
    assert {crash.message for crash in reading.crashes} == {"crash/crash"}
    assert all(crash.program == "gopls" and crash.go_version == "go1.27.3" for crash in reading.crashes)
    assert all(crash.crashing and crash.crashing.stack.frames for crash in reading.crashes)
    (file,) = reading.counters
    assert sum(1 for each in file.crashes if each.stack) == 3


def test_stored_bugs_are_counters_and_no_ends() -> None:
    stack = "goroutine 7 [running]:\nruntime/debug.Stack()\n\t/go/src/runtime/debug/stack.go:26 +0x5e\n" + (
        "golang.org/x/tools/gopls/internal/util/bug.report({0x1, 0x2})\n\t/src/bug.go:84 +0x8b\n"
    )
    stats = {
        "BugReports": [{"File": "bug.go", "Line": 84, "Description": "d", "Stack": stack}, "odd", 7],
        "CacheDir": "/c",
        "GoplsVersion": "v0.18.1",
        "GoVersion": "go1.24.1",
    }

    reading = read(json.dumps(stats, indent=2))

    assert reading.crashes == ()
    (file,) = reading.counters
    assert str(file.version) == "v0.18.1"
    assert [frame.function for frame in file.bugs[0].stack][-1] == "golang.org/x/tools/gopls/internal/util/bug.report"


def test_an_end_that_editor_and_kernel_tell_is_one() -> None:
    text = (
        "[Info  - 6:27:07 PM] Server process exited with signal SIGKILL.\n"
        "[ 2173.1] Out of memory: Killed process 4159 (gopls) total-vm:1kB, anon-rss:1kB, file-rss:0kB\n"
    )

    (crash,) = read(text).crashes

    assert crash.kind is EndKind.KILLED
    assert any("Killed process 4159" in each for each in (*crash.diagnostics, crash.message))


def test_kills_of_other_programs_are_not_those_of_gopls() -> None:
    (crash,) = read("Out of memory: Killed process 9 (java) total-vm:1kB, anon-rss:1kB, file-rss:0kB\n").crashes

    assert crash.program == "java"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (LOW_MEMORY, "M01", "gopls used 11 GiB of it"),
        (QUARANTINE, "K07", "took gopls.exe away for Trojan:Win32/Wacatac.B!ml"),
        ("low 0\noom 2\noom_kill 2\n", "M02", "which one, the account does not say"),
        (KILLS["5.4"], "M01", "The kernel killed gopls 4159"),
        (IPS % ("SIGKILL (Code Signature Invalid)", "CODESIGNING", "Invalid Page"), "K02", "signature"),
        (MAC_JETSAM, "K03", "macOS killed gopls 4159"),
    ],
)
def test_what_a_system_says_is_judged(
    text: str, code: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text(text)

    run(["crash", "--format", "json", str(tmp_path / "log")])

    findings = {each["code"]: each["summary"] for each in json.loads(capsys.readouterr().out)["findings"]}
    assert words in findings[code]


REPORTS = {
    "ips": (IPS % ("SIGSEGV", "SIGNAL", "x")).encode(),
    "crash": MAC_TEXT.encode(),
    "event": (EVENT_TEXT % "c0000005").encode(),
    "inspect": json.dumps(INSPECTED, indent=4).encode(),
    "events": b"low 0\nhigh 0\nmax 1409\noom 2\noom_kill 2\noom_group_kill 0\n",
    "kernel": (CORPUS / "kernel" / "dmesg-memory-cgroup.txt").read_bytes()[:9000],
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_may_be_cut_anywhere(name: str, tmp_path: Path) -> None:
    content = REPORTS[name]

    for at in range(0, len(content), 13):
        assert read(content[:at]).bytes == at
        assert read(content[at:]).bytes == len(content) - at
