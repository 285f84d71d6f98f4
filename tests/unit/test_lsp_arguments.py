"""Which of an editor's flags the probe uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopls_diag.world.lsp_arguments import observing_arguments


@pytest.mark.parametrize(
    "flags",
    [
        ["-remote=auto"],
        ["--remote=unix;/tmp/gopls.sock"],
        ["-remote", "auto"],
        ["-debug=localhost:6060"],
        ["-debug", "localhost:6060"],
        ["-listen=:37374"],
        ["-rpc.trace"],
        ["-logfile=auto"],
        ["-otel=http://collector.example:4318"],
        ["-profile.cpu=cpu.out"],
    ],
)
def test_drops_what_reaches_out_and_says_so(flags: list[str], tmp_path: Path) -> None:
    kept, notes = observing_arguments(["gopls", *flags, "-vv"], str(tmp_path))

    assert kept == ["gopls", "-vv"]
    assert len(notes) == 1
    assert " ".join(flags) in notes[0]


def test_keeps_what_only_changes_this_server_and_what_does_not_exist(tmp_path: Path) -> None:
    command = ["gopls", "serve", "-mode=stdio", "-remote.debug=x", "--nosuch=1", "-v"]

    assert observing_arguments(command, str(tmp_path)) == (command, [])


def test_keeps_a_log_that_cannot_be_written_since_gopls_will_refuse_it(tmp_path: Path) -> None:
    command = ["gopls", "-logfile=${workspaceFolder}/.gopls.log"]

    assert observing_arguments(command, str(tmp_path)) == (command, [])


def test_drops_a_log_that_could_be_written(tmp_path: Path) -> None:
    log = tmp_path / "gopls.log"

    kept, notes = observing_arguments(["gopls", f"-logfile={log}"], str(tmp_path))

    assert kept == ["gopls"]
    assert notes == [f"-logfile={log} was left out: a running gopls may be writing to that file"]


def test_a_last_flag_without_its_value_is_dropped_too(tmp_path: Path) -> None:
    assert observing_arguments(["gopls", "-remote"], str(tmp_path))[0] == ["gopls"]
