"""What a running gopls does, by its argument list, and whose it is."""

from __future__ import annotations

import pytest

from gopls_diag.model.gopls_process import GoplsRole
from gopls_diag.parse.byte_count import is_memory_limit, meant_memory_limit, parse_memory_limit
from gopls_diag.parse.editor_process import editor_of
from gopls_diag.parse.gopls_command import flag_value, is_gopls_name, role_of


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("gopls", GoplsRole.SERVER),
        ("gopls -rpc.trace -logfile /tmp/x serve", GoplsRole.SERVER),
        ("gopls -mode=stdio", GoplsRole.SERVER),
        ("gopls -remote=auto", GoplsRole.FORWARDER),
        ("gopls serve -listen unix;/run/x -listen.timeout 1m0s", GoplsRole.DAEMON),
        ("gopls -listen=localhost:37374", GoplsRole.DAEMON),
        ("gopls -listen.timeout=1m", GoplsRole.SERVER),
        ("gopls mcp", GoplsRole.MCP),
        ("gopls -remote=auto check main.go", GoplsRole.OTHER),
        ("gopls version -json", GoplsRole.OTHER),
    ],
)
def test_roles(words: str, role: GoplsRole) -> None:
    assert role_of(tuple(words.split())) is role


def test_the_side_car_has_no_role() -> None:
    assert role_of(("/home/gopher/go/bin/gopls", "** telemetry **")) is None


def test_flags_in_every_spelling() -> None:
    command = ("gopls", "--logfile=a", "-remote", "auto", "-v", "serve")

    assert [flag_value(command, name) for name in ("logfile", "remote", "v", "debug")] == ["a", "auto", "serve", None]


@pytest.mark.parametrize(
    ("name", "is_gopls"),
    [
        ("gopls", True),
        ("gopls.exe", True),
        ("gopls-v0.23.0", True),
        ("gopls-diag", False),
        ("go", False),
        ("gopl", False),
    ],
)
def test_names(name: str, is_gopls: bool) -> None:
    assert is_gopls_name(name) is is_gopls


@pytest.mark.parametrize(
    ("name", "executable", "command", "key"),
    [
        ("code", "/usr/share/code/code", "code --type=utility", "vscode"),
        ("Code Helper (Plugin)", "/Applications/Visual Studio Code.app/x", "", "vscode"),
        (
            "node",
            "/home/g/.vscode-server/bin/abc/node",
            "node /home/g/.vscode-server/bin/a/fork",
            "vscode-server",
        ),
        ("node", "/usr/bin/node", "node /opt/code-server/out/node/entry.js", "code-server"),
        ("Cursor Helper (Plugin)", "", "", "cursor"),
        ("nvim", "/usr/bin/nvim", "nvim --embed", "neovim"),
        ("emacs-29.4", "/usr/bin/emacs-29.4", "emacs", "emacs"),
        ("hx", "/usr/bin/hx", "hx main.go", "helix"),
        ("Code.exe", "C:\\Users\\g\\AppData\\Local\\Programs\\Microsoft VS Code\\Code.exe", "", "vscode"),
        ("node", "/usr/bin/node", "node server.js", None),
        ("bash", "/usr/bin/bash", "bash /opt/code-server/run.sh", None),
    ],
)
def test_editors(name: str, executable: str, command: str, key: str | None) -> None:
    found = editor_of(name, executable, tuple(command.split()))

    assert (found[0] if found else None) == key


@pytest.mark.parametrize(
    ("text", "size"),
    [("3GiB", 3 << 30), ("1024", 1024), ("1B", 1), ("2TiB", 2 << 40), ("3GB", None), ("3 GiB", None), ("-1", None),
     ("3gib", None), ("2.5GiB", None), ("99999999999999999999", None), ("9007199254740993KiB", None), ("", None)],
)  # fmt: skip
def test_memory_limits_as_the_runtime_reads_them(text: str, size: int | None) -> None:
    assert parse_memory_limit(text) == size


def test_what_people_mean() -> None:
    meant = {"3GB": "3GiB", "2.5g": "2560MiB", "1500m": "1500MiB", "3 GiB": "3GiB", "lots": "", "12": "", "1.5k": ""}

    assert {text: meant_memory_limit(text) for text in meant} == meant
    assert all(is_memory_limit(text) for text in ("", "off", "3GiB"))
