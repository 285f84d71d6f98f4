"""Examines, repairs, examines, takes the repair back and examines again, in the environment of one set-up.

Started by the stage as the command under test: `python -I repairing.py ORDER`, where ORDER is a JSON object; prints one
JSON object. Only the standard library is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ORDER = json.loads(sys.argv[1])
LIMIT_SECONDS = 240
QUESTION = b"[?] "
MADE_BY_TOOLS = (".cache", "pkg/mod", "telemetry", "logs")
"""What go and gopls write by themselves."""
RESULT: dict[str, Any] = {"runs": []}


def gopls_diag(*words: str) -> dict[str, Any]:
    """Run the program; its JSON, or what it said instead."""
    began = time.monotonic()
    done = subprocess.run(
        [*ORDER["program"], *words, "--format", "json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )
    RESULT["runs"].append([" ".join(words), done.returncode, round(time.monotonic() - began, 1)])
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        answer = {"broken": f"exit {done.returncode}: {(done.stderr or done.stdout).strip()[-600:]}"}
    return answer


def doctor() -> dict[str, Any]:
    """What is found, without what was not."""
    report = gopls_diag("doctor", *ORDER["arguments"], *(["--probe"] if ORDER["probe"] else []))
    crashed = [each["check"] for each in report.get("outcomes", []) if each["outcome"] == "crashed"]
    return {"findings": report.get("findings", []), "crashed": crashed, "broken": report.get("broken", "")}


def fix(*words: str) -> list[dict[str, Any]]:
    """What was proposed, and what became of it."""
    report = gopls_diag("fix", *ORDER["arguments"], *words)
    if "broken" in report:
        RESULT.setdefault("broken", f"fix {' '.join(words)}: {report['broken']}")
    proposals: list[dict[str, Any]] = report.get("proposals", [])
    return proposals


def fix_by_answering() -> str:
    """The same on a terminal, for what is asked one by one: yes to each; what was on the screen."""
    began = time.monotonic()
    pid, screen = pty.fork()
    if pid == 0:
        words = [*ORDER["program"], "fix", *ORDER["arguments"], "--yes", "--select", ",".join(ORDER["codes"])]
        os.execvpe(words[0], words, {**os.environ, "TERM": "dumb", **ORDER["network"]})
    seen = b""
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
        if seen.endswith(QUESTION):
            os.write(screen, b"y\n")
    _, status = os.waitpid(pid, 0)
    RESULT["runs"].append(["fix on a terminal", os.waitstatus_to_exitcode(status), round(time.monotonic() - began, 1)])
    return seen.decode("utf-8", "backslashreplace")


def hashes() -> dict[str, str]:
    """Every file of the machine by path: mode, and target or SHA-256."""
    found: dict[str, str] = {}
    for top, folders, names in os.walk(ORDER["home"]):
        place = os.path.relpath(top, ORDER["home"])
        if any(f"/{place}/".find(f"/{each}/") >= 0 for each in MADE_BY_TOOLS):
            folders.clear()
            continue
        for name in [*names, *(each for each in folders if Path(top, each).is_symlink())]:
            path = Path(top, name)
            try:
                if path.is_symlink():
                    found[str(path)] = f"-> {path.readlink()}"
                elif path.is_file():
                    mode = oct(path.stat().st_mode & 0o7777)
                    found[str(path)] = f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            except OSError as refusal:
                found[str(path)] = str(refusal.errno)
    return found


def repair() -> None:
    """As far as it takes: without a word, with the codes named, and on a terminal."""
    first = fix("--yes")
    RESULT["proposals"] = first
    waiting = [each for each in first if each["code"] in ORDER["codes"] and each["consent"] == "each"]
    if any(each["reach"] != "project" for each in waiting):
        named = fix("--yes", "--select", ",".join(ORDER["codes"]))
        RESULT["proposals"] = [each for each in first if each["fate"] == "applied"] + named
    if any(each["reach"] == "project" for each in waiting):
        RESULT["screen"] = fix_by_answering()


def main() -> None:
    RESULT["before"] = doctor()
    files = hashes()
    repair()
    if not any(each["consent"] != "reader" and each["code"] in ORDER["codes"] for each in RESULT["proposals"]):
        print(json.dumps(RESULT))
        return
    RESULT["after"] = doctor()
    kept = gopls_diag("fix", "--history").get("changes", [])
    RESULT["changes"] = [[each["kind"], each["state"], each["titles"]] for each in kept]
    RESULT["undone"] = [gopls_diag("fix", "--undo") for _ in kept]
    again = hashes()
    RESULT["differ"] = sorted(path for path in {*files, *again} if files.get(path) != again.get(path))
    RESULT["again"] = doctor()
    print(json.dumps(RESULT))


main()
