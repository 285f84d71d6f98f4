"""Kernel logs: real lines of Linux, documented lines of systemd and macOS."""

from __future__ import annotations

from gopls_diag.model.kernel_log import KillKind, ago
from gopls_diag.parse.kernel_log import merge, parse_kernel_log
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus" / "kernel"
NOW = 1_795_348_800.0


def test_reads_a_whole_report_of_a_group_over_its_limit() -> None:
    text = (CORPUS / "dmesg-memory-cgroup.txt").read_text()

    (event,) = parse_kernel_log(text, source="dmesg", boot_seconds=1000.0)

    assert event.kind is KillKind.CGROUP_OUT_OF_MEMORY
    assert (event.pid, event.process, event.cgroup) == (19560, "gopls", "/goplsoom")
    assert event.limit_bytes == 163840 * 1024
    assert event.resident_bytes == 161152 * 1024
    assert event.victims == ("gopls", "go")
    assert event.seconds == 1000.0 + 3046.942650
    assert text.split("\n")[(event.line or 0) - 1].endswith(event.text)
    assert event.is_gopls


def test_reads_two_kills_of_which_only_the_last_lines_are_left() -> None:
    text = (CORPUS / "dmesg-two-kills.txt").read_text()

    events = parse_kernel_log(text, source="dmesg")

    assert [(each.pid, each.line) for each in events] == [(20518, 2), (7254, 6)]
    assert all(each.seconds is None and each.is_gopls for each in events)


def test_reads_lines_that_a_filter_left_of_a_report() -> None:
    (event,) = parse_kernel_log((CORPUS / "dmesg-captured-lines.txt").read_text(), source="dmesg")

    assert (event.process, event.cgroup, event.victims) == ("gopls23", "/goplstest", ("gopls23",))


def test_reads_every_prefix_that_a_log_puts_before_the_message() -> None:
    message = "Out of memory: Killed process 12 (gopls) total-vm:1024kB, anon-rss:512kB, file-rss:0kB"
    written = {
        f"1795345200.250000 burrow kernel: {message}": 1_795_345_200.25,
        f"2026-11-22T11:00:00,250000+00:00 {message}": 1_795_345_200.25,
        f"2026-11-22T12:00:00+0100 burrow kernel: {message}": 1_795_345_200.0,
        f"Nov 22 11:00:00 burrow kernel: [ 2173.1] {message}": 1_795_345_200.0,
        f"<3>[  100.500000] {message}": 1_795_345_200.5,
    }

    for line, seconds in written.items():
        (event,) = parse_kernel_log(line, source="log", boot_seconds=1_795_345_100.0, now_seconds=NOW)
        assert event.seconds == seconds, line
        assert event.text == message


def test_dates_without_a_year_are_of_the_past() -> None:
    line = "Dec 30 11:00:00 burrow kernel: Out of memory: Killed process 12 (gopls) total-vm:1kB, anon-rss:1kB"

    (event,) = parse_kernel_log(line, source="log", now_seconds=NOW)

    assert event.seconds is not None
    assert NOW - event.seconds > 300 * 86400


def test_announcement_and_kill_of_old_kernels_are_one_event() -> None:
    text = (
        "Memory cgroup out of memory: Kill process 5011 (gopls) score 167 or sacrifice child\n"
        "Killed process 5011 (gopls) total-vm:322196kB, anon-rss:308992kB, file-rss:604kB\n"
    )

    (event,) = parse_kernel_log(text, source="log")

    assert event.kind is KillKind.CGROUP_OUT_OF_MEMORY
    assert event.line == 2


def test_systemd_oomd_names_the_group_once() -> None:
    text = (
        "1795345200.5 burrow systemd-oomd[812]: Killed /user.slice/user-1000.slice/app.slice/code.scope due to memory "
        "pressure for /user.slice being 84.35% > 50.00% for > 20s with reclaim activity\n"
        "1795345201.5 burrow systemd[1]: code.scope: systemd-oomd killed 31 process(es) in this unit.\n"
    )

    (event,) = parse_kernel_log(text, source="journalctl")

    assert event.kind is KillKind.OOMD
    assert event.cgroup.endswith("/code.scope")
    assert event.reason.startswith("memory pressure")


def test_macos_lines_name_process_reason_and_size() -> None:
    text = (
        "default\t08:59:00.573715+0100\tkernel\tCODE SIGNING: cs_invalid_page(0x102b24000): p=4159[gopls] "
        "final status 0x23020200, denying page sending SIGKILL\n"
        "2026-11-22 11:50:00.1+0000  localhost kernel[0]: memorystatus: killing_top_process pid 4160 [gopls] "
        "(vm-pageshortage 0) 2048KB - memorystatus_available_pages: 1843\n"
        "2026-11-22 11:50:00.1+0000  localhost kernel[0]: 4161[gopls] map size 0x2000 over RLIMIT_AS 0x1000\n"
    )

    signing, jetsam, space = parse_kernel_log(text, source="log show")

    assert (signing.kind, signing.pid) == (KillKind.CODE_SIGNING, 4159)
    assert (jetsam.kind, jetsam.reason, jetsam.resident_bytes) == (KillKind.JETSAM, "vm-pageshortage", 2048 * 1024)
    assert (space.kind, space.limit_bytes) == (KillKind.ADDRESS_SPACE, 0x1000)


def test_a_page_that_is_only_marked_is_no_kill() -> None:
    text = "kernel[0]: CODE SIGNING: cs_invalid_page(0x1000): p=3[gopls] final status 0x0, allow (remove VALID)ing page"

    assert parse_kernel_log(text, source="log") == ()


def test_one_kill_told_by_two_logs_is_given_once() -> None:
    line = "Out of memory: Killed process 12 (gopls) total-vm:1kB, anon-rss:1kB"
    ring = parse_kernel_log(f"[ 100.5] {line}", source="dmesg", boot_seconds=1_795_345_000.0)
    journal = parse_kernel_log(f"1795345130.5 burrow kernel: {line}", source="journalctl")

    assert [each.source for each in merge(ring, journal)] == ["dmesg"]


def test_spans_of_time_read_as_people_say_them() -> None:
    spans = [10, 600, 3600, 7200, 86400 * 3]

    assert [ago(each) for each in spans] == [
        "just now",
        "10 minutes ago",
        "60 minutes ago",
        "2 hours ago",
        "3 days ago",
    ]
