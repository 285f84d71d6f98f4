"""The settings that the Go extension for VS Code declares, for machines where its own package.json cannot be read.

Source: golang/vscode-go, extension/package.json at v0.57.2 (2026-08-18; v0.56.0, the last stable one, declares the same
names), and for what is gone the same file at every tag since v0.14.4. Where the extension is installed its own file is
asked instead.
"""

from __future__ import annotations

from gopls_diag.model.editor import DeclaredSetting

_NULL = "null"
_RESOURCE, _WINDOW, _OVERRIDABLE = "resource", "window", "machine-overridable"

_ROWS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("go.addTags", ("object",), (), _RESOURCE),
    ("go.alternateTools", ("object",), (), _RESOURCE),
    ("go.buildFlags", ("array",), (), _RESOURCE),
    ("go.buildOnSave", ("string",), ("package", "workspace", "off"), _RESOURCE),
    ("go.buildTags", ("string",), (), _RESOURCE),
    ("go.coverMode", ("string",), ("default", "set", "count", "atomic"), _RESOURCE),
    ("go.coverOnSave", ("boolean",), (), _RESOURCE),
    ("go.coverOnSingleTest", ("boolean",), (), _WINDOW),
    ("go.coverOnSingleTestFile", ("boolean",), (), _WINDOW),
    ("go.coverOnTestPackage", ("boolean",), (), _WINDOW),
    ("go.coverShowCounts", ("boolean",), (), _RESOURCE),
    ("go.coverageDecorator", ("object",), (), _RESOURCE),
    (
        "go.coverageOptions",
        ("string",),
        ("showCoveredCodeOnly", "showUncoveredCodeOnly", "showBothCoveredAndUncoveredCode"),
        _RESOURCE,
    ),
    ("go.delveConfig", ("object",), (), _RESOURCE),
    ("go.diagnostic.vulncheck", ("string",), ("Imports", "Off", "Prompt"), _RESOURCE),
    ("go.disableConcurrentTests", ("boolean",), (), _RESOURCE),
    ("go.editorContextMenuCommands", ("object",), (), _RESOURCE),
    ("go.enableCodeLens", ("object",), (), _RESOURCE),
    ("go.experiments", ("object",), (), _WINDOW),
    ("go.formatFlags", ("array",), (), _RESOURCE),
    ("go.formatTool", ("string",), ("default", "gofmt", "goimports", "goformat", "gofumpt", "custom"), _RESOURCE),
    ("go.generateTestsFlags", ("array",), (), _RESOURCE),
    ("go.gopath", ("string", _NULL), (), _OVERRIDABLE),
    ("go.goroot", ("string", _NULL), (), _OVERRIDABLE),
    ("go.inferGopath", ("boolean",), (), _RESOURCE),
    ("go.inlayHints.assignVariableTypes", ("boolean",), (), _WINDOW),
    ("go.inlayHints.compositeLiteralFields", ("boolean",), (), _WINDOW),
    ("go.inlayHints.compositeLiteralTypes", ("boolean",), (), _WINDOW),
    ("go.inlayHints.constantValues", ("boolean",), (), _WINDOW),
    ("go.inlayHints.functionTypeParameters", ("boolean",), (), _WINDOW),
    ("go.inlayHints.ignoredError", ("boolean",), (), _WINDOW),
    ("go.inlayHints.parameterNames", ("boolean",), (), _WINDOW),
    ("go.inlayHints.rangeVariableTypes", ("boolean",), (), _WINDOW),
    ("go.installDependenciesWhenBuilding", ("boolean",), (), _RESOURCE),
    ("go.languageServerFlags", ("array",), (), _WINDOW),
    ("go.lintFlags", ("array",), (), _RESOURCE),
    ("go.lintOnSave", ("string",), ("file", "package", "workspace", "off"), _RESOURCE),
    ("go.lintTool", ("string",), ("staticcheck", "golint", "golangci-lint", "golangci-lint-v2", "revive"), _RESOURCE),
    ("go.logging.level", ("string",), (), _OVERRIDABLE),
    ("go.playground", ("object",), (), _WINDOW),
    ("go.removeTags", ("object",), (), _RESOURCE),
    ("go.showWelcome", ("boolean",), (), _WINDOW),
    ("go.survey.prompt", ("boolean",), (), _WINDOW),
    ("go.tasks.provideDefault", ("boolean",), (), _WINDOW),
    ("go.terminal.activateEnvironment", ("boolean",), (), _RESOURCE),
    ("go.testEnvFile", ("string", _NULL), (), _RESOURCE),
    ("go.testEnvVars", ("object",), (), _RESOURCE),
    ("go.testExplorer.alwaysRunBenchmarks", ("boolean",), (), _RESOURCE),
    ("go.testExplorer.concatenateMessages", ("boolean",), (), _RESOURCE),
    ("go.testExplorer.enable", ("boolean",), (), _WINDOW),
    ("go.testExplorer.packageDisplayMode", ("string",), ("flat", "nested"), _RESOURCE),
    ("go.testExplorer.showDynamicSubtestsInEditor", ("boolean",), (), _RESOURCE),
    ("go.testExplorer.showOutput", ("boolean",), (), _WINDOW),
    ("go.testFlags", ("array", _NULL), (), _RESOURCE),
    ("go.testOnSave", ("boolean",), (), _RESOURCE),
    ("go.testTags", ("string", _NULL), (), _RESOURCE),
    ("go.testTimeout", ("string",), (), _RESOURCE),
    ("go.toolsEnvVars", ("object",), (), _RESOURCE),
    ("go.toolsGopath", ("string", _NULL), (), _OVERRIDABLE),
    ("go.toolsManagement.autoUpdate", ("boolean",), (), _RESOURCE),
    ("go.toolsManagement.checkForUpdates", ("string",), ("proxy", "local", "off"), _WINDOW),
    ("go.toolsManagement.go", ("string",), (), _OVERRIDABLE),
    ("go.trace.server", ("string",), ("off", "messages", "verbose"), _WINDOW),
    ("go.useLanguageServer", ("boolean",), (), _WINDOW),
    ("go.vetFlags", ("array",), (), _RESOURCE),
    ("go.vetOnSave", ("string",), ("package", "workspace", "off"), _RESOURCE),
    ("gopls", ("object",), (), _RESOURCE),
)

DECLARED: dict[str, DeclaredSetting] = {row[0]: DeclaredSetting(*row) for row in _ROWS}
"""By name."""

RETIRED: dict[str, str] = {
    "go.autocompleteUnimportedPackages": "v0.39.1",
    "go.docsTool": "v0.39.1",
    "go.gocodeAutoBuild": "v0.39.1",
    "go.gocodeFlags": "v0.39.1",
    "go.gocodePackageLookupMode": "v0.39.1",
    "go.gotoSymbol.ignoreFolders": "v0.39.1",
    "go.gotoSymbol.includeGoroot": "v0.39.1",
    "go.gotoSymbol.includeImports": "v0.39.1",
    "go.languageServerExperimentalFeatures": "v0.38.0",
    "go.liveErrors": "v0.39.1",
    "go.overwriteGoplsMiddleware": "v0.23.3",
    "go.useCodeSnippetsOnFunctionSuggest": "v0.39.1",
    "go.useCodeSnippetsOnFunctionSuggestWithoutType": "v0.39.1",
    "go.useGoProxyToCheckForToolUpdates": "v0.39.1",
}
"""Names that it once declared, to the last release that did."""

MEANT: dict[str, str] = {
    "go.goplsArgs": "go.languageServerFlags",
    "go.goplsFlags": "go.languageServerFlags",
    "go.gopls.flags": "go.languageServerFlags",
    "go.gopls.args": "go.languageServerFlags",
    "go.languageServerArgs": "go.languageServerFlags",
    "go.goplsSettings": "gopls",
    "go.gopls": "gopls",
    "go.gopls.settings": "gopls",
    "go.goplsOptions": "gopls",
    "go.languageServerSettings": "gopls",
    "go.goplsEnv": "go.toolsEnvVars",
    "go.toolsEnv": "go.toolsEnvVars",
    "go.env": "go.toolsEnvVars",
    "go.envVars": "go.toolsEnvVars",
    "go.goplsPath": "go.alternateTools",
    "go.gopls.path": "go.alternateTools",
    "go.languageServerPath": "go.alternateTools",
    "go.useGopls": "go.useLanguageServer",
    "go.languageServer": "go.useLanguageServer",
    "go.useGoProxyToCheckForToolUpdates": "go.toolsManagement.checkForUpdates",
    "go.GOPATH": "go.gopath",
    "go.GOROOT": "go.goroot",
}
"""Names that people write, to the real one that they mean; others are matched by likeness."""
