"""The transports that the reader knows, in the order in which it asks them, outermost first."""

from __future__ import annotations

from gopls_diag.parse.log.carrier import Carrier
from gopls_diag.parse.log.container import (
    ComposeLines,
    CriLines,
    DockerObjects,
    PodLines,
    RunLines,
    StampedLines,
)
from gopls_diag.parse.log.escaped import EscapedTraces
from gopls_diag.parse.log.go_test_events import GoTestEvents
from gopls_diag.parse.log.journal import JournalLines, JournalObjects, KernelRing, SyslogEvents
from gopls_diag.parse.log.journal_fields import JournalFields
from gopls_diag.parse.log.learned_prefix import LearnedPrefix
from gopls_diag.parse.log.markup import (
    DoubledLines,
    HtmlEntities,
    HtmlTags,
    MarkdownFences,
    PaddedLines,
    TelemetryReports,
)
from gopls_diag.parse.log.system_words import system_words
from gopls_diag.parse.log.terminal import Backspaces, CaretCodes, ColourCodes, OverwrittenLines
from gopls_diag.parse.log.wrapped import WrappedLines


def transports() -> tuple[Carrier, ...]:
    """New carriers for one log: those whose forms are certain, which go before those of editors."""
    return (
        ColourCodes(),
        OverwrittenLines(),
        RunLines(),
        JournalObjects(),
        DockerObjects(),
        CriLines(),
        JournalFields(),
        JournalLines(),
        SyslogEvents(),
        KernelRing(),
        ComposeLines(),
        PodLines(),
        StampedLines(),
        GoTestEvents(),
        ColourCodes(),
        TelemetryReports(),
        *system_words(),
    )


def loose_transports() -> tuple[Carrier, ...]:
    """New carriers for what is told by a crash alone; they would take lines of editors too, so they go after them."""
    return (
        Backspaces(),
        CaretCodes(),
        HtmlEntities(),
        HtmlTags(),
        MarkdownFences(),
        EscapedTraces(),
        LearnedPrefix(),
        PaddedLines(),
        DoubledLines(),
        WrappedLines(),
    )
