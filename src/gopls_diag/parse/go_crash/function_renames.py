"""Functions and types of gopls that got another name.

One row a rename: old name, new name (receiver and name, or name alone), and the first release of gopls with the new.
A row was taken where the bodies before and after are alike by four fifths and the old name is gone; found by comparing
releases v0.6.0 to v0.22.0 of golang/tools with each other (tools/fleet_functions.py does so), and read one by one.
Rows of a release are followed by those of later ones.
"""

from __future__ import annotations

_RECEIVER_ROWS = """
progressTracker             Tracker                       v0.8.0
ColumnMapper                Mapper                        v0.11.0
fileHandle                  DiskFile                      v0.13.0
pkg                         Package                       v0.13.0
encoded                     tokenVisitor                  v0.15.0
actionsMap                  actionMap                     v0.15.0
ParsedGoFile                File                          v0.15.0
Metadata                    Package                       v0.15.0
FileAction                  Action                        v0.15.0
FileKind                    Kind                          v0.15.0
semtok                      semanticToken                 v0.18.0
cmdClient                   client                        v0.20.0
"""

_FUNCTION_ROWS = """
directnessError             directnessDiagnostic          v0.8.0
Server.runTests             commandHandler.runTests       v0.8.0
symbolCollector.walkType    symbolWalker.walkType         v0.8.0
BuildGoplsMod               snapshot.BuildGoplsMod        v0.8.0
symbolCollector.results     symbolStore.results           v0.8.0
symbolWorker.matchFile      matchFile                     v0.10.0
loadExplicitWorkspaceFile   workspace.loadExplicitWorkspaceFile  v0.10.0
Session.viewOf              Session.viewOfLocked          v0.11.0
snapshot.reloadOrphanedFiles  snapshot.reloadOrphanedOpenFiles  v0.11.0
snapshot.orphanedFileScopes  snapshot.orphanedFiles       v0.11.0
snapshot.orphanedFiles      snapshot.orphanedOpenFiles    v0.11.0
View.SetOptions             Session.SetViewOptions        v0.11.0
snapshot.AllValidMetadata   snapshot.AllMetadata          v0.13.0
snapshot.GetCriticalError   snapshot.CriticalError        v0.13.0
snapshot.depsErrors         depsErrors                    v0.13.0
importDiagnostics           fixedByImportFix              v0.13.0
cloneFieldList              qualifyFieldList              v0.13.0
objToMappedRange            adjustedObjEnd                v0.13.0
unappliedChanges.GetFile    unappliedChanges.ReadFile     v0.13.0
snapshot.getMetadata        snapshot.Metadata             v0.13.0
renamer.docComment          docComment                    v0.13.0
DiskFile.Saved              DiskFile.SameContentsOnDisk   v0.14.0
View.contains               snapshot.contains             v0.14.0
View.FileKind               snapshot.FileKind             v0.14.0
typeDeclPosition            implementsObj                 v0.14.0
fileMap.Dirs                fileMap.getDirs               v0.15.0
darwinCheckPathCase         darwinCheckPathValid          v0.15.0
windowsCheckPathCase        windowsCheckPathValid         v0.15.0
goEnv.load                  loadGoEnv                     v0.15.0
View.getSnapshot            View.Snapshot                 v0.15.0
goTest                      getGoTestCodeActions          v0.15.0
server.showCriticalErrorStatus  server.updateCriticalErrorStatus  v0.15.0
Mapper.lineCol8             Mapper.OffsetLineCol8         v0.15.0
ToProtocolEdits             EditsFromDiffEdits            v0.15.0
FromProtocolEdits           EditsToDiffEdits              v0.15.0
ApplyProtocolEdits          ApplyEdits                    v0.15.0
FileKindForLang             KindForLang                   v0.15.0
Qualifier                   FileQualifier                 v0.15.0
applyFileEdits              applyChanges                  v0.15.0
nonNilSliceString           NonNilSlice                   v0.15.0
DiskFile.FileIdentity       diskFile.Identity             v0.15.0
overlay.FileIdentity        overlay.Identity              v0.15.0
newMetadataGraph            newGraph                      v0.15.0
VulnerablePackages          modVulnImpl                   v0.15.0
versionMessage              Message                       v0.15.0
bundleQuickFixes            bundleLazyFixes               v0.16.0
BundledQuickFixes           BundledLazyFixes              v0.16.0
snapshot.buildOverlay       snapshot.buildOverlays        v0.16.0
viewDefinition.moduleMode   ViewType.usesModules          v0.16.0
Package.GetSyntax           Package.Syntax                v0.16.0
GetStubInfo                 GetIfaceStubInfo              v0.18.0
validImports                validImportPaths              v0.18.0
symbolWalker.atNode         symbolWalker.declare          v0.18.0
generateIdentifier          generateName                  v0.18.0
ComputeOneImportFixEdits    ComputeImportFixEdits         v0.18.0
hashDiagnostic              Diagnostic.Hash               v0.18.0
completer.expectedCompositeLiteralType  expectedCompositeLiteralType  v0.18.0
server.fileOf               Session.FileOf                v0.20.0
NarrowestMetadataForFile    snapshot.NarrowestMetadataForFile  v0.20.0
server.diagnoseChangedFiles  diagnoseChangedFiles         v0.20.0
"""

_OTHER_ROWS = """
mod..Diagnostics            mod..collectDiagnostics       v0.10.0
mod..ModParseDiagnostics    mod..parseDiagnostics         v0.18.0
mod..ModTidyDiagnostics     mod..tidyDiagnostics          v0.18.0
mod..ModUpgradeDiagnostics  mod..upgradeDiagnostics       v0.18.0
mod..ModVulnerabilityDiagnostics  mod..vulnerabilityDiagnostics  v0.18.0
work..DiagnosticsForWork    work..diagnoseOne             v0.15.0
cmd..URIFromPath            ..URIFromPath                 v0.15.0
debug..printBuildInfo       debug..writeBuildInfo         v0.20.0
analysis/fillstruct..DiagnoseFillableStructs  analysis/fillstruct..Diagnose  v0.15.0
analysis/infertypeargs..DiagnoseInferableTypeArgs  analysis/infertypeargs..diagnose  v0.15.0
"""

_CORE = "golang.org/x/tools/gopls/internal/"


def _pairs(rows: str) -> dict[str, str]:
    lines = [line.split() for line in rows.strip().splitlines()]
    return {old.lower(): new.lower() for old, new, _ in lines}


def _key(name: str) -> str:
    return _CORE + ("." if "." in name else "..") + name


_RECEIVERS = _pairs(_RECEIVER_ROWS)
_FUNCTIONS = {
    **{_key(old): _key(new) for old, new in _pairs(_FUNCTION_ROWS).items()},
    **{_CORE + old: _CORE + new for old, new in _pairs(_OTHER_ROWS).items()},
    _key("parsegosrc"): _CORE + "cache/parsego..parse",
}
_LONGEST_CHAIN = 4
"""Renames of one function, one after another; a test shows that none is longer."""


def newest_receiver(receiver: str) -> str:
    """The name that a type of gopls has now, in small letters; the same if it kept its name."""
    return _RECEIVERS.get(receiver, receiver)


def newest_key(key: str) -> str:
    """The key (package, receiver and name, in small letters) of what a function of gopls is called now."""
    for _ in range(_LONGEST_CHAIN):
        newer = _FUNCTIONS.get(key)
        if newer is None:
            break
        key = newer
    return key
