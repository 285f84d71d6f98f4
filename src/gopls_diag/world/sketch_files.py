"""The files of a sketched world: a small tree in memory that answers what the live world answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gopls_diag.world.port import Answer, NotRecorded

_LINK_LIMIT = 40
_OPTION = re.compile(r"[ \t](mode=[0-7]+|size=\d+|modified=\S+|owner=\d+|executable|base64|readonly)$")


@dataclass(slots=True)
class _Node:
    kind: str
    name: str
    content: bytes = b""
    target: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    is_denied: bool = False


class _Refused(Exception):
    """Carries the words of a refusal."""


@dataclass(slots=True)
class SketchedFiles:
    """Nodes by path, folders above a node being there because it is."""

    ignores_case: bool = False
    is_windows: bool = False
    _nodes: dict[str, _Node] = field(default_factory=dict)
    _volumes: dict[str, Answer] = field(default_factory=dict)
    _trees: dict[str, Answer] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)
    _by_folded: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, subject: str, text: str) -> None:
        """Add one block of a sketch."""
        if kind == "volume":
            self._volumes[subject] = {"mount_point": subject, "type": "", **json.loads(text)}
        elif kind == "tree":
            self._trees[subject] = {"folders": 0, "apparent_bytes": 0, "disk_bytes": 0, "newest_seconds": 0.0} | {
                "is_complete": True,
                **json.loads(text),
            }
        elif kind == "link":
            path, _, target = subject.partition(" -> ")
            self._nodes[path.strip()] = _Node("link", path, target=target.strip())
        elif kind == "gone":
            inside = (subject + "/", subject + "\\")
            for path in [each for each in self._nodes if each == subject or each.startswith(inside)]:
                del self._nodes[path]
            self._trees.pop(subject, None)
        elif kind == "denied":
            self._nodes.setdefault(subject, _Node("folder", subject)).is_denied = True
        else:
            self._add_file(kind, subject, text)

    def _add_file(self, kind: str, subject: str, text: str) -> None:
        facts: dict[str, Any] = {}
        is_base64 = False
        while option := _OPTION.search(subject):
            subject = subject[: option.start()].rstrip()
            name, _, value = option[1].partition("=")
            match name:
                case "mode":
                    facts["mode"] = int(value, 8)
                case "size":
                    facts["size_bytes"] = int(value)
                case "modified":
                    facts["modified_seconds"] = datetime.fromisoformat(value).timestamp()
                case "owner":
                    facts["owner"] = int(value)
                case "executable":
                    facts["is_executable"] = True
                case "readonly":
                    facts["is_writable"] = False
                case "base64":
                    is_base64 = True
        if kind == "executable":
            facts = {"is_executable": True, "mode": 0o755, **facts}
        content = base64.b64decode(text) if is_base64 else text.encode("utf-8", "surrogateescape")
        self._nodes[subject] = _Node("folder" if kind == "folder" else "file", subject, content, facts=facts)

    def settle(self, os: str) -> None:
        """Take the path rules of that system; called once when all blocks are added."""
        self.ignores_case = os in ("darwin", "windows")
        self.is_windows = os == "windows"
        self._nodes = {self._plain(path): node for path, node in self._nodes.items()}
        self._volumes = {self._plain(path): answer for path, answer in self._volumes.items()}
        self._trees = {self._plain(path): answer for path, answer in self._trees.items()}
        self._folders = {above for path in self._nodes for above in _above(path)} | {"/"}
        self._by_folded = {each.casefold(): each for each in (*self._folders, *self._nodes)}

    def answer(self, kind: str, arguments: dict[str, Any]) -> Answer:
        """Answer a file question."""
        path = self._plain(arguments["path"])
        try:
            match kind:
                case "file.volume":
                    return self._volume(path)
                case "file.tree":
                    return self._tree(path, arguments)
                case "file.resolve":
                    found = self._resolved(path)
                    return {**found, "path": self._own_spelling(found["path"])}
                case "file.stat":
                    return self._stat(path, follow=arguments["follow"])
                case "file.list":
                    return self._list(self._followed(path))
                case "file.read":
                    return self._read(self._followed(path), arguments["limit_bytes"], arguments["offset"])
                case "file.sha256":
                    return {"hex": hashlib.sha256(self._node(self._followed(path)).content).hexdigest()}
        except _Refused as refusal:
            return {"error": str(refusal)}
        raise NotRecorded(f"the sketch does not answer {kind}")

    def _plain(self, path: str) -> str:
        path = path.replace("\\", "/") if self.is_windows else path
        return path.rstrip("/") or "/"

    def _spelled(self, path: str) -> str | None:
        """The path as it was written, if a node or a folder above one is there."""
        if path in self._nodes or path in self._folders:
            return path
        return self._by_folded.get(path.casefold()) if self.ignores_case else None

    def _own_spelling(self, path: str) -> str:
        return path.replace("/", "\\") if self.is_windows else path

    def _node(self, path: str) -> _Node:
        spelled = self._spelled(path)
        if spelled is None:
            raise _Refused("missing")
        node = self._nodes.get(spelled) or _Node("folder", spelled)
        if self._is_below_denied(spelled) or node.is_denied:
            raise _Refused("denied")
        return node

    def _is_below_denied(self, path: str) -> bool:
        return any(node.is_denied and path.startswith(each.rstrip("/") + "/") for each, node in self._nodes.items())

    def _resolved(self, path: str) -> Answer:
        links: list[list[str]] = []
        pending = [part for part in path.split("/") if part]
        here = "" if path.startswith("/") else pending.pop(0)
        while pending:
            part = pending.pop(0)
            if part == ".":
                continue
            if part == "..":
                here = here.rpartition("/")[0]
                continue
            step = f"{here}/{part}"
            spelled = self._spelled(step)
            if spelled is None:
                return {"path": step, "links": links, "problem": "broken" if links else "missing"}
            node = self._nodes.get(spelled)
            if node is None or node.kind != "link":
                here = step
                continue
            links.append([step, node.target])
            if len(links) > _LINK_LIMIT:
                return {"path": step, "links": links, "problem": "loop"}
            if node.target.startswith("/"):
                here = ""
            pending = [each for each in node.target.split("/") if each] + pending
        return {"path": here or "/", "links": links, "problem": None}

    def _followed(self, path: str) -> str:
        resolved = self._resolved(path)
        if resolved["problem"] == "loop":
            raise _Refused("Too many levels of symbolic links")
        if resolved["problem"]:
            raise _Refused("missing")
        followed: str = resolved["path"]
        return followed

    def _stat(self, path: str, *, follow: bool) -> Answer:
        if follow:
            path = self._followed(path)
        else:
            parent, _, name = path.rpartition("/")
            path = f"{self._followed(parent or '/').rstrip('/')}/{name}" if name and parent else path
        spelled = self._spelled(path)
        if spelled is not None and self._is_below_denied(spelled):
            raise _Refused("denied")
        node = self._nodes.get(spelled or "") or (_Node("folder", path) if spelled else None)
        if node is None:
            raise _Refused("missing")
        is_folder = node.kind == "folder"
        inode = int.from_bytes(hashlib.sha256((spelled or path).encode("utf-8", "surrogateescape")).digest()[:6], "big")
        default = {
            "kind": node.kind,
            "size_bytes": len(node.content),
            "mode": 0o755 if is_folder else 0o644,
            "is_executable": is_folder,
            "inode": inode,
            "device": 1,
        }
        return {**default, **node.facts}

    def _list(self, path: str) -> Answer:
        node = self._node(path)
        if node.kind != "folder":
            raise _Refused("missing")
        prefix = (self._spelled(path) or path).rstrip("/") + "/"
        found: dict[str, str] = {}
        for have, child in self._nodes.items():
            if have.startswith(prefix) and len(have) > len(prefix):
                name, rest, _ = have[len(prefix) :].partition("/")
                found[name] = "folder" if rest else found.get(name, child.kind)
        return {"entries": sorted([name, kind] for name, kind in found.items())}

    def _read(self, path: str, limit_bytes: int, offset: int) -> Answer:
        node = self._node(path)
        if node.kind != "file":
            raise _Refused("is a folder")
        start = max(0, len(node.content) + offset) if offset < 0 else offset
        content = node.content[start : start + limit_bytes]
        try:
            return {"text": content.decode("utf-8")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(content).decode("ascii")}

    def _volume(self, path: str) -> Answer:
        best = max((each for each in self._volumes if _holds(each, path)), key=len, default=None)
        if best is None:
            raise _Refused("no volume is written in the sketch")
        return self._volumes[best]

    def _tree(self, path: str, arguments: dict[str, Any]) -> Answer:
        find = arguments.get("find", [])
        found = [each for each in sorted(self._paths_below(path)) if each.rsplit("/", 1)[-1] in find]
        weighed = self._weighed(path, arguments)
        if path in self._trees:
            return {"found": found, "weighed": weighed, **self._trees[path]}
        self._node(self._followed(path))
        prefix = path.rstrip("/") + "/"
        below = [node for each, node in self._nodes.items() if each.startswith(prefix)]
        files = [node for node in below if node.kind == "file"]
        size = sum(node.facts.get("size_bytes", len(node.content)) for node in files)
        newest = max((node.facts.get("modified_seconds", 0.0) for node in files), default=0.0)
        return {
            "files": len(files),
            "folders": 0,
            "apparent_bytes": size,
            "disk_bytes": size,
            "newest_seconds": newest,
            "is_complete": True,
            "found": found,
            "weighed": weighed,
        }

    def _weighed(self, path: str, arguments: dict[str, Any]) -> Answer:
        """About the files of the suffix that was asked for, outside the named folders."""
        suffix, names = arguments.get("weigh", ""), arguments.get("names", [])
        if not suffix:
            return {}
        files = [each for each in self._paths_below(path) if each.endswith(suffix)]
        own = [each for each in files if not set(each.split("/")[:-1]) & set(names)]
        folders = {each.rpartition("/")[0] or "." for each in own}
        return {"files": len(own), "folders": len(folders), "folder_names": sorted(folders)}

    def _paths_below(self, path: str) -> list[str]:
        """Paths of files below a folder, relative to it."""
        prefix = path.rstrip("/") + "/"
        files = [each for each, node in self._nodes.items() if node.kind == "file"]
        return [each[len(prefix) :] for each in files if each.startswith(prefix)]


def _holds(mount_point: str, path: str) -> bool:
    return mount_point in ("/", path) or path.startswith(mount_point.rstrip("/") + "/")


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts)) if parts[:n] != [""]]
