"""Names by which a text is read: what is a program, a subcommand, a known name or an ordinary word.

These lists decide only what is taken out of a text as a claim, never whether a claim is true; real, retired and often
invented names stand side by side. They were made by reading gopls v0.16 to v0.23, vscode-go 0.57, delve 1.27 and
Go 1.27.
"""

from __future__ import annotations

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


GOPLS_SUBCOMMANDS: Final = _set(
    "serve version help api-json licenses bug call_hierarchy check codeaction codelens codelenses definition "
    "execute fix folding_ranges format highlight implementation imports inspect links mcp prepare_rename "
    "references remote rename semtok signature stats symbols workspace workspace_symbol vulncheck"
)
GO_SUBCOMMANDS: Final = _set(
    "bug build clean doc env fix fmt generate get help install list mod run telemetry test tool version vet work"
)
GO_SECOND_WORDS: Final = {
    "mod": _set("download edit graph init tidy vendor verify why"),
    "work": _set("edit init sync use vendor"),
    "tool": frozenset[str](),
    "telemetry": _set("on off local"),
}
DLV_SUBCOMMANDS: Final = _set(
    "attach connect core dap debug exec help log replay run substitute-path-guess-helper test trace version backend"
)
DLV_PROMPT_COMMANDS: Final = _set(
    "args bt break breakpoints c call check checkpoint clear clear-checkpoint clearall condition config continue "
    "deferred disassemble display down dump edit examinemem exit frame funcs goroutine goroutines gr grs help "
    "libraries list locals next on packages print quit rebuild regs restart set source sources stack step "
    "step-instruction stepout switch target thread threads toggle trace transcript types up vars watch whatis x "
    "memstats heap gc"
)
EDITOR_PROGRAMS: Final = _set("code code-insiders codium code-server cursor windsurf")
GO_PROGRAMS: Final = _set("gopls go dlv") | EDITOR_PROGRAMS
MACHINE_PROGRAMS: Final = _set("ulimit prlimit xcode-select launchctl sysctl setrlimit")
"""What is done to the machine: a claim in any text about Go."""
OTHER_MACHINE_PROGRAMS: Final = _set(
    "apt apt-get brew chmod chown choco codesign cpulimit dnf docker kill killall nice pacman pgrep pkill port "
    "renice rm rmdir rd del Remove-Item scoop snap spctl systemd-run systemctl taskkill taskset winget xattr yum "
    "defaults"
)
"""A claim only where the command names gopls, delve or a folder of theirs."""
WRAPPERS: Final = _set(
    "sudo env nohup time exec command then do else if while until ! { eval builtin doas watch xargs setsid RUN "
    "CMD ENTRYPOINT stdbuf start"
)
INSTALLED_NAMES: Final = ("gopls", "delve", "dlv", "golang", "go-build", "GOCACHE", "GOMODCACHE", "GOPATH")

BOOLEAN_FLAGS: Final = {
    "gopls": _set("rpc.trace v verbose vv veryverbose json d diff w write l list h help a all exec kind-only vt"),
    "go": _set(
        "a n x v u m d e w i s json race msan asan cover work linkshared modcacherw trimpath cache testcache modcache "
        "fuzzcache r short benchmem failfast c all src cmd deps test export find compiled versions retracted fmt print "
        "fix diff changed t insecure print go1 vendor"
    ),
    "dlv": _set(
        "headless log accept-multiclient continue check-go-version allow-non-terminal-interactive only-same-user h "
        "help r"
    ),
}
GOPLS_FLAGS: Final = _set(
    "rpc.trace logfile debug listen listen.timeout mode mcp.listen remote remote.debug remote.listen.timeout "
    "remote.logfile profile.alloc profile.block profile.cpu profile.mem profile.trace otel ocagent port vv "
    "veryverbose memory-profile memprofile memprofilerate no-deep-completion"
)
VALUED_DLV_FLAGS: Final = _set(
    "listen l api-version log-output log-dest backend init wd build-flags output tty redirect pid"
)

GO_ENVIRONMENT: Final = _set(
    "GO111MODULE GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOCOVERDIR GODEBUG GOENV GOEXE "
    "GOEXPERIMENT GOFIPS140 GOFLAGS GOGC GOGCCFLAGS GOHOSTARCH GOHOSTOS GOINSECURE GOMAXPROCS GOMEMLIMIT GOMIPS "
    "GOMIPS64 GOMOD GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPACKAGESDRIVER GOPATH GOPPC64 GOPRIVATE GOPROXY GORACE "
    "GORISCV64 GOROOT GOROOT_FINAL GOSUMDB GOTELEMETRY GOTELEMETRYDIR GOTMPDIR GOTOOLCHAIN GOTOOLDIR GOTRACEBACK "
    "GOVCS GOVERSION GOWASM GOWORK GOPLSCACHE CGO_ENABLED CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_FFLAGS "
    "CGO_LDFLAGS CGO_CFLAGS_ALLOW GCCGO GO386 GO_EXTLINK_ENABLED"
)
OTHER_ENVIRONMENT: Final = _set("XDG_CACHE_HOME XDG_RUNTIME_DIR XDG_CONFIG_HOME MALLOC_ARENA_MAX")
"""Names that belong to others too: a claim only beside gopls."""
CAPITAL_WORDS: Final = _set(
    "GO GOAL GOALS GOOD GOODS GOOGLE GOING GONE GOT GOTO GOTCHA GOTCHAS GOLD GOLANG GOLANGCI GOB GOD GOES GOV "
    "GOVERN GOPHER GOPHERS GOPHERCON GOPLS GOFMT GOIMPORTS GOFUMPT GOPLUS GOYACC GOSEC GOLINT GOAWAY GOREG GOFILE "
    "GOLINE GOPACKAGE GOST GORM GOKIT GOARCHES GOSS GOCONTROL"
)

GOPLS_GROUPS: Final = ("build", "ui", "formatting")
GOPLS_SETTINGS: Final = _set(
    "buildFlags directoryFilters templateExtensions memoryMode expandWorkspaceToModule standaloneTags "
    "workspaceFiles maxFileCacheBytes memoryLimit local gofumpt codelenses semanticTokens noSemanticString "
    "noSemanticNumber semanticTokenTypes semanticTokenModifiers newGoFileHeader renameMovesSubpackages moveType "
    "usePlaceholders completionBudget matcher experimentalPostfixCompletions completeFunctionCalls deepCompletion "
    "completeUnimported analyses staticcheck staticcheckProvided annotations vulncheck diagnosticsDelay "
    "diagnosticsTrigger analysisProgressReporting hoverKind linkTarget linksInHover hints importShortcut "
    "symbolMatcher symbolStyle symbolScope verboseOutput importsSource showBugReports zeroConfig pullDiagnostics "
    "includeReplaceInWorkspace subdirWatchPatterns reportAnalysisProgressAfter verboseWorkDoneProgress "
    "allowImplicitNetworkAccess tempModFile tempModfile experimentalWorkspaceModule experimentalTemplateSupport "
    "experimentalWatchedFileDelay experimentalPackageCacheKey experimentalUseInvalidMetadata "
    "allowModfileModifications newDiff wantSuggestedFixes noIncrementalSync watchFileChanges "
    "experimentalDisabledAnalyses disableDeepCompletion fuzzyMatching caseSensitiveCompletion "
    "completionDocumentation wantCompletionDocumentation wantUnimportedCompletions experimentalDiagnosticsDelay "
    "allExperiments serverArgs goplsArgs env chattyDiagnostics codelens"
)
PLAIN_GOPLS_SETTINGS: Final = _set(
    "local gofumpt codelenses matcher analyses staticcheck annotations vulncheck hints env newDiff codelens"
)
"""Settings whose names are ordinary words or other programs: claims only where the text speaks of a setting."""
GO_EXTENSION_WORDS: Final = _set(
    "gopath goroot inferGopath lintTool lintFlags lintOnSave vetOnSave vetFlags buildOnSave buildFlags buildTags "
    "formatTool formatFlags testFlags testEnvVars testTags testTimeout toolsGopath toolsEnvVars alternateTools "
    "useLanguageServer languageServerFlags languageServerExperimentalFeatures autocompleteUnimportedPackages "
    "docsTool goplsArgs goplsSettings goplsFlags goplsOptions goplsPath goplsEnv terminal survey logging trace "
    "diagnostic lint inlayHints delveConfig coverOnSave toolsManagement tasks editor playground enableCodeLens"
)
NOT_SETTINGS: Final = _set(
    "mod sum work env dev org com io net sh md txt json yaml yml toml exe tmpl html css js ts png svg gz zip log "
    "mk bak lua el vim plist service pkg deb rpm sock socket uber opentelemetry etcd opencensus starlark mongodb "
    "temporal elastic jetify bug googlesource lock work.sum uber.org toml.sum chromium skia redpanda step rsc cs4 "
    "code-workspace tmLanguage snippets nix py c h rs java rb tape xml"
)
"""What may follow `go.` or `gopls.` in names of files and hosts."""

GOPLS_COMMANDS: Final = _set(
    "add_dependency add_import add_telemetry_counters add_test apply_fix assembly change_signature check_upgrades "
    "client_open_url diagnose_files doc edit_go_directive extract_to_new_file fetch_vulncheck_result free_symbols "
    "gc_details generate go_get_package list_imports list_known_packages lsp maybe_prompt_for_telemetry mem_stats "
    "modify_tags modules move_type package_symbols packages regenerate_cgo remove_dependency "
    "reset_go_mod_diagnostics run_go_work_command run_govulncheck run_tests scan_imports split_package "
    "start_debugging start_profile stop_profile tidy toggle_gc_details update_go_sum upgrade_dependency vendor "
    "views vulncheck workspace_stats run_vulncheck_exp test"
)
PALETTE_VERBS: Final = _set(
    "Restart Install Update Reset Toggle Start Stop Locate Show Clear Open Run Reload Kill Rebuild Disable Enable "
    "Choose Browse Test Add Generate Clean Purge Lint Vet Build Benchmark Get Initialize Explore Select Restore "
    "Debug Apply Cancel Subtest Fill Lookup Import Export Configure Dump Profile Refresh Check Set Fix Extract "
    "Force Optimize Flush Analyze Diagnose Switch Remove Collect Focus"
)
ANALYSIS_PLACES: Final = _set("analyses codelenses codelens hints annotations")
EDITOR_KEYS: Final = _set(
    "cmd command args arguments filetypes root_dir root_markers rootPatterns root_pattern on_attach capabilities "
    "flags cmd_env env binary path cmd_cwd name handlers autostart disabled mason keys trace.server enabled "
    "on_init single_file_support message_level log_level before_init offset_encoding workspace_required "
    "rootMarkers languages language-servers scope version on_new_config timeout enable fetch"
)
EDITOR_GROUPS: Final = _set(
    "settings config init_options initialization_options initializationOptions workspace_configuration "
    "workspace_config server_config"
)
