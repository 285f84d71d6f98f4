"""Make src/gopls_diag/facts/claimed_names.json: which names gopls, its VS Code extension, go and delve ever had.

    python3 tools/claimed_names.py GOPLS_REPO EXTENSION_REPO DELVE_FOLDER

GOPLS_REPO and EXTENSION_REPO are git directories of golang/tools and golang/vscode-go with their tags; DELVE_FOLDER is
the source of the delve that `make setup` installs. gopls v0.24.0 is newer than the tags that were read: its own
`api-json` and `help` are asked. The go command is the one on PATH.

The table says for each name the first and the last release that had it, null for the newest: `["v0.2.0", null]`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "gopls_diag" / "facts" / "claimed_names.json"
NEWEST = "v0.24.0"
GOPLS = ROOT / ".tools" / "gopls"
SETTINGS_FILES = (
    "internal/lsp/source/options.go",
    "gopls/internal/lsp/source/options.go",
    "gopls/internal/settings/settings.go",
)
FLAGS_FOLDERS = ("internal/lsp/cmd", "gopls/internal/lsp/cmd", "gopls/internal/cmd")
FLAGS_FILES = ("cmd.go", "serve.go", "remote.go")
CASE = re.compile(r'^\tcase ((?:"[\w-]+",?\s*)+):', re.MULTILINE)
FLAG = re.compile(r'flag:"([\w.]+)(?:,([\w.]+))?"')
SUBCOMMAND = re.compile(r'\) Name\(\) string\s*{\s*return "([a-z_]+)"')
COMMAND = re.compile(r'"gopls\.([a-z][A-Za-z_]+)"')
NO_NAMES = {
    "settings": {"advanced", "debug", "experimental"},  # statuses of settings, in the same switch for some releases
    "flags": {"flagname", "flagnames"},
    "subcommands": {"gopls", "debug", "sessions", "query"},  # parts of `gopls remote`; query was a group
    "commands": {"foo", "lsp", "mod"},
    "analyzers": {"Constants", "Functions", "Go"},
}
"""What the patterns also find and what is none."""
ANALYZER = re.compile(r"^## (?:\*\*|<a id=['\"])?`?([A-Za-z]\w+)", re.MULTILINE)


def git(repo: str, *words: str) -> str:
    """What git prints; empty where it refuses (a file that a tag does not have)."""
    return subprocess.run(["git", "-C", repo, *words], capture_output=True, text=True, check=False).stdout


def releases(repo: str, pattern: str) -> list[tuple[str, str]]:
    """(release, tag), oldest first; release candidates are left out."""
    found = [(each[2], each[1]) for each in re.finditer(pattern, git(repo, "tag"), re.MULTILINE)]
    return sorted(found, key=lambda pair: [int(part) for part in pair[0][1:].split(".")])


class Table:
    """Names of one kind with the releases that have them."""

    def __init__(self) -> None:
        self._seen: dict[str, list[str]] = {}

    def add(self, release: str, names: Iterable[str]) -> None:
        for name in names:
            self._seen.setdefault(name, []).append(release)

    def spans(self, newest: str) -> dict[str, list[str | None]]:
        """First and last release; None for the newest."""
        return {name: [seen[0], None if seen[-1] == newest else seen[-1]] for name, seen in sorted(self._seen.items())}


def gopls_tables(repo: str) -> dict[str, object]:
    """Settings, flags, subcommands, analyzers and LSP commands of gopls."""
    kinds = ("settings", "flags", "subcommand_flags", "subcommands", "analyzers", "commands")
    tables = {kind: Table() for kind in kinds}
    tags = releases(repo, r"^(gopls/(v\d+\.\d+\.\d+))$")
    for release, tag in tags:
        options = "".join(git(repo, "show", f"{tag}:{path}") for path in SETTINGS_FILES)
        setter = options[max(options.find("func (o *Options) set("), 0) :]
        tables["settings"].add(
            release, (name for found in CASE.findall(setter) for name in re.findall(r'"([^"]+)"', found))
        )
        sources = [git(repo, "show", f"{tag}:{folder}/{file}") for folder in FLAGS_FOLDERS for file in FLAGS_FILES]
        profile = git(repo, "show", f"{tag}:internal/tool/tool.go")
        flags = {name for text in (*sources, profile) for pair in FLAG.findall(text) for name in pair if name}
        tables["flags"].add(release, flags)
        all_flags = git(repo, "grep", "-hE", 'flag:"', tag, "--", *FLAGS_FOLDERS)
        tables["subcommand_flags"].add(release, {name for pair in FLAG.findall(all_flags) for name in pair if name})
        listed = git(repo, "grep", "-hE", r"\) Name\(\) string", tag, "--", *FLAGS_FOLDERS)
        tables["subcommands"].add(release, SUBCOMMAND.findall(listed))
        spoken = git(repo, "grep", "-hoE", r'"gopls\.[a-z][A-Za-z_]+"', tag, "--", "*.go")
        tables["commands"].add(release, set(COMMAND.findall(spoken)))
        tables["analyzers"].add(release, ANALYZER.findall(git(repo, "show", f"{tag}:gopls/doc/analyzers.md")))
    api = json.loads(subprocess.run([GOPLS / NEWEST / "gopls", "api-json"], capture_output=True, check=True).stdout)
    told = subprocess.run([GOPLS / NEWEST / "gopls", "help"], capture_output=True, text=True, check=False)
    served = subprocess.run([GOPLS / NEWEST / "gopls", "help", "serve"], capture_output=True, text=True, check=False)
    words = told.stdout + told.stderr + served.stdout + served.stderr
    last = tags[-1][0]
    for kind, table in tables.items():
        fresh = {name for name, seen in table._seen.items() if seen[-1] == last}
        if kind == "settings":
            fresh |= {each["Name"] for each in api["Options"]["User"]} | {"moveDeclaration"}
        if kind == "analyzers":
            fresh = {each["Name"] for each in api["Analyzers"]}
        if kind == "flags":
            fresh = set(re.findall(r"^\s+-([\w.]+)", words, re.MULTILINE)) | {"v", "vv"}
        table.add(NEWEST, fresh)
    spans = {
        kind: {name: span for name, span in tables[kind].spans(NEWEST).items() if name not in NO_NAMES.get(kind, ())}
        for kind in kinds
    }
    return {"releases": [*(release for release, _ in tags), NEWEST], **spans}


def extension_tables(repo: str) -> dict[str, object]:
    """Settings and palette commands of the Go extension."""
    settings, commands = Table(), Table()
    tags = releases(repo, r"^((v\d+\.\d+\.\d+))$")
    for release, tag in tags:
        text = git(repo, "show", f"{tag}:extension/package.json") or git(repo, "show", f"{tag}:package.json")
        offered = json.loads(text)["contributes"]
        places = offered["configuration"]
        for place in places if isinstance(places, list) else [places]:
            settings.add(release, place["properties"])
        commands.add(release, {each["title"] for each in offered["commands"]})
    newest = tags[-1][0]
    return {"releases": [tags[0][0], newest], "settings": settings.spans(newest), "commands": commands.spans(newest)}


def go_tables() -> dict[str, object]:
    """Subcommands of go with their flags, and the names of its environment."""

    def help_of(*words: str) -> str:
        done = subprocess.run(["go", "help", *words], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    listed = re.findall(r"^\t([a-z]+) {2,}", help_of().split("Additional help topics")[0], re.MULTILINE)
    names = list(listed)
    for above in ("mod", "work"):
        names += [f"{above} {each}" for each in re.findall(r"^\t([a-z]+) {2,}", help_of(above), re.MULTILINE)]
    names += ["telemetry"]
    build = set(re.findall(r"^\t-([a-z]\w*)", help_of("build"), re.MULTILINE))
    testing = set(re.findall(r"^\t ?-([a-z]\w*)", help_of("testflag"), re.MULTILINE))
    flags = {}
    for name in dict.fromkeys(names):
        words = help_of(*name.split())
        own = set(re.findall(r"(?<![\w-])-([a-z]\w*)", words)) - {"e"} | set(re.findall(r"\[-([a-z]+)\]", words))
        takes_build = re.search(r"build flags|go help build", words) is not None
        flags[name] = sorted(own | (build if takes_build else set()) | (testing if name in ("test", "vet") else set()))
    environment = set(re.findall(r"^\t([A-Z][A-Z0-9_]+)$", help_of("environment"), re.MULTILINE))
    environment |= set(json.loads(subprocess.run(["go", "env", "-json"], capture_output=True, check=True).stdout))
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    return {"release": version, "commands": flags, "environment": sorted(environment)}


def delve_tables(folder: Path) -> dict[str, object]:
    """Subcommands of dlv, their flags, and the commands of its prompt."""
    pages = {
        each.stem: each.read_text(encoding="utf-8") for each in (folder / "Documentation" / "usage").glob("dlv*.md")
    }
    commands = sorted(each.removeprefix("dlv_").replace("_", " ") for each in pages if each != "dlv")
    flags = sorted({name for text in pages.values() for name in re.findall(r"--([a-z][\w-]*)", text)})
    prompt = (folder / "Documentation" / "cli" / "README.md").read_text(encoding="utf-8")
    asked = set(re.findall(r"^## ([\w-]+)$", prompt, re.MULTILINE))
    for found in re.findall(r"^Aliases: (.*)$", prompt, re.MULTILINE):
        asked |= set(found.split())
    return {"release": folder.name.partition("@")[2], "commands": commands, "flags": flags, "prompt": sorted(asked)}


def main(words: list[str]) -> None:
    """Write the table."""
    gopls_repo, extension_repo, delve = words
    table = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "gopls": gopls_tables(gopls_repo),
        "extension": extension_tables(extension_repo),
        "go": go_tables(),
        "delve": delve_tables(Path(delve)),
    }
    TARGET.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for program, kinds in table.items():
        if isinstance(kinds, dict):
            print(program, {kind: len(names) for kind, names in kinds.items() if isinstance(names, dict | list)})


if __name__ == "__main__":
    main(sys.argv[1:])
