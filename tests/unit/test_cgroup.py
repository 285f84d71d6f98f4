"""Control groups: where a process's accounts are, in every arrangement of versions and containers."""

from __future__ import annotations

from gopls_diag.parse.cgroup import (
    CgroupPath,
    group_folders,
    parse_cgroup_mounts,
    parse_cgroup_paths,
    parse_counts,
    parse_limit,
)

BOTH = (
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "40 31 0:39 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n"
)


def test_finds_the_memory_group_of_both_versions() -> None:
    text = "9:name=systemd:/\n4:cpu,memory:/a/b\n0::/user.slice\n"

    assert parse_cgroup_paths(text) == (CgroupPath(1, "/a/b"), CgroupPath(2, "/user.slice"))


def test_a_group_and_its_ancestors_come_innermost_first() -> None:
    folders = group_folders(CgroupPath(1, "/a/b"), parse_cgroup_mounts(BOTH))

    assert folders == ("/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory")


def test_a_container_sees_its_own_group_as_the_root() -> None:
    whole = parse_cgroup_mounts("35 31 0:32 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n")

    assert group_folders(CgroupPath(2, "/docker/abc"), whole) == ("/sys/fs/cgroup",)
    assert group_folders(CgroupPath(2, "/"), whole) == ("/sys/fs/cgroup",)
    assert group_folders(CgroupPath(2, "/../other"), whole) == ("/sys/fs/cgroup",)


def test_a_hierarchy_that_is_not_mounted_has_no_folder() -> None:
    assert group_folders(CgroupPath(2, "/a"), ()) == ()


def test_limits_tell_numbers_from_words() -> None:
    written = {
        "209715200\n": 209715200,
        "max\n": None,
        "9223372036854771712\n": None,
        "": None,
        "\u0663": None,
        "-1": None,
    }

    for text, value in written.items():
        assert parse_limit(text) == value, text


def test_counts_pass_over_what_is_no_count() -> None:
    assert parse_counts("oom_kill 3\nunder_oom x\n\nlow 0") == {"oom_kill": 3, "low": 0}
