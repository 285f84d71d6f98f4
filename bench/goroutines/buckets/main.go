// Command buckets prints, as JSON, the buckets that github.com/maruel/panicparse makes of the first dump of a file.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/maruel/panicparse/v2/stack"
)

type bucket struct {
	IDs    []int  `json:"ids"`
	State  string `json:"state"`
	Min    int    `json:"min"`
	Max    int    `json:"max"`
	Locked bool   `json:"locked"`
	Frames int    `json:"frames"`
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	snapshot, _, err := stack.ScanSnapshot(file, io.Discard, &stack.Opts{})
	if snapshot == nil || (err != nil && !errors.Is(err, io.EOF)) {
		fmt.Fprintln(os.Stderr, "no dump was read:", err)
		os.Exit(1)
	}
	found := []bucket{}
	for _, each := range snapshot.Aggregate(stack.AnyPointer).Buckets {
		found = append(found, bucket{each.IDs, each.State, each.SleepMin, each.SleepMax, each.Locked, len(each.Stack.Calls)})
	}
	_ = json.NewEncoder(os.Stdout).Encode(found)
}
