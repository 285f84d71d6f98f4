"""Changes single keys of a settings file of any editor whose format can be changed exactly, and proves each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gopls_diag.edit.intended import intended, same_document
from gopls_diag.edit.jsonc import edit_jsonc, read_to_edit
from gopls_diag.edit.outside import check_outside
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

_JSONC_ENDINGS = (".json", ".jsonc", ".code-workspace")


def is_editable(path: str) -> bool:
    """Whether edit_settings knows the format, by the name of the file."""
    return path.lower().endswith(_JSONC_ENDINGS)


def edit_settings(path: str, content: bytes | None, edits: Sequence[SettingEdit]) -> bytes:
    """What shall stand in a settings file after the edits, applied in their order; None is a file that is not there.

    The result was read again, without a problem; it means what `intended` says; and everything outside of the entries
    that the edits name stands in it byte for byte, in its order. Raises CannotEdit, with a sentence without the path,
    where that cannot be had; a file that is not read without a problem is never changed.
    """
    if not is_editable(path):
        raise CannotEdit("files of this format are only shown, not changed")
    if content is None and all(each.action == "remove" for each in edits):
        raise CannotEdit("there is no such file")
    result = content or b""
    for batch in _independent(edits):
        result = _edited(result, batch)
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


def _edited(content: bytes, edits: Sequence[SettingEdit]) -> bytes:
    before = read_to_edit(content)
    wanted = intended(before.root.value if before.root else {}, edits)
    result = edit_jsonc(content, edits)
    if result == content:
        after = before
    else:
        try:
            after = read_to_edit(result)
        except CannotEdit as problem:
            raise CannotEdit(f"the change would have broken the file: {problem}") from None
    if not same_document(after.root.value if after.root else {}, wanted):
        raise CannotEdit("the change would have meant something else than intended")
    check_outside(content, before, result, edits)
    return result
