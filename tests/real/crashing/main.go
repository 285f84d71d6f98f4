// Command crashing ends in the way that its argument names.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

type point struct{ X, Y int }

type named string

type stack[T any] struct{ items []T }

func (s *stack[T]) pop() T { return s.items[len(s.items)-1] }

type bad struct{}

func (bad) Error() string { panic("in Error") }

func deep(n int) int {
	var space [256]byte
	space[n%256] = 1
	return deep(n+1) + int(space[0])
}

//go:noinline
func fail(p *point) int { return p.Y }

func wait(group *sync.WaitGroup) {
	group.Add(1)
	go func() {
		group.Done()
		select {}
	}()
}

func park(n int) {
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		wait(&group)
	}
	group.Wait()
	time.Sleep(20 * time.Millisecond)
}

var ends = map[string]func(){
	"string":    func() { panic("simple message") },
	"empty":     func() { panic("") },
	"error":     func() { panic(fmt.Errorf("ctx: %w", errors.New("EOF"))) },
	"named":     func() { panic(named("my \"str\"")) },
	"struct":    func() { panic(point{1, 2}) },
	"lines":     func() { panic("first\n\ngoroutine 99 [running]:\nmain.fake()\n\t/fake.go:1 +0x1") },
	"nilderef":  func() { fail(nil) },
	"index":     func() { _ = (&stack[int]{}).pop() },
	"nilmap":    func() { var m map[string]int; m["a"] = 1 },
	"assertion": func() { var v any = "text"; fmt.Println(v.(int)) },
	"closed":    func() { c := make(chan int); close(c); close(c) },
	"nested":    func() { defer func() { panic("second") }(); panic("first") },
	"wrapped":   func() { defer func() { panic(fmt.Sprint("wrapped: ", recover())) }(); panic("orig") },
	"again":     func() { defer func() { panic(recover()) }(); panic("same") },
	"badvalue":  func() { panic(bad{}) },
	"deferred":  func() { defer fail(nil); panic("before") },
	"maps": func() {
		m := map[int]int{}
		for i := 0; i < 8; i++ {
			go func() {
				for j := 0; ; j++ {
					m[j%10] = j
				}
			}()
		}
		time.Sleep(10 * time.Second)
	},
	"deadlock":   func() { var m sync.Mutex; m.Lock(); m.Lock() },
	"receive":    func() { <-make(chan int) },
	"goexit":     func() { runtime.Goexit() },
	"unlock":     func() { var m sync.Mutex; m.Unlock() },
	"overflow":   func() { debug.SetMaxStack(1 << 20); deep(0) },
	"threads":    func() { debug.SetMaxThreads(8); threads() },
	"huge":       func() { b := make([]byte, 1<<46); b[0] = 1; fmt.Println(len(b)) },
	"badaddress": func() { debug.SetPanicOnFault(false); p := (*int)(unsafe.Pointer(uintptr(0xdead0000dead))); *p = 1 },
	"quit":       func() { park(30); kill(syscall.SIGQUIT) },
	"abort":      func() { park(3); kill(syscall.SIGABRT) },
	"segv":       func() { kill(syscall.SIGSEGV) },
	"kill":       func() { kill(syscall.SIGKILL) },
	"fatal":      func() { log.Fatal("cannot go on") },
	"exit":       func() { os.Exit(3) },
	"dump": func() {
		park(5)
		space := make([]byte, 1<<20)
		os.Stderr.Write(space[:runtime.Stack(space, true)])
	},
	"logged": func() { log.Panicf("log panic %d", 5) },
	"other":  func() { go panic(strings.Repeat("x", 3)); time.Sleep(time.Second) },
}

func kill(number syscall.Signal) {
	syscall.Kill(syscall.Getpid(), number)
	time.Sleep(10 * time.Second)
}

func threads() {
	var pipes [2]int
	syscall.Pipe(pipes[:])
	for i := 0; i < 20; i++ {
		go func() { syscall.Read(pipes[0], make([]byte, 1)) }()
	}
	time.Sleep(10 * time.Second)
}

func main() { ends[os.Args[1]]() }
