// The launcher that an editor starts instead of gopls.
//
// It starts the real gopls on the editor's own standard input and output, passes on its standard error and every
// signal, and ends as gopls ended. Beside that it keeps the last of standard error, notes the end, and starts a
// recorder that looks on. Whatever of that fails, gopls goes on: no failure of the launcher's own is ever an error.
// launch.py does the same for machines without a Go toolchain; docs/explanation/recording.md has the protocol.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	// depthVariable counts launchers inside each other: a gopls that starts the launcher again would never end.
	depthVariable = "GOPLS_DIAG_LAUNCHER_DEPTH"
	maximumDepth  = 4

	exitNotStarted = 126
	exitNotFound   = 127
)

func init() {
	// On Linux gopls is killed with the thread that started it. This one is the last to end.
	runtime.LockOSThread()
}

func main() {
	// A heap of some kilobytes needs no collector, whose timer would wake up every two minutes; a GODEBUG=gctrace=1
	// that is meant for gopls would also have it write into the editor's log.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(24 << 20)

	own := ownFolder()
	settings := readConfiguration(filepath.Join(own, "launcher.json"))
	given := os.Args[1:]
	environment, isLoop := countDepth(os.Environ())
	if isLoop {
		complain("the gopls that was found starts this launcher again", "give the path of the real one: gopls-diag record install --gopls PATH")
		os.Exit(exitNotFound)
	}
	program := findGopls(settings, own)
	words := readWords(given)
	if !words.isSession {
		if program == "" {
			failNotFound(settings)
		}
		become(program, given, environment)
	}
	runSession(newPlan(settings, program, given, environment))
}

// ownFolder gives the folder of this program, links followed; "" if the system does not say.
func ownFolder() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	return filepath.Dir(path)
}

// countDepth gives the environment for gopls, and whether launchers start each other for ever.
func countDepth(environment []string) ([]string, bool) {
	depth, _ := strconv.Atoi(os.Getenv(depthVariable))
	return setVariable(environment, depthVariable, strconv.Itoa(depth+1)), depth >= maximumDepth
}

// setVariable gives a copy of an environment in which a variable has a value.
func setVariable(environment []string, name, value string) []string {
	changed := make([]string, 0, len(environment)+1)
	for _, each := range environment {
		if !strings.HasPrefix(each, name+"=") {
			changed = append(changed, each)
		}
	}
	return append(changed, name+"="+value)
}

// complain writes what is wrong and what to do about it for whoever reads the editor's log.
func complain(what, remedy string) {
	fmt.Fprintf(os.Stderr, "gopls-diag: %s\ngopls-diag: %s\n", what, remedy)
}

func failNotFound(settings configuration) {
	complain(notFoundWords(settings), "install it with `go install golang.org/x/tools/gopls@latest`, or take the launcher away with `gopls-diag record uninstall`")
	os.Exit(exitNotFound)
}

func notFoundWords(settings configuration) string {
	places := "neither on PATH"
	if settings.Gopls != "" {
		places = "neither at " + settings.Gopls + " nor on PATH"
	}
	for _, each := range settings.Search {
		places += " nor in " + each
	}
	return "there is no gopls, " + places
}
