package main

import (
	"sync/atomic"
	"time"
)

const (
	blockBytes = 64 << 10
	// mostBlocks is how far the disk may fall behind: 1 MiB for each stream.
	mostBlocks = 16
	// patience is how long gopls may be held up, once, by a disk that does not take what gopls says.
	patience = 50 * time.Millisecond
)

// block is a part of a stream on its way, at once, to the editor and into a ring.
type block struct {
	bytes [blockBytes]byte
	size  int
	lost  int64 // bytes before this block that no ring will get
	users atomic.Int32
	home  *blocks // nil for the one that is never kept
	ring  *ring
}

// release is called by each of the block's users; the last one gives it back.
func (b *block) release() {
	if b.users.Add(-1) == 0 && b.home != nil {
		b.home.free <- b
	}
}

// blocks hands out memory for one stream, and never more than mostBlocks of it.
type blocks struct {
	free    chan *block
	made    int
	spare   block // for what will not be kept
	isStuck bool  // the disk did not take anything for as long as patience lasts
	lost    int64
}

func newBlocks() *blocks {
	return &blocks{free: make(chan *block, mostBlocks)}
}

// take gives a block to read into, and whether what is read can be kept.
func (b *blocks) take() (*block, bool) {
	select {
	case found := <-b.free:
		b.isStuck = false
		return found, true
	default:
	}
	if b.made < mostBlocks {
		b.made++
		return &block{home: b}, true
	}
	if !b.isStuck {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case found := <-b.free:
			return found, true
		case <-timer.C:
			b.isStuck = true
		}
	}
	return &b.spare, false
}
