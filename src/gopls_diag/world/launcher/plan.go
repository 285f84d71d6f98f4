package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// plan is how gopls is going to be started.
type plan struct {
	settings    configuration
	program     string // "" where there is none
	given       []string
	arguments   []string
	environment []string
	folder      string
	words       string // of the remedy that is followed, or ""
	otel        *listener
	isDebugged  bool
	messages    int      // the descriptor into which gopls writes its messages; 0 if they are not asked for
	ownMessages *os.File // where they come out, or nil
}

// newPlan adds what the settings ask for and the arguments do not hold already.
func newPlan(settings configuration, program string, given, environment []string) *plan {
	p := &plan{
		settings: settings, program: program, given: given, arguments: given, environment: environment,
		folder: workingFolder(),
	}
	if settings.KeepAlive && settings.State != "" && program != "" {
		p.follow(findRemedy(settings.State, program, p.folder, given, time.Now()))
	}
	if settings.GCTrace {
		p.environment = setVariable(p.environment, "GODEBUG", withCollections(valueOf(p.environment, "GODEBUG")))
	}
	if program != "" && settings.Binary.isKnown(program) {
		p.addFlags(readWords(p.arguments).flags)
	}
	return p
}

func (p *plan) follow(found *remedy) {
	if found == nil {
		return
	}
	for name, given := range found.Environment {
		value, ok := given.(string)
		if ok && name != "" && !strings.ContainsAny(name, "=\x00") && !strings.Contains(value, "\x00") {
			p.environment = setVariable(p.environment, name, value)
		}
	}
	if words, ok := texts(found.Arguments); ok {
		p.arguments = words
	}
	p.words = found.Words
}

// texts gives the words of a list of which all are; false if it is none, or not there.
func texts(list []any) ([]string, bool) {
	words := make([]string, 0, len(list))
	for _, each := range list {
		word, ok := each.(string)
		if !ok {
			return nil, false
		}
		words = append(words, word)
	}
	return words, list != nil
}

func (p *plan) addFlags(present map[string]bool) {
	var global, ofServe []string
	if p.settings.Otel && p.settings.Binary.Otel && !present["otel"] && hasRecorder(p.settings) {
		if p.otel = listenOnLoopback(); p.otel != nil {
			global = append(global, "-otel=http://127.0.0.1:"+strconv.Itoa(p.otel.port))
		}
	}
	if p.settings.Debug && !present["debug"] && !present["remote"] {
		p.isDebugged = true
		ofServe = append(ofServe, "-debug=127.0.0.1:0")
	}
	if p.settings.RPCTrace && p.settings.State != "" && !present["rpc.trace"] && !present["logfile"] {
		if path := p.openMessages(); path != "" {
			ofServe = append(ofServe, "-rpc.trace", "-logfile="+path)
		}
	}
	p.arguments = withFlags(p.arguments, global, ofServe)
}

// hasRecorder says whether there is a program to take what gopls would tell.
func hasRecorder(settings configuration) bool {
	if settings.State == "" || len(settings.Recorder) == 0 {
		return false
	}
	info, err := os.Stat(settings.Recorder[0])
	return err == nil && isProgram(settings.Recorder[0], info)
}

// withCollections adds gctrace=1 to a value of GODEBUG, in which the last of two counts.
func withCollections(value string) string {
	if value == "" {
		return "gctrace=1"
	}
	return value + ",gctrace=1"
}

// valueOf gives a variable's value; "" if it is not set.
func valueOf(environment []string, name string) string {
	for _, each := range environment {
		if value, ok := strings.CutPrefix(each, name+"="); ok {
			return value
		}
	}
	return ""
}
