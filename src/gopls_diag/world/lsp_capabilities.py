"""What the probe says of itself when it initializes: the capabilities of VS Code that change what gopls does.

Taken from a recorded session of VS Code 1.139.1 with the Go extension 0.57.2, without those for features
that the probe never asks for.
"""

from __future__ import annotations

from typing import Any

from gopls_diag.model.session import SessionScript

_COMPLETION_ITEM = {
    "snippetSupport": True,
    "commitCharactersSupport": True,
    "documentationFormat": ["markdown", "plaintext"],
    "deprecatedSupport": True,
    "preselectSupport": True,
    "tagSupport": {"valueSet": [1]},
    "insertReplaceSupport": True,
    "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
    "insertTextModeSupport": {"valueSet": [1, 2]},
    "labelDetailsSupport": True,
}

_CAPABILITIES: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "executeCommand": {"dynamicRegistration": True},
        "workspaceFolders": True,
        "semanticTokens": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "willSave": True, "willSaveWaitUntil": True, "didSave": True},
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": False,
            "tagSupport": {"valueSet": [1, 2]},
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
        "completion": {
            "dynamicRegistration": True,
            "contextSupport": True,
            "completionItem": _COMPLETION_ITEM,
            "insertTextMode": 2,
            "completionList": {
                "itemDefaults": ["commitCharacters", "editRange", "insertTextFormat", "insertTextMode", "data"]
            },
        },
        "hover": {"dynamicRegistration": True, "contentFormat": ["markdown", "plaintext"]},
        "documentSymbol": {"dynamicRegistration": True, "hierarchicalDocumentSymbolSupport": True},
        "codeAction": {
            "dynamicRegistration": True,
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
            "resolveSupport": {"properties": ["edit", "command"]},
        },
    },
    "window": {
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
        "showDocument": {"support": True},
        "workDoneProgress": True,
    },
    "general": {"positionEncodings": ["utf-16"]},
}


def initialize_parameters(script: SessionScript, folder_uri: str, pid: int) -> dict[str, Any]:
    """The parameters of `initialize`, as an editor named `script.client` sends them for one folder."""
    return {
        "processId": pid,
        "clientInfo": {"name": script.client},
        "locale": "en",
        "rootPath": script.folder,
        "rootUri": folder_uri,
        "capabilities": _CAPABILITIES,
        "initializationOptions": dict(script.settings),
        "workspaceFolders": [{"uri": folder_uri, "name": folder_uri.rstrip("/").rpartition("/")[2]}],
    }
