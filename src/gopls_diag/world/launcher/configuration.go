package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// largestDocument is more than any file of ours has; a file that is larger is not ours.
const largestDocument = 1 << 20

// configuration is launcher.json, in which nothing must be there.
type configuration struct {
	Gopls       string       `json:"gopls"`        // "" to search
	Search      []string     `json:"search"`       // folders, after PATH
	State       string       `json:"state"`        // the recorder's folder; "" to record nothing
	Recorder    []string     `json:"recorder"`     // a command line, to which the session's folder is added
	Binary      *knownBinary `json:"binary"`       // the gopls whose flags are known
	Otel        bool         `json:"otel"`         // let gopls tell of its requests
	Debug       bool         `json:"debug"`        // let gopls serve its debug pages
	GCTrace     bool         `json:"gctrace"`      // let gopls tell of its collections
	RPCTrace    bool         `json:"rpc_trace"`    // keep the last messages
	StderrBytes int64        `json:"stderr_bytes"` // of the ring of standard error
	RPCBytes    int64        `json:"rpc_bytes"`    // of the ring of messages
	KeepAlive   bool         `json:"keep_alive"`   // follow keep-alive.json
}

// knownBinary is a gopls that was asked for its flags. Another file may not know them, and would not start.
type knownBinary struct {
	Path       string `json:"path"`
	Bytes      int64  `json:"bytes"`
	ModifiedNs int64  `json:"modified_ns"`
	Otel       bool   `json:"otel"`
}

// remedy is an entry of keep-alive.json: how gopls is to be started for a while, after it ended again and again.
type remedy struct {
	Gopls          string         `json:"gopls"`
	Folder         string         `json:"folder"` // "" for any
	Until          time.Time      `json:"until"`
	Environment    map[string]any `json:"environment"`
	GivenArguments []any          `json:"given_arguments"` // for a session with these; nil for any
	Arguments      []any          `json:"arguments"`       // instead of those; nil to keep them
	Words          string         `json:"words"`
}

// readDocument decodes what it can of a file of JSON; a value of another type is left out.
func readDocument(path string, into any) {
	file, err := openPlain(path)
	if err != nil {
		return
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, largestDocument))
	if err == nil {
		_ = json.Unmarshal(content, into)
	}
}

func readConfiguration(path string) configuration {
	settings := configuration{}
	readDocument(path, &settings)
	if settings.StderrBytes <= 0 {
		settings.StderrBytes = 8 << 20
	}
	if settings.RPCBytes <= 0 {
		settings.RPCBytes = 8 << 20
	}
	return settings
}

// findRemedy gives the entry of keep-alive.json for a gopls in a folder with these arguments, or nil.
func findRemedy(state, program, folder string, given []string, now time.Time) *remedy {
	var document struct {
		Entries []json.RawMessage `json:"entries"`
	}
	readDocument(filepath.Join(state, "keep-alive.json"), &document)
	for _, raw := range document.Entries {
		var each remedy
		if _ = json.Unmarshal(raw, &each); !now.Before(each.Until) {
			continue
		}
		wanted, isFor := texts(each.GivenArguments)
		if isFor && !slices.Equal(wanted, given) || !isFor && each.GivenArguments != nil {
			continue
		}
		if (each.Gopls == program || each.Gopls == resolved(program)) && (each.Folder == "" || each.Folder == folder) {
			return &each
		}
	}
	return nil
}

// isKnown says whether a program is the very file that was asked for its flags.
func (known *knownBinary) isKnown(program string) bool {
	if known == nil || known.Path != resolved(program) {
		return false
	}
	info, err := os.Stat(program)
	return err == nil && info.Size() == known.Bytes && info.ModTime().UnixNano() == known.ModifiedNs
}

// resolved gives a path with its links followed, or as it is where that fails.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
