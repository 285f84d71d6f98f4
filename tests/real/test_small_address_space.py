"""Under `ulimit -v` the doctor must be able to say that no Go program can start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows count address space otherwise")


@pytest.mark.parametrize(("kibibytes", "code"), [(300_000, "M03"), (500_000, "M03"), (1_500_000, "M04")])
def test_a_small_address_space_is_told_from_inside_it(
    kibibytes: int, code: str, tmp_path: Path, gopls: Callable[[str], str]
) -> None:
    program = Path(sys.executable).with_name("gopls-diag")
    command = f"ulimit -v {kibibytes}; exec '{program}' doctor --format json --select M03,M04,E28 '{tmp_path}'"

    environment = {**os.environ, "PATH": os.pathsep.join((str(Path(gopls("v0.23.0")).parent), os.environ["PATH"]))}

    ended = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    report = json.loads(ended.stdout)

    assert ended.returncode == 1, ended.stderr
    assert report["verdict"]["code"] == code
    assert not [row for row in report["outcomes"] if row["outcome"] == "crashed"]
