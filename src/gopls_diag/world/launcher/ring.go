package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// ring keeps the last bytes of a stream in files NAME-000001, NAME-000002, … of which two are there at a time.
type ring struct {
	folder string
	name   string
	limit  int64 // of both files together

	file    *os.File
	number  int
	written int64 // into the newest file
}

// write adds to the ring. What the disk does not take is lost, and the next bytes are tried again.
func (r *ring) write(content []byte) {
	for len(content) > 0 {
		if r.file == nil || r.written >= r.limit/2 {
			if !r.next() {
				return
			}
		}
		part := content
		if room := r.limit/2 - r.written; int64(len(part)) > room {
			part = part[:room]
		}
		count, err := r.file.Write(part)
		r.written += int64(count)
		if err != nil {
			return
		}
		content = content[len(part):]
	}
}

// next opens the file that follows, and takes away the one before the last.
func (r *ring) next() bool {
	file, err := createPlain(r.path(r.number + 1))
	if err != nil {
		return false
	}
	r.close()
	r.file, r.written = file, 0
	r.number++
	if r.number > 2 {
		_ = os.Remove(r.path(r.number - 2))
	}
	return true
}

func (r *ring) close() {
	if r.file != nil {
		_ = r.file.Close()
		r.file = nil
	}
}

func (r *ring) path(number int) string {
	return filepath.Join(r.folder, fmt.Sprintf("%s-%06d", r.name, number))
}
