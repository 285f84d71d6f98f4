"""go.mod and go.work are read as the go command itself reads them (`go mod edit -json`, `go work edit -json`)."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.parse.go_mod import parse_go_mod
from gopls_diag.parse.go_work import parse_go_work

GO = shutil.which("go") or ""
pytestmark = pytest.mark.skipif(not GO, reason="there is no go command")


def told_by_go(verb: str, path: Path) -> dict[str, Any] | None:
    """What go says of the file; None when it refuses it."""
    done = subprocess.run([GO, verb, "edit", "-json", str(path)], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def replaces(value: list[dict[str, Any]] | None) -> list[tuple[str, ...]]:
    return [
        (each["Old"]["Path"], each["Old"].get("Version", ""), each["New"]["Path"], each["New"].get("Version", ""))
        for each in value or ()
    ]


def mod_as_go_tells(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": value["Module"].get("Path", ""),
        "deprecated": value["Module"].get("Deprecated", ""),
        "go": value.get("Go"),
        "toolchain": value.get("Toolchain"),
        "require": [(e["Path"], e["Version"], e.get("Indirect", False)) for e in value["Require"] or ()],
        "replace": replaces(value["Replace"]),
        "exclude": [(e["Path"], e["Version"]) for e in value["Exclude"] or ()],
        "retract": [(e["Low"], e["High"], e.get("Rationale", "")) for e in value["Retract"] or ()],
        "tool": [e["Path"] for e in value.get("Tool") or ()],
        "ignore": [e["Path"] for e in value.get("Ignore") or ()],
    }


def mod_as_we_tell(text: str) -> dict[str, Any]:
    read = parse_go_mod(text)
    return {
        "module": read.path,
        "deprecated": read.deprecated,
        "go": read.go.value if read.go else None,
        "toolchain": read.toolchain.value if read.toolchain else None,
        "require": [(e.path, e.version, e.is_indirect) for e in read.require],
        "replace": [(e.old_path, e.old_version, e.new_path, e.new_version) for e in read.replace],
        "exclude": [(e.path, e.version) for e in read.exclude],
        "retract": [(e.low, e.high, e.rationale) for e in read.retract],
        "tool": [e.value for e in read.tool],
        "ignore": [e.value for e in read.ignore],
    }


def test_every_go_mod_of_the_distribution_is_read_as_go_reads_it() -> None:
    done = subprocess.run([GO, "env", "GOROOT"], capture_output=True, text=True, check=True)
    files = sorted(Path(done.stdout.strip(), "src").rglob("go.mod"))[:25]

    assert files
    for path in files:
        told = told_by_go("mod", path)
        if told is not None:
            assert mod_as_we_tell(path.read_text(encoding="utf-8")) == mod_as_go_tells(told), path


def distinct(value: dict[str, Any]) -> dict[str, Any]:
    return {name: list(dict.fromkeys(each)) if isinstance(each, list) else each for name, each in value.items()}


COMMENTS = ("", "", "", " // indirect", " // indirect; why", " // other", "//indirect", " //  indirect  ")
PATHS = ("example.com/a", '"example.com/b"', "example.com/c-d_e~f", "gopkg.in/yaml.v3", "example.com/a'b", "`x`")
VERSIONS = ("v1.2.3", "v0.0.0-20250101000000-abcdefabcdef", '"v1.0.0"', "v1.9.0-rc.1")
FOLDERS = ("../x", "./y z", '"./y z"', "/abs", "x/y", "./q,r", '"./q,r"')


RETRACTED = ("v1.0.0", "[v1.0.0, v1.1.0]", "[ v1.0.0 ,v1.1.0 ]", "v1.0.0 v2", "[v1.0.0]")
MODULES = ("module example.com/m", "// Deprecated: no\nmodule example.com/m // yes", 'module (\n\t"a.b/c"\n)')


def generated_mod(dice: random.Random) -> str:
    """A go.mod that is sometimes right and sometimes not."""

    def line() -> str:
        path, version, comment = dice.choice(PATHS), dice.choice(VERSIONS), dice.choice(COMMENTS)
        choices = {
            "require": f"{path} {version}{comment}",
            "exclude": f"{path} {version}{comment}",
            "replace": f"{path} => {dice.choice(FOLDERS)}{comment}",
            "retract": dice.choice(("v1.0.0", "[v1.0.0, v1.1.0]", "[ v1.0.0 ,v1.1.0 ]", "v1.0.0 v2", "[v1.0.0]"))
            + comment,
            "tool": f"{path}/cmd{comment}",
            "ignore": dice.choice(("./x", "node_modules", "a b")),
            "godebug": dice.choice(("a=b", "a", "a = b")),
        }
        verb = dice.choice(list(choices))
        if dice.random() < 0.3:
            above = dice.choice(("", "\t// above\n", "\n", "\t// above\n\n"))
            end = dice.choice(("", " // end", " x"))
            return f"// block\n{verb} (\n{above}\t{choices[verb]}\n\n\t{choices[verb]}\n){end}"
        return f"{dice.choice(('', '// above', '// above' + chr(10)))}\n{verb} {choices[verb]}"

    first = dice.choice(MODULES)
    rest = [line() for _ in range(dice.randrange(5))]
    tail = dice.choice(("", "go 1.26", "go 1.26.1\ntoolchain go1.26.5", "toolchain default", "go go1.2", "go 1.26 x"))
    return "\n".join([first, *rest, tail]) + dice.choice(("\n", "", "\r\n"))


def test_generated_go_mod_files_are_read_or_refused_as_go_does(tmp_path: Path) -> None:
    path = tmp_path / "go.mod"
    refused = 0
    for seed in range(150):
        text = generated_mod(random.Random(seed))
        path.write_text(text, encoding="utf-8", newline="")
        told = told_by_go("mod", path)
        if told is None:
            refused += 1
            assert parse_go_mod(text).problems, text
        else:
            assert parse_go_mod(text).problems == (), text
            # The edit command drops repeated lines before it prints.
            assert distinct(mod_as_we_tell(text)) == distinct(mod_as_go_tells(told)), text

    assert 20 < refused < 130


@pytest.mark.parametrize(
    "text",
    [
        "go 1.26\n\nuse .\n",
        'go 1.26\ntoolchain go1.26.5\nuse (\n\t./a // one\n\t"./b c"\n)\nreplace example.com/x v1.0.0 => ../x\n',
        "use ./a\nuse ../b\ngodebug x=1\n",
        "go 1.26\nmodule a\n",
        "go 1.26\nuse\n",
        "go 1.26\nuse (\n",
        "go\n",
        "go 1.26\nrequire (\n\ta v1\n)\n",
    ],
)
def test_go_work_files_are_read_or_refused_as_go_does(tmp_path: Path, text: str) -> None:
    path = tmp_path / "go.work"
    path.write_text(text, encoding="utf-8")
    told = told_by_go("work", path)
    read = parse_go_work(text)

    if told is None:
        assert read.problems
    else:
        assert read.problems == ()
        assert [each.value for each in read.use] == [each["DiskPath"] for each in told["Use"] or ()]
        assert (read.go.value if read.go else None) == told.get("Go")
        assert [(e.old_path, e.old_version, e.new_path, e.new_version) for e in read.replace] == replaces(
            told["Replace"]
        )
