package main

import (
	"os"
	"time"
)

const (
	// readerPatience is how long an editor may leave the last words of a dead gopls unread.
	readerPatience = 2 * time.Second
	// diskPatience is how long the end may take to be written down.
	diskPatience = 2 * time.Second
	// tellingPatience is how long what gopls told last may be on its way to the recorder.
	tellingPatience = 30 * time.Millisecond
)

// ending is how gopls ended, as the system told.
type ending struct {
	code         int    // valid if there is no signal
	signal       int    // 0 if it was none
	signalName   string // "SIGKILL"
	isCoreDumped bool
	maxResident  int64 // bytes; 0 if not known
	user, system float64
	hasUse       bool
	elapsed      time.Duration
	at           time.Time
	failure      string // why it could not be started
	passed       []passedSignal
	stderrBytes  int64
	isFlagError  bool
}

// passedSignal is one that the launcher got and passed on.
type passedSignal struct {
	Name string `json:"name"`
	At   string `json:"at"`
}

// runSession runs gopls from here to its end, and does not come back.
func runSession(p *plan) {
	if p.program == "" {
		recordFailure(p, notFoundWords(p.settings))
		failNotFound(p.settings)
	}
	if p.words != "" {
		_, _ = os.Stderr.WriteString("gopls-diag: " + p.words + "\n")
	}
	began := time.Now()
	child, stderr, err := startGopls(p)
	if err != nil {
		recordFailure(p, err.Error())
		complain("gopls could not be started: "+p.program+": "+err.Error(), "see whether it runs in a terminal, or install it again: go install golang.org/x/tools/gopls@latest")
		os.Exit(exitNotStarted)
	}

	kept := make(chan *block, 4*mostBlocks)
	errors := &stream{
		in: stderr, out: editorsErrors(), kept: kept, blocks: newBlocks(), done: make(chan struct{}),
		ring: &ring{name: "stderr", limit: p.settings.StderrBytes},
	}
	go errors.run()
	messages := startMessages(p, kept)
	told := startAnswerer(p.otel)
	keeper := newRecording(p, began, child.pid, told)
	go keeper.run(kept)

	end := child.wait()
	end.at, end.elapsed = time.Now(), time.Since(began)
	errors.finish(readerPatience)
	if messages != nil {
		messages.finish(readerPatience)
	}
	end.stderrBytes = errors.total.Load()
	end.isFlagError = errors.tellsOfFlag()
	told.finish(tellingPatience)
	keeper.finish(end, diskPatience)
	mirror(end)
}

// startMessages carries the messages of gopls into their ring, if they are asked for.
func startMessages(p *plan, kept chan<- *block) *stream {
	if p.ownMessages == nil {
		return nil
	}
	messages := &stream{
		in: p.ownMessages, kept: kept, blocks: newBlocks(), done: make(chan struct{}),
		ring: &ring{name: "rpc", limit: p.settings.RPCBytes},
	}
	go messages.run()
	return messages
}

// recordFailure notes that gopls could not even be started.
func recordFailure(p *plan, why string) {
	now := time.Now()
	keeper := newRecording(p, now, 0, nil)
	go keeper.run(make(chan *block))
	keeper.finish(ending{at: now, failure: why}, diskPatience)
}
