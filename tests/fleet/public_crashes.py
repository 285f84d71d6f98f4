"""Public crashes of gopls, by their function names.

Each entry is one defect; each line of it what one or several users saw: their issues (`v` for golang/vscode-go, `g` for
golang/go), the release of gopls, then functions of the crashed goroutine, innermost first, as far as the issue shows
them and they matter. Names and versions are all that is taken from the issues. `G/` stands for
golang.org/x/tools/gopls/internal, `X/` for golang.org/x/tools/internal, `T/` for go/types, `(C)` for its (*Checker).
"""

from __future__ import annotations

NIL = "runtime error: invalid memory address or nil pointer dereference"
INDEX = "runtime error: index out of range [{n}] with length {n}"
SLICE = "runtime error: slice bounds out of range [{n}:{n}]"
_SOURCE = "G/lsp/source/completion"

_STACKS: dict[str, tuple[str, ...]] = {
    f"local package key\n{NIL}": (
        "v3641,v3645 v0.12.2 G/lsp/cache.localPackageKey G/lsp/cache.(*packageHandleBuilder).buildPackageHandle "
        "G/lsp/cache.(*snapshot).getPackageHandles.func2 golang.org/x/sync/errgroup.(*Group).Go.func1",
        "g62191,v3442 v0.13.2 G/lsp/cache.localPackageKey G/lsp/cache.(*packageHandleBuilder).buildPackageHandle "
        "G/lsp/cache.(*snapshot).getPackageHandles.func2.1 golang.org/x/sync/errgroup.(*Group).Go.func1",
    ),
    f"error without a position\n{NIL}": (
        "v1801,v1827,v1832,v1841,v1842 v0.7.2 T/(C).handleBailout panic go/ast.(*Ident).Pos T/spanOf T/(C).newError "
        "T/(C).error T/(C).errorf T/(C).collectObjects.func1 T/(C).walkDecl",
        "v2166 v0.8.2 T/(C).handleBailout panic go/ast.(*Ident).Pos T/spanOf T/(C).newError "
        "T/(C).error T/(C).errorf T/(C).collectObjects.func1 T/(C).walkDecl",
    ),
    "range over what is no function\n\tstmt.go:{n}: assertion failed": (
        "v3446,v3448,v3461,v3492 v0.16.1 T/(C).handleBailout panic T/assert T/(C).rangeStmt T/(C).stmt T/(C).stmtList "
        "T/(C).funcBody T/(C).funcDecl.func1 T/(C).processDelayed T/(C).checkFiles",
        "v3524 v0.16.1 T/(C).handleBailout panic T/assert T/(C).rangeStmt T/(C).stmt T/(C).stmtList T/(C).stmt "
        "T/(C).rangeStmt T/(C).stmt T/(C).stmtList",
        "g70247 v0.16.2 T/(C).handleBailout panic T/assert T/(C).rangeStmt T/(C).stmt T/(C).stmtList T/(C).funcBody "
        "T/(C).funcDecl.func1 T/(C).processDelayed T/(C).checkFiles T/(C).Files",
    ),
    'version of another Go\ninvalid Go version "go1.{n}.{n}" (should be something like "go1.12")': (
        "v3234 v0.15.1 T/NewChecker G/cache.(*typeCheckBatch).checkPackageForImport "
        "G/cache.(*typeCheckBatch).getImportPackage G/cache.(*Snapshot).forEachPackageInternal.func1",
        "v3275,v3295,v3298,v3299,v3302,v3314 v0.15.2 T/NewChecker G/cache.(*analysisNode).typeCheck "
        "G/cache.(*analysisNode).run G/cache.(*analysisNode).runCached G/cache.(*Snapshot).Analyze.func6.1",
    ),
    f"folder cache\n{NIL}": (
        "v1870 v0.7.3 X/imports.(*dirInfoCache).Load X/imports.(*ModuleResolver).cacheLoad "
        "X/imports.(*ModuleResolver).findPackage X/imports.(*ModuleResolver).scoreImportPath",
        "g57622 v0.11.0 X/imports.(*dirInfoCache).Load X/imports.(*ModuleResolver).cacheLoad "
        "X/imports.(*ModuleResolver).findPackage X/imports.(*ModuleResolver).scoreImportPath",
    ),
    f"folder of a package\n{SLICE}": (
        "v3401 v0.15.3 X/imports.(*ModuleResolver).scanDirForPackage X/imports.(*ModuleResolver).scan.func3 "
        "X/gopathwalk.(*walker).walk X/gopathwalk.(*walker).walk X/gopathwalk.walkDir",
        "v3456 v0.16.1 X/imports.(*ModuleResolver).scanDirForPackage X/imports.(*ModuleResolver).scan.func3 "
        "X/gopathwalk.(*walker).walk X/gopathwalk.(*walker).walk X/gopathwalk.(*walker).walk.func1",
    ),
    f"action without a summary\n{NIL}": (
        "v3306,g66788 v0.15.2 G/cache.(*action).exec G/cache.execActions.func1.1 sync.(*Once).doSlow sync.(*Once).Do",
        "v3357 v0.15.3 G/cache.(*action).exec G/cache.execActions.func1.1 sync.(*Once).doSlow sync.(*Once).Do",
    ),
    f"method without a package\n{NIL}": (
        f"v2518,v2520,v2521 v0.10.0 T/(*Package).Path {_SOURCE}.isStarTestingDotF "
        f"{_SOURCE}.(*completer).methodsAndFields {_SOURCE}.(*completer).deepSearch {_SOURCE}.Completion",
    ),
    f"export without a package\n{NIL}": (
        "v2825,v2826,v2827 v0.12.2 X/gcimporter.iexportCommon.func1 panic T/(*Package).Path "
        "X/gcimporter.(*exportWriter).exportPath X/gcimporter.(*exportWriter).pkg X/gcimporter.(*exportWriter).setPkg",
    ),
    f"too few results\n{INDEX}": (
        "v2901,v2904 v0.13.0 T/(*Tuple).At G/lsp/analysis/stubmethods.fromCallExpr "
        "G/lsp/analysis/stubmethods.GetStubInfo G/lsp/analysis/stubmethods.DiagnosticForError",
    ),
    f"detached context\n{NIL}": (
        "v2334,v2335 v0.9.0 X/xcontext.detachedContext.Value X/lsp/debug.GetInstance "
        "X/lsp/debug.makeGlobalExporter.func1 X/event/core.deliver X/event/core.ExportPair",
    ),
    f"module information\n{NIL}": (
        "v3277,v3324 v0.15.2 X/imports.(*ProcessEnv).ClearModuleInfo G/cache.(*importsState).runProcessEnvFunc "
        "G/cache.(*Snapshot).RunProcessEnvFunc G/golang.allImportsFixes G/golang.CodeActions",
    ),
    f"vendor lens\n{NIL}": ("v799,v870 v0.5.0 X/lsp/mod.vendorLens X/lsp.(*Server).codeLens X/lsp.(*Server).CodeLens",),
    f"lookup\n{NIL}": ("v1402 v0.6.9 T/(C).handleBailout panic T/IsInterface T/(C).rawLookupFieldOrMethod",),
    f"module statement\n{NIL}": (
        "g59223 v0.11.0 G/lsp/mod.hoverOnModuleStatement G/lsp/mod.Hover G/lsp.(*Server).hover",
    ),
    f"hover\n{NIL}": (
        "g69362 v0.18.1 G/golang.hover G/golang.Hover G/server.(*server).Hover G/protocol.serverDispatch",
    ),
    f"rune\n{SLICE}": (
        "v1785 devel X/lsp/source.findRune X/lsp/source.hoverRune X/lsp/source.Hover X/lsp.(*Server).hover",
    ),
    f"results\n{NIL}": ("g66091 v0.15.0 G/golang.highlightFuncControlFlow G/golang.highlightPath G/golang.Highlight",),
    f"loop\n{NIL}": ("g79335 v0.22.0 G/golang.highlightLoopControlFlow G/golang.highlightPath G/golang.Highlight",),
    f"help\n{NIL}": ("g66090 v0.15.0 G/server.(*server).SignatureHelp G/protocol.serverDispatch",),
    f"parameter\n{NIL}": ("g69552 v0.17.0 G/golang.activeParameter G/golang.builtinSignature G/golang.SignatureHelp",),
    f"field\n{NIL}": ("g70968 v0.17.0 G/golang.(*renamer).checkStructField G/golang.(*renamer).check",),
    f"interval\n{NIL}": ("v841 v0.5.1 X/lsp/source.pathEnclosingInterval X/lsp/source.(*renamer).checkStructField",),
    f"new file\n{SLICE}": (
        "g70553 v0.17.1 G/golang.ExtractToNewFile G/server.(*commandHandler).ExtractToNewFile.func1",
    ),
    f"items\n{NIL}": ("g72828 v0.18.1 G/golang/completion.(*completer).addFieldItems",),
    f"return\n{NIL}": ("g70634 v0.17.0 T/(*Signature).Results G/golang/completion.expectedReturnStmtType",),
    f"label\n{INDEX}": ("g73854 v0.18.1 G/golang.Definition G/server.(*server).Definition G/protocol.serverDispatch",),
    f"module\n{INDEX}": (
        "v882 v0.5.2 X/imports.(*ModuleResolver).modInfo X/imports.(*ModuleResolver).scanDirForPackage",
    ),
    f"first load\n{NIL}": ("v803 v0.5.1 X/lsp/cache.(*snapshot).initialize.func2 sync.(*Once).doSlow sync.(*Once).Do",),
    f"mod file\n{NIL}": ("v812 v0.5.0 X/lsp/cache.tempModFile X/lsp/cache.(*snapshot).load",),
    f"handles\n{NIL}": ("v2876 v0.12.4 G/lsp/cache.(*snapshot).getPackageHandles.func1",),
    f"analysis\n{NIL}": (
        "v3320 v0.15.2 G/cache.(*Snapshot).Analyze G/golang.Analyze G/server.(*server).diagnose.func6",
    ),
    "signature\ninterface conversion: types.Type is nil, not *types.Signature": (
        "v2739 devel T/(C).handleBailout panic T/(C).funcString T/(C).missingMethod T/(C).implements",
    ),
}


def _whole(name: str) -> str:
    tools = "golang.org/x/tools"
    for short, long in (
        ("G/", f"{tools}/gopls/internal/"),
        ("X/", f"{tools}/internal/"),
        ("T/(C)", "go/types.(*Checker)"),
    ):
        if name.startswith(short):
            return long + name.removeprefix(short)
    return "go/types." + name.removeprefix("T/") if name.startswith("T/") else name


def _report(line: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    issues, release, *names = line.split()
    return tuple(issues.split(",")), release, tuple(_whole(each) for each in names)


PUBLIC_CRASHES = {
    title.partition("\n")[0]: (title.partition("\n")[2], [_report(line) for line in lines])
    for title, lines in _STACKS.items()
}
"""Name of the defect to the message, in which `{n}` stands for a number, and (issues, release, functions)."""
