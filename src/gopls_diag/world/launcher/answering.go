package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// gopls that was told to export writes a line to its standard error for every post that fails, each two seconds (seen
// with v0.23.0 and v0.24.0). So the launcher itself answers each post, at once and with 200, and the recorder gets a
// copy if it keeps up. A recorder that is slow, stopped or dead costs measures, and nobody sees it.
const (
	mostConnections = 32      // gopls uses one or two; anybody on the machine may connect
	mostWaiting     = 8 << 20 // bytes that wait for the recorder; what does not fit is answered and thrown away
	mostFrames      = 256
	pieceBytes      = 64 << 10
	headerLine      = 4 << 10
	headerLines     = 64
	postPatience    = 10 * time.Second
	idlePatience    = 2 * time.Minute // gopls is silent while nothing happens
	acceptPause     = 50 * time.Millisecond
)

const answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

// connection is what an *os.File on a socket and a net.Conn have in common.
type connection interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// frame is one post on its way to the recorder.
type frame struct {
	kind   byte // 't' for traces, 'm' for metrics
	length int
	pieces [][]byte
}

// answerer answers posts from its start to the end of the launcher.
type answerer struct {
	frames  chan frame
	to      chan *os.File
	waiting atomic.Int64
	places  chan struct{}
	readers sync.Pool

	mutex sync.Mutex
	free  [][]byte // pieces that are used again: this program has no collector to speak of
}

// startAnswerer answers whoever connects; nil if gopls does not export.
func startAnswerer(from *listener) *answerer {
	if from == nil {
		return nil
	}
	a := &answerer{
		frames: make(chan frame, mostFrames), to: make(chan *os.File, 1), places: make(chan struct{}, mostConnections),
	}
	a.readers.New = func() any { return bufio.NewReaderSize(nil, headerLine) }
	go a.accept(from)
	go a.pass()
	return a
}

// tell says where the copies go: the writing end of a pipe, or nil for nowhere. It is called once.
func (a *answerer) tell(to *os.File) {
	if a != nil {
		a.to <- to
	}
}

// finish is called when gopls has ended: what it said last gets a moment to arrive.
func (a *answerer) finish(limit time.Duration) {
	if a == nil {
		return
	}
	for until := time.Now().Add(limit); a.waiting.Load() > 0 && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
}

func (a *answerer) accept(from *listener) {
	defer func() { _ = recover() }()
	for {
		accepted, err := from.accept()
		if err != nil {
			// Out of descriptors, as a rule. Those who wait are served when there are some again.
			time.Sleep(acceptPause)
			continue
		}
		select {
		case a.places <- struct{}{}:
			go a.serve(accepted)
		default:
			_ = accepted.Close()
		}
	}
}

// pass hands frames to the recorder, in the form that world/otlp_receiver.py reads: kind, length, body.
func (a *answerer) pass() {
	to := <-a.to
	var head [5]byte
	for each := range a.frames {
		if to != nil {
			head[0] = each.kind
			binary.BigEndian.PutUint32(head[1:], uint32(each.length))
			_, err := to.Write(head[:])
			for _, piece := range each.pieces {
				if err == nil {
					_, err = to.Write(piece)
				}
			}
			if err != nil {
				_ = to.Close()
				to = nil
			}
		}
		a.giveBack(each.pieces)
		a.waiting.Add(-int64(each.length))
	}
}

// serve answers the posts of one connection until it is closed, idle for too long, or speaks another language.
func (a *answerer) serve(c connection) {
	defer func() {
		_ = recover()
		_ = c.Close()
		<-a.places
	}()
	reader := a.readers.Get().(*bufio.Reader)
	reader.Reset(c)
	defer a.readers.Put(reader)
	for {
		_ = c.SetDeadline(time.Now().Add(idlePatience))
		if _, err := reader.Peek(1); err != nil {
			return
		}
		_ = c.SetDeadline(time.Now().Add(postPatience))
		kind, length, ok := readHead(reader)
		if !ok || !a.take(reader, kind, length) {
			return
		}
		if _, err := io.WriteString(c, answer); err != nil {
			return
		}
	}
}

// take reads a body, and queues it if there is room. False if the connection broke.
func (a *answerer) take(from io.Reader, kind byte, length int) bool {
	isKept := kind != 0 && a.reserve(int64(length))
	each := frame{kind: kind, length: length}
	for left := length; left > 0; {
		piece := a.piece()
		piece = piece[:min(left, pieceBytes)]
		count, err := io.ReadFull(from, piece)
		each.pieces = append(each.pieces, piece)
		if err != nil {
			a.giveBack(each.pieces)
			if isKept {
				a.waiting.Add(-int64(length))
			}
			return false
		}
		left -= count
		if !isKept {
			a.giveBack(each.pieces)
			each.pieces = each.pieces[:0]
		}
	}
	if !isKept {
		return true
	}
	select {
	case a.frames <- each:
	default:
		a.giveBack(each.pieces)
		a.waiting.Add(-int64(length))
	}
	return true
}

func (a *answerer) reserve(length int64) bool {
	if a.waiting.Add(length) > mostWaiting {
		a.waiting.Add(-length)
		return false
	}
	return true
}

func (a *answerer) piece() []byte {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if last := len(a.free) - 1; last >= 0 {
		piece := a.free[last]
		a.free = a.free[:last]
		return piece
	}
	return make([]byte, pieceBytes)
}

func (a *answerer) giveBack(pieces [][]byte) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, each := range pieces {
		a.free = append(a.free, each[:pieceBytes])
	}
}

// readHead reads the head of a post. kind is 0 for other paths than the two of OTLP.
func readHead(from *bufio.Reader) (kind byte, length int, ok bool) {
	length = -1
	for count := 0; count < headerLines; count++ {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return 0, 0, false
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case count == 0 && !bytes.HasPrefix(line, []byte("POST ")):
			return 0, 0, false
		case count == 0 && bytes.HasPrefix(line, []byte("POST /v1/traces ")):
			kind = 't'
		case count == 0 && bytes.HasPrefix(line, []byte("POST /v1/metrics ")):
			kind = 'm'
		case count == 0:
		case len(line) == 0:
			return kind, length, length >= 0
		default:
			name, value, _ := bytes.Cut(line, []byte(":"))
			if bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Length")) {
				length = wholeNumber(bytes.TrimSpace(value))
			}
		}
	}
	return 0, 0, false
}

// wholeNumber gives -1 for what is none, and for what is far too large.
func wholeNumber(digits []byte) int {
	number := 0
	for _, each := range digits {
		if each < '0' || each > '9' || number > 1<<40 {
			return -1
		}
		number = number*10 + int(each-'0')
	}
	if len(digits) == 0 || number > 1<<40 {
		return -1
	}
	return number
}
