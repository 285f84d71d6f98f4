"""Lines that limit the address space, and lines that only look so."""

from __future__ import annotations

from gopls_diag.parse.shell_limits import parse_limits_conf, parse_shell_file


def found(text: str) -> list[tuple[int, int | None]]:
    return [(each.line, each.limit_bytes) for each in parse_shell_file(text, path="rc")]


def test_every_shell_has_its_spelling() -> None:
    lines = {
        "ulimit -v 4194304": 4 * 1024**3,
        "ulimit -Sv 1048576": 1024**3,
        "ulimit -S -v 1048576 # for gopls": 1024**3,
        "test -n x && ulimit -v 2000000; echo": 2000000 * 1024,
        "ulimit -n 4096 -v 1048576": 1024**3,
        "ulimit -v $((2 * 1024 * 1024))": None,
        "ulimit --virtual-memory-size 1048576": 1024**3,
        "limit vmemoryuse 2g": 2 * 1024**3,
        "if true; then ulimit -v 500000; fi": 512000000,
    }

    for line, size in lines.items():
        assert found(line + "\n") == [(1, size)], line


def test_lines_that_limit_nothing() -> None:
    text = (
        "ulimit -v\nulimit -v unlimited\n# ulimit -v 1\nulimit -n 4096\nulimit -a\nlimit coredumpsize 0\n"
        'echo "no limit here"\nulimit -Hn\nulimit\nmyulimit -v 5\n'
    )

    assert found(text) == []


def test_limits_conf_counts_as_only() -> None:
    text = "# * hard as 1\n* soft as 2097152\n@dev - as unlimited\nroot hard nofile 1024\n* hard as -1\n*\n"

    (limit,) = parse_limits_conf(text, path="limits.conf")

    assert (limit.line, limit.limit_bytes, limit.subject) == (2, 2 * 1024**3, "*")


def test_any_bytes_are_taken() -> None:
    text = "ulimit " * 2000 + "\n" + "\x00limit -v\ufffd\n" + "ulimit" + " -v" * 5000 + "\n"

    assert len(parse_shell_file(text, path="rc")) <= 3
