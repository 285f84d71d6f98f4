"""Whatever a session does: rings stay ordered and bounded, troubles begin before they end, looks are few."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.engines.record.depth import Depth, NearestLimit
from gopls_diag.engines.record.ring import COARSE, SampleRing
from gopls_diag.model.record_settings import MIB, RecordSettings
from gopls_diag.model.recorded_session import InFlight, Sample
from gopls_diag.parse.cgroup import parse_cgroup_mounts
from gopls_diag.parse.debug_address import port_in, port_of_flag
from gopls_diag.parse.go_build_info import MAGIC, parse_build_info
from gopls_diag.parse.process_texts import (
    parse_address_space_limit,
    parse_meminfo,
    parse_pressure,
    parse_process_stat,
    parse_pss,
    parse_statm,
)
from gopls_diag.parse.recording_lines import parse_samples
from gopls_diag.parse.shown_command import LONGEST_COMMAND, shown_command

TOTAL = 64 * 1024


class Disk:
    """A folder in memory that refuses when it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.is_full = False

    def append(self, name: str, content: bytes) -> bool:
        if not self.is_full:
            self.files[name] = self.files.get(name, b"") + content
        return not self.is_full

    def replace(self, name: str, content: bytes) -> bool:
        if not self.is_full:
            self.files[name] = content
        return not self.is_full

    def remove(self, name: str) -> bool:
        self.files.pop(name, None)
        return True

    def read(self, name: str, most: int = 1 << 30, offset: int = 0) -> bytes | None:
        return self.files[name][offset : offset + most] if name in self.files else None

    def size(self, name: str) -> int:
        return len(self.files.get(name, b""))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.floats(0.05, 120.0), st.none() | st.integers(0, 1 << 34), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_rows_stay_in_order_and_under_their_bytes(stretches: list[tuple[int, float, int | None, bool]]) -> None:
    disk = Disk()
    ring = SampleRing(disk, TOTAL)
    at, peak = 0.0, -1
    for count, step, resident, is_full in stretches:
        disk.is_full = is_full
        for number in range(count):
            at = round(at + step, 3)
            # One row of a stretch has the most of it.
            memory = resident if resident is None or number != count // 2 else resident + 1
            peak = max(peak, -1 if memory is None else memory)
            ring.add(Sample(at, resident_bytes=memory, cpu_seconds=at))
            ring.flush()
    disk.is_full = False
    assert ring.flush()

    parts = sorted(each for each in disk.files if each.startswith("samples-"))
    rows = [row for each in (COARSE, *parts) for row in parse_samples(disk.files.get(each, b""))]

    assert sum(map(len, disk.files.values())) <= TOTAL
    assert [row.at_seconds for row in rows] == sorted({row.at_seconds for row in rows})
    assert rows[-1].at_seconds == at
    if ring.lost == 0 and not any(is_full for *_, is_full in stretches):
        assert max(-1 if row.resident_bytes is None else row.resident_bytes for row in rows) == peak


@dataclass(frozen=True)
class Window:
    count: int
    slow: int
    failed: int
    words: str = ""


SEEN = st.tuples(
    st.floats(0.1, 400.0),
    st.none()
    | st.builds(
        lambda count, slow, failed: Window(count, min(slow, count), min(failed, count)), *[st.integers(0, 40)] * 3
    ),
    st.lists(
        st.builds(
            InFlight,
            st.sampled_from(["textDocument/hover", "initialize"]),
            st.integers(1, 3),
            st.none() | st.floats(0, 1e5),
            st.just("x"),
        ),
        max_size=2,
    ),
    st.none() | st.builds(NearestLimit, st.just("machine"), st.integers(0, 1 << 34), st.integers(0, 1 << 34)),
    st.booleans(),
    st.sampled_from(["", "thrashing"]),
)


@given(st.lists(SEEN, max_size=60), st.integers(0, 4))
def test_troubles_begin_before_they_end_and_looks_are_few(rows: list[tuple], most: int) -> None:  # type: ignore[type-arg]
    given_settings = RecordSettings(looks=most)
    depth = Depth(given_settings)
    now, looks, begun, ended = 0.0, 0, 0, 0
    for step, window, in_flight, limit, is_stopped, thrashing in rows:
        now += step
        sample = Sample(now, resident_bytes=100 * MIB)
        seen = depth.see(now, sample, window, in_flight, limit, is_stopped=is_stopped, thrashing=thrashing)
        looks += seen.look is not None
        begun += len(seen.begun)
        ended += len(seen.ended)
        assert seen.next_sample_seconds in (given_settings.sample_seconds, given_settings.busy_sample_seconds)

    troubles = depth.troubles
    assert looks <= most
    assert begun == len(troubles) + depth.dropped
    assert ended == sum(each.ended_seconds is not None for each in troubles) + depth.dropped
    assert all(each.ended_seconds is None or each.began_seconds <= each.ended_seconds for each in troubles)
    lasting = [each.kind for each in troubles if each.ended_seconds is None]
    assert len(lasting) == len(set(lasting)), "one of a kind at a time"


@given(st.text(max_size=200), st.binary(max_size=200))
def test_texts_of_the_kernel_may_be_anything(text: str, content: bytes) -> None:
    for parse in (
        *(parse_process_stat, parse_statm, parse_pss, parse_meminfo),
        *(parse_pressure, parse_address_space_limit, parse_cgroup_mounts),
    ):
        parse(text)
    parse_pressure(f"some avg10={text}")
    parse_address_space_limit(f"Max address space {text}")
    parse_build_info(MAGIC + content)
    port_in(content)
    port_of_flag(("-debug", text))


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_command_is_one_short_line(words: list[str]) -> None:
    line = shown_command(words)

    assert len(line) <= LONGEST_COMMAND
    assert line.splitlines() in ([], [line])


@given(st.sampled_from(["--token", "-api-key", "--password"]), st.text("abcdefghij0123456789", min_size=1, max_size=30))
def test_the_value_of_a_secret_flag_is_never_shown(flag: str, secret: str) -> None:
    for words in (["tool", flag, secret], ["tool", f"{flag}={secret}"]):
        assert secret not in shown_command(words).replace(flag, "")
