"""Changes single keys of a settings file of any editor whose format can be changed exactly, and proves each change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.edit.intended import intended, same_document
from gopls_diag.edit.jsonc import edit_jsonc, read_to_edit
from gopls_diag.edit.outside import check_outside
from gopls_diag.edit.toml import edit_toml
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.settings_tree import SettingsDocument
from gopls_diag.parse.toml_settings import parse_toml_settings


def _read_toml(content: bytes) -> SettingsDocument:
    document = parse_toml_settings(content)
    if document.problems:
        first = document.problems[0]
        raise CannotEdit(f"line {first.line}: {first.message}")
    return document


def _no_check(content: bytes, document: SettingsDocument, result: bytes, edits: Sequence[SettingEdit]) -> None:
    """Places in a tree of TOML are whole lines, so this is left to edit_toml and to the tests."""


@dataclass(frozen=True, slots=True)
class _Format:
    """How the files of one format are read, changed and compared."""

    read: Callable[[bytes], SettingsDocument]
    """Raises CannotEdit for a file that is not read without a problem."""
    edit: Callable[[bytes, Sequence[SettingEdit], SettingsDocument], bytes]
    check_outside: Callable[[bytes, SettingsDocument, bytes, Sequence[SettingEdit]], None]


def _edit_toml(content: bytes, edits: Sequence[SettingEdit], _: SettingsDocument) -> bytes:
    return edit_toml(content, edits)


_JSONC = _Format(read_to_edit, edit_jsonc, check_outside)
_FORMATS = {
    ".json": _JSONC,
    ".jsonc": _JSONC,
    ".code-workspace": _JSONC,
    ".toml": _Format(_read_toml, _edit_toml, _no_check),
}


def _format_of(path: str) -> _Format | None:
    name = path.lower()
    return next((known for ending, known in _FORMATS.items() if name.endswith(ending)), None)


def is_editable(path: str) -> bool:
    """Whether edit_settings knows the format, by the name of the file."""
    return _format_of(path) is not None


def edit_settings(path: str, content: bytes | None, edits: Sequence[SettingEdit]) -> bytes:
    """What shall stand in a settings file after the edits, applied in their order; None is a file that is not there.

    The result was read again, without a problem; it means what `intended` says; and (JSONC) everything outside of the
    entries that the edits name stands in it byte for byte, in its order. Raises CannotEdit, with a sentence that does
    not name the file, where that cannot be had; a file that is not read without a problem is never changed.
    """
    file_format = _format_of(path)
    if file_format is None:
        raise CannotEdit("files of this format are only shown, not changed")
    if content is None and all(each.action == "remove" for each in edits):
        raise CannotEdit("there is no such file")
    result = content or b""
    for batch in _independent(edits):
        result = _edited(file_format, result, batch)
    return result


def _touched(edit: SettingEdit) -> Iterator[str]:
    """Paths that an edit reads or changes; a rename in a key with slashes may mean several."""
    yield edit.key
    if edit.action == "move":
        yield str(edit.value)
    if edit.action == "rename":
        segments = edit.key.split("/")
        yield from ("/".join((*segments[:length], str(edit.value))) for length in range(len(segments)))


def _concerns(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _independent(edits: Iterable[SettingEdit]) -> Iterator[list[SettingEdit]]:
    """The edits in runs of such as do not concern each other; between runs the file is read again."""
    batch: list[SettingEdit] = []
    paths: list[str] = []
    for edit in edits:
        own = list(_touched(edit))
        if any(_concerns(one, other) for one in own for other in paths):
            yield batch
            batch, paths = [], []
        batch.append(edit)
        paths += own
    if batch:
        yield batch


def _edited(file_format: _Format, content: bytes, edits: Sequence[SettingEdit]) -> bytes:
    before = file_format.read(content)
    wanted = intended(before.root.value if before.root else {}, edits)
    result = file_format.edit(content, edits, before)
    try:
        after = before if result == content else file_format.read(result)
    except CannotEdit as problem:
        raise CannotEdit(f"the change would have broken the file: {problem}") from None
    if not same_document(after.root.value if after.root else {}, wanted):
        raise CannotEdit("the change would have meant something else than intended")
    file_format.check_outside(content, before, result, edits)
    return result
