"""Which build tags are set, and by whom."""

from __future__ import annotations

import re

from gopls_diag.facts.declare import fact
from gopls_diag.model.build_tags import SetTags
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.toolchain import GoEnvironment

_FLAG_PATTERN = re.compile(r"(?:^|\s)['\"]?--?tags[= ]['\"]?([^'\"\s]+)")


@fact()
def set_tags(environment: GoEnvironment, editors: Editors | Unknown) -> SetTags:
    """The tags of GOFLAGS and of every editor's settings."""
    setups = () if isinstance(editors, Unknown) else editors.all
    of_editors = [_tags_of(each) for each in setups]
    everywhere = {*_tags_in(environment.value("GOFLAGS")), *(tag for tags in of_editors for tag in tags)}
    return SetTags(frozenset(everywhere), of_editors[0] if of_editors else ())


def _tags_of(editor: EditorSetup) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name, setting in (*editor.settings.items(), *editor.gopls_settings.items()):
        last = name.rsplit(".", 1)[-1]
        if last == "buildTags" and isinstance(setting.value, str):
            found.update(dict.fromkeys(each for each in re.split(r"[\s,]+", setting.value) if each))
        elif last == "buildFlags" and isinstance(setting.value, list):
            found.update(dict.fromkeys(_tags_in(" ".join(str(each) for each in setting.value))))
    return tuple(found)


def _tags_in(flags: str) -> list[str]:
    found = _FLAG_PATTERN.findall(flags)
    return [each for each in found[-1].split(",") if each] if found else []
