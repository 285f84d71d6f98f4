"""The methods that gopls and its clients know (golang/tools gopls/internal/protocol, tsserver.go and tsclient.go).

A name from outside this list is nobody's; what counts by method keeps one place for all of them.
"""

from __future__ import annotations

OTHER = "other"
"""Stands for every method that is not listed."""

_REQUESTS = """
    callHierarchy/incomingCalls callHierarchy/outgoingCalls codeAction/resolve codeLens/resolve command/resolve
    completionItem/resolve documentLink/resolve initialize inlayHint/resolve interactive/listEnum shutdown
    textDocument/codeAction textDocument/codeLens textDocument/colorPresentation textDocument/completion
    textDocument/declaration textDocument/definition textDocument/diagnostic textDocument/documentColor
    textDocument/documentHighlight textDocument/documentLink textDocument/documentSymbol textDocument/foldingRange
    textDocument/formatting textDocument/hover textDocument/implementation textDocument/inlayHint
    textDocument/inlineCompletion textDocument/inlineValue textDocument/linkedEditingRange textDocument/moniker
    textDocument/onTypeFormatting textDocument/prepareCallHierarchy textDocument/prepareRename
    textDocument/prepareTypeHierarchy textDocument/rangeFormatting textDocument/rangesFormatting textDocument/references
    textDocument/rename textDocument/selectionRange textDocument/semanticTokens/full
    textDocument/semanticTokens/full/delta textDocument/semanticTokens/range textDocument/signatureHelp
    textDocument/typeDefinition textDocument/willSaveWaitUntil typeHierarchy/subtypes typeHierarchy/supertypes
    workspace/diagnostic workspace/executeCommand workspace/symbol workspace/textDocumentContent
    workspace/willCreateFiles workspace/willDeleteFiles workspace/willRenameFiles workspaceSymbol/resolve
    client/registerCapability client/unregisterCapability window/showDocument window/showMessageRequest
    window/workDoneProgress/create workspace/applyEdit workspace/codeLens/refresh workspace/configuration
    workspace/diagnostic/refresh workspace/foldingRange/refresh workspace/inlayHint/refresh
    workspace/inlineValue/refresh workspace/semanticTokens/refresh workspace/textDocumentContent/refresh
    workspace/workspaceFolders
"""
_NOTIFICATIONS = """
    $/cancelRequest $/logTrace $/progress $/setTrace exit initialized notebookDocument/didChange
    notebookDocument/didClose notebookDocument/didOpen notebookDocument/didSave telemetry/event textDocument/didChange
    textDocument/didClose textDocument/didOpen textDocument/didSave textDocument/publishDiagnostics
    textDocument/willSave window/logMessage window/showMessage window/workDoneProgress/cancel
    workspace/didChangeConfiguration workspace/didChangeWatchedFiles workspace/didChangeWorkspaceFolders
    workspace/didCreateFiles workspace/didDeleteFiles workspace/didRenameFiles
"""

REQUESTS = frozenset(_REQUESTS.split())
"""Somebody waits for the answer."""
NOTIFICATIONS = frozenset(_NOTIFICATIONS.split())
"""Nobody waits."""

_KNOWN = REQUESTS | NOTIFICATIONS


def method_name(name: str) -> str:
    """The name itself if it is known, else `other`."""
    return name if name in _KNOWN else OTHER
