package main

import (
	"bytes"
	"os"
	"sync/atomic"
	"time"
)

// headBytes of what gopls said first are enough for the line about a flag that it does not know.
const headBytes = 4 << 10

// stream carries what gopls writes: to the editor if there is an `out`, and into a ring.
type stream struct {
	in     *os.File // the reading end of a pipe
	out    *os.File // nil to keep only
	ring   *ring
	kept   chan<- *block // nil to keep nothing
	blocks *blocks
	done   chan struct{} // closed when nothing more is read

	isOver atomic.Bool // gopls has ended: what is in the pipe is the rest
	total  atomic.Int64
	head   []byte // valid after done
}

// run carries on until the pipe is at its end, or until gopls has ended and the pipe is empty.
func (s *stream) run() {
	defer close(s.done)
	defer func() {
		if recover() != nil {
			s.drain()
		}
	}()
	for {
		current, isKept := s.blocks.take()
		count, err := s.in.Read(current.bytes[:])
		if count > 0 {
			s.carry(current, count, isKept)
		} else {
			current.users.Store(1)
			current.release()
		}
		if err == nil {
			continue
		}
		if s.isOver.Load() && isTimeout(err) {
			s.carryRest()
		}
		return
	}
}

// carry hands a block to both its users. The ring's is told first, which takes no time; gopls is as fast as the
// editor reads.
func (s *stream) carry(current *block, count int, isKept bool) {
	s.total.Add(int64(count))
	if room := headBytes - len(s.head); room > 0 {
		s.head = append(s.head, current.bytes[:min(room, count)]...)
	}
	current.size = count
	current.users.Store(1)
	if isKept && s.kept != nil {
		current.lost, s.blocks.lost = s.blocks.lost, 0
		current.ring = s.ring
		current.users.Store(2)
		s.kept <- current
	} else {
		s.blocks.lost += int64(count)
	}
	if s.out != nil {
		_, _ = s.out.Write(current.bytes[:count])
	}
	current.release()
}

// carryRest takes what is left in the pipe, without waiting for others that still hold it.
func (s *stream) carryRest() {
	for {
		current, isKept := s.blocks.take()
		count := readNow(s.in, current.bytes[:])
		if count <= 0 {
			return
		}
		s.carry(current, count, isKept)
	}
}

// drain reads and forgets: a gopls that could not write would stand still.
func (s *stream) drain() {
	defer func() { _ = recover() }()
	var forgotten [4 << 10]byte
	for {
		if _, err := s.in.Read(forgotten[:]); err != nil {
			return
		}
	}
}

// finish is called when gopls has ended, and waits until its last words have been carried; not for longer than
// `limit`, since whoever should read them may never do so. Those are kept at least.
func (s *stream) finish(limit time.Duration) {
	s.isOver.Store(true)
	wakeReader(s.in)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.done:
	case <-timer.C:
		s.keepRest()
	}
}

// keepRest puts what is left in the pipe into the ring while the editor does not take it.
func (s *stream) keepRest() {
	if s.kept == nil {
		return
	}
	for {
		rest := &block{ring: s.ring}
		rest.users.Store(1)
		rest.size = readNow(s.in, rest.bytes[:])
		if rest.size <= 0 {
			return
		}
		s.total.Add(int64(rest.size))
		select {
		case s.kept <- rest:
		default:
			return
		}
	}
}

// tellsOfFlag says whether gopls complained of a flag that it does not know.
func (s *stream) tellsOfFlag() bool {
	select {
	case <-s.done:
		return bytes.Contains(s.head, []byte("flag provided but not defined: -")) ||
			bytes.Contains(s.head, []byte("gopls: unknown flag: -"))
	default:
		return false
	}
}
