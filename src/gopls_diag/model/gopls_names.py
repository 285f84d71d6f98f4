"""Names of gopls settings that `gopls api-json` does not tell: accepted all the same, renamed, or gone.

Source: golang/tools, gopls/internal/settings/settings.go, the switch of `Options.set` (`setOne` since v0.18), compared
between v0.16.2 and v0.24.0 (seven releases) with what `gopls api-json` of the same builds lists.
"""

from __future__ import annotations

UNLISTED = frozenset(
    {
        "allExperiments",
        "annotations",
        "codelens",
        "completeUnimported",
        "completionDocumentation",
        "deepCompletion",
        "importsSource",
        "includeReplaceInWorkspace",
        "linkifyShowMessage",
        "mcpTools",
        "moveDeclaration",
        "newGoFileHeader",
        "pullDiagnostics",
        "renameMovesSubpackages",
        "reportAnalysisProgressAfter",
        "showBugReports",
        "subdirWatchPatterns",
        "telemetryPrompt",
        "verboseWorkDoneProgress",
        "zeroConfig",
    }
)
"""Accepted although api-json does not list them (some only by some of the versions above)."""

LISTED_BUT_REFUSED = frozenset({"staticcheckProvided"})
"""Listed by api-json of v0.21 and newer, and answered with `unexpected setting`."""

RENAMED = {
    "experimentalDisabledAnalyses": "analyses",
    "disableDeepCompletion": "deepCompletion",
    "disableFuzzyMatching": "matcher",
    "wantCompletionDocumentation": "completionDocumentation",
    "wantUnimportedCompletions": "completeUnimported",
    "fuzzyMatching": "matcher",
    "caseSensitiveCompletion": "matcher",
    "experimentalDiagnosticsDelay": "diagnosticsDelay",
    "codelens": "codelenses",
}
"""Old name to new name; gopls says `this setting is deprecated, use …` and ignores the value (but for `codelens`)."""

RETIRED = frozenset(
    {
        "allowImplicitNetworkAccess",
        "allowModfileModifications",
        "experimentalPackageCacheKey",
        "experimentalTemplateSupport",
        "experimentalUseInvalidMetadata",
        "experimentalWatchedFileDelay",
        "experimentalWorkspaceModule",
        "go-diff",
        "memoryMode",
        "newDiff",
        "noIncrementalSync",
        "tempModFile",
        "wantSuggestedFixes",
        "watchFileChanges",
    }
)
"""Gone without a successor; gopls says `this setting is deprecated` and ignores the value."""

STILL_WORKING = frozenset({"importsSource", "codelens", "noSemanticString", "noSemanticNumber"})
"""Deprecated, and taken all the same (SoftError in settings.go)."""

SINCE = {
    "fileWatcher": "v0.22.0",
    "maxFileCacheBytes": "v0.22.0",
    "memoryLimit": "v0.24.0",
    "mcpTools": "v0.20.0",
    "moveDeclaration": "v0.24.0",
    "moveType": "v0.23.0",
    "newGoFileHeader": "v0.21.0",
    "renameMovesSubpackages": "v0.21.0",
    "semanticTokenModifiers": "v0.18.0",
    "semanticTokenTypes": "v0.18.0",
    "workspaceFiles": "v0.18.0",
    "importsSource": "v0.18.0",
    "pullDiagnostics": "v0.17.0",
}
"""The first release that has a name, where that is later than v0.16."""

MEANT = {
    "serverArgs": "go.languageServerFlags (it stands outside gopls)",
    "args": "go.languageServerFlags (it stands outside gopls)",
    "flags": "go.languageServerFlags (it stands outside gopls)",
    "languageServerFlags": "go.languageServerFlags (it stands outside gopls)",
    "exclude": "build.directoryFilters",
    "excludes": "build.directoryFilters",
    "workspaceFolders": "build.directoryFilters",
    "analysis": "ui.diagnostic.analyses",
    "maxMemory": "memoryLimit",
    "maxMemoryMB": "memoryLimit",
    "buildTags": "build.buildFlags",
    "tags": "build.buildFlags",
    "goflags": "build.buildFlags",
    "autoImport": "completeUnimported",
    "debug": "go.languageServerFlags (-debug=localhost:0; it stands outside gopls)",
    "logfile": "go.languageServerFlags (-logfile=auto; it stands outside gopls)",
}
"""Names that people write, to the real one that they mean; others are matched by likeness."""
