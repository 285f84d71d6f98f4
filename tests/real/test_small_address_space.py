"""Under `ulimit -v` the doctor must be able to say that no Go program can start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows count address space otherwise")


@pytest.mark.parametrize("kibibytes", [300_000, 500_000, 1_500_000])
def test_a_small_address_space_is_told_from_inside_it(kibibytes: int, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("gopls-diag")
    command = f"ulimit -v {kibibytes}; exec '{program}' doctor --format json --select M03,M04,E28 '{tmp_path}'"

    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=120)
    report = json.loads(ended.stdout)

    assert ended.returncode == 1, ended.stderr
    assert report["verdict"]["code"] == "M03"
    assert not [row for row in report["outcomes"] if row["outcome"] == "crashed"]
