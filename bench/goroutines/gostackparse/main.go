// Command gostackparse reads a dump with github.com/DataDog/gostackparse and groups what it gives by state, functions,
// files, lines and the site of creation. It prints the counts.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"

	"github.com/DataDog/gostackparse"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	goroutines, problems := gostackparse.Parse(bufio.NewReader(file))
	groups := map[string][]int{}
	var key []byte
	add := func(frame *gostackparse.Frame) {
		key = append(append(key, frame.Func...), 0)
		key = append(append(key, frame.File...), 0)
		key = append(strconv.AppendInt(key, int64(frame.Line), 10), 0)
	}
	for _, each := range goroutines {
		key = append(append(key[:0], each.State...), 0)
		for _, frame := range each.Stack {
			add(frame)
		}
		if each.CreatedBy != nil {
			key = append(key, 1)
			add(each.CreatedBy)
		}
		groups[string(key)] = append(groups[string(key)], each.ID)
	}
	fmt.Println(len(goroutines), len(groups), len(problems))
}
