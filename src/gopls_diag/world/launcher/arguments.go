package main

import "strings"

// takesValue has the flags of gopls v0.16 to v0.24 whose value may stand as a word of its own. All others are
// switches, or written -flag=value.
var takesValue = map[string]bool{
	"debug": true, "listen": true, "listen.timeout": true, "logfile": true, "mcp.listen": true, "mode": true,
	"ocagent": true, "otel": true, "port": true, "profile.alloc": true, "profile.block": true, "profile.cpu": true,
	"profile.mem": true, "profile.trace": true, "remote": true, "remote.debug": true, "remote.listen.timeout": true,
	"remote.logfile": true,
}

// words is what the arguments of gopls mean to the launcher.
type words struct {
	isSession bool            // gopls is to serve an editor; else it does one thing and ends
	serve     int             // where the word `serve` is, -1 if it is not
	flags     map[string]bool // the names of the flags
}

// readWords tells a server from the many commands that gopls has besides.
func readWords(arguments []string) words {
	found := words{isSession: true, serve: -1, flags: map[string]bool{}}
	for at := 0; at < len(arguments); at++ {
		word := arguments[at]
		if len(word) > 1 && word[0] == '-' && word != "--" {
			name, _, hasValue := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
			found.flags[name] = true
			if takesValue[name] && !hasValue {
				at++
			}
			if name == "h" || name == "help" {
				found.isSession = false
			}
			continue
		}
		if found.serve >= 0 {
			break
		}
		if word != "serve" {
			// A command; or `--`, behind which no flag of ours could stand, and which no editor writes.
			found.isSession = false
			break
		}
		found.serve = at
	}
	return found
}

// withFlags gives the arguments with flags of gopls itself in front, and with flags of `serve` behind that word, or in
// front where it is left out.
func withFlags(arguments []string, global, ofServe []string) []string {
	at := readWords(arguments).serve + 1
	all := make([]string, 0, len(arguments)+len(global)+len(ofServe))
	all = append(all, global...)
	all = append(all, arguments[:at]...)
	all = append(all, ofServe...)
	return append(all, arguments[at:]...)
}
