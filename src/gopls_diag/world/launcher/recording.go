package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// mostSessions is how many folders may wait for somebody who tidies them.
	mostSessions = 64
	mostEnds     = 50
	timeFormat   = "2006-01-02T15:04:05.000Z"
)

// recording writes everything that is kept of a session. All of it happens here, on one goroutine that nobody waits
// for while gopls lives: a disk may be full, slow or gone.
type recording struct {
	plan  *plan
	began time.Time
	pid   int // of gopls; 0 if it was not started

	id      string
	folder  string // "" when nothing is kept
	pending []*ring
	told    *answerer // nil if gopls does not export
	over    chan ending
	done    chan struct{}
}

type sessionDocument struct {
	Schema         string   `json:"schema"`
	ID             string   `json:"id"`
	Started        string   `json:"started"`
	LauncherPID    int      `json:"launcher_pid"`
	GoplsPID       *int     `json:"gopls_pid"`
	ParentPID      int      `json:"parent_pid"`
	Gopls          string   `json:"gopls"`
	Arguments      []string `json:"arguments"`
	GivenArguments []string `json:"given_arguments"`
	Folder         string   `json:"folder"`
	BootID         string   `json:"boot_id"`
	Launcher       string   `json:"launcher"`
	OtelPort       *int     `json:"otel_port"`
	IsDebugged     bool     `json:"is_debugged"`
	KeepAlive      string   `json:"keep_alive"`
}

type endDocument struct {
	Schema           string         `json:"schema"`
	Ended            string         `json:"ended"`
	ElapsedSeconds   float64        `json:"elapsed_seconds"`
	ExitCode         *int           `json:"exit_code"`
	Signal           *string        `json:"signal"`
	IsCoreDumped     bool           `json:"is_core_dumped"`
	MaxResidentBytes *int64         `json:"max_resident_bytes"`
	UserSeconds      *float64       `json:"user_seconds"`
	SystemSeconds    *float64       `json:"system_seconds"`
	Signals          []passedSignal `json:"signals"`
	StderrBytes      int64          `json:"stderr_bytes"`
	Failure          string         `json:"failure"`
}

type endLine struct {
	Ended          string  `json:"ended"`
	Gopls          string  `json:"gopls"`
	Folder         string  `json:"folder"`
	ExitCode       *int    `json:"exit_code"`
	Signal         *string `json:"signal"`
	ElapsedSeconds float64 `json:"elapsed_seconds"`
	IsFlagError    bool    `json:"is_flag_error"`
	Session        string  `json:"session"`
}

func newRecording(p *plan, began time.Time, pid int, told *answerer) *recording {
	id := fmt.Sprintf("%s-%d", began.UTC().Format("20060102T150405.000Z"), os.Getpid())
	return &recording{plan: p, began: began, pid: pid, id: id, told: told, over: make(chan ending, 1), done: make(chan struct{})}
}

// run begins the record, keeps what comes, and writes the end.
func (r *recording) run(kept <-chan *block) {
	defer close(r.done)
	defer func() {
		if recover() != nil {
			r.forget(kept)
		}
	}()
	r.begin()
	for {
		select {
		case each := <-kept:
			r.keep(each)
		case end := <-r.over:
			for len(kept) > 0 {
				r.keep(<-kept)
			}
			r.end(end)
			return
		}
	}
}

// forget gives back what still comes, after a fault of the launcher's own.
func (r *recording) forget(kept <-chan *block) {
	for {
		select {
		case each := <-kept:
			each.release()
		case <-r.over:
			return
		}
	}
}

// finish has the end written, and waits for that no longer than `limit`.
func (r *recording) finish(end ending, limit time.Duration) {
	r.over <- end
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	}
}

func (r *recording) begin() {
	var recorder *os.File
	// Without a recorder what gopls tells is answered all the same, and forgotten.
	defer func() { r.told.tell(recorder) }()
	if r.plan.settings.State == "" {
		return
	}
	sessions := filepath.Join(r.plan.settings.State, "sessions")
	if os.MkdirAll(sessions, 0o700) != nil {
		return
	}
	waiting, err := os.ReadDir(sessions)
	if err != nil {
		return
	}
	if len(waiting) > mostSessions {
		// Nobody tidies but a recorder, and this session gets none.
		if len(r.plan.settings.Recorder) > 0 {
			_ = startRecorder(r.plan, "--tidy", r.plan.settings.State)
		}
		return
	}
	folder := filepath.Join(sessions, r.id)
	if os.Mkdir(folder, 0o700) != nil {
		return
	}
	if writeDocument(filepath.Join(folder, "session.json"), r.startDocument()) != nil {
		_ = os.Remove(folder)
		return
	}
	r.folder = folder
	if len(r.plan.settings.Recorder) > 0 {
		recorder = startRecorder(r.plan, folder)
	}
}

func (r *recording) startDocument() sessionDocument {
	p := r.plan
	document := sessionDocument{
		Schema: "gopls-diag/session/1", ID: r.id, Started: r.began.UTC().Format(timeFormat), LauncherPID: os.Getpid(),
		ParentPID: os.Getppid(), Gopls: p.program, Arguments: p.arguments, GivenArguments: p.given, Folder: p.folder,
		BootID: bootID(), Launcher: "go", IsDebugged: p.isDebugged, KeepAlive: p.words,
	}
	if r.pid != 0 {
		document.GoplsPID = &r.pid
	}
	if p.otel != nil {
		document.OtelPort = &p.otel.port
	}
	return document
}

func (r *recording) keep(each *block) {
	defer each.release()
	if r.folder == "" {
		return
	}
	if each.ring.folder == "" {
		each.ring.folder = r.folder
		r.pending = append(r.pending, each.ring)
	}
	if each.lost > 0 {
		each.ring.write([]byte(fmt.Sprintf("\n[gopls-diag: %d bytes are missing here, the disk was too slow]\n", each.lost)))
	}
	each.ring.write(each.bytes[:each.size])
}

func (r *recording) end(end ending) {
	for _, each := range r.pending {
		each.close()
	}
	document := endDocument{
		Schema: "gopls-diag/end/1", Ended: end.at.UTC().Format(timeFormat), ElapsedSeconds: rounded(end.elapsed),
		IsCoreDumped: end.isCoreDumped, Signals: end.passed, StderrBytes: end.stderrBytes, Failure: end.failure,
	}
	if document.Signals == nil {
		document.Signals = []passedSignal{}
	}
	if end.signal != 0 {
		document.Signal = &end.signalName
	} else if end.failure == "" {
		document.ExitCode = &end.code
	}
	if end.hasUse {
		document.MaxResidentBytes, document.UserSeconds, document.SystemSeconds = &end.maxResident, &end.user, &end.system
	}
	if r.folder != "" {
		_ = writeDocument(filepath.Join(r.folder, "end.json"), document)
	}
	if r.plan.settings.State != "" && r.folder != "" {
		r.note(document, end.isFlagError)
	}
}

// note adds a line to ends.jsonl, and cuts it now and then.
func (r *recording) note(document endDocument, isFlagError bool) {
	line, err := json.Marshal(endLine{
		Ended: document.Ended, Gopls: r.plan.program, Folder: r.plan.folder, ExitCode: document.ExitCode,
		Signal: document.Signal, ElapsedSeconds: document.ElapsedSeconds,
		IsFlagError: isFlagError, Session: r.id,
	})
	if err != nil {
		return
	}
	path := filepath.Join(r.plan.settings.State, "ends.jsonl")
	if appendPlain(path, append(line, '\n')) != nil {
		return
	}
	content, err := os.ReadFile(path)
	if lines := strings.SplitAfter(string(content), "\n"); err == nil && len(lines) > 2*mostEnds {
		_ = replaceFile(path, []byte(strings.Join(lines[len(lines)-1-mostEnds:], "")))
	}
}

func rounded(elapsed time.Duration) float64 {
	return float64(elapsed.Milliseconds()) / 1000
}

// writeDocument puts a file in place as a whole, or not at all.
func writeDocument(path string, document any) error {
	content, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return replaceFile(path, append(content, '\n'))
}

func replaceFile(path string, content []byte) error {
	part := fmt.Sprintf("%s.%d.part", path, os.Getpid())
	_ = os.Remove(part)
	file, err := createPlain(part)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}
