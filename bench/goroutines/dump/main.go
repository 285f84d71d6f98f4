// Command dump makes many goroutines, of varied states, stacks and parents, and prints them.
//
//	dump -n 10000 -form stack     as runtime.Stack(all) prints them, without pprof's limit of 64 MiB
//	dump -n 10000 -form quit      ends by SIGQUIT; with GOTRACEBACK=all or system, to standard error
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

// listener hands out the server's ends of pipes, so that no file descriptors are used up.
type listener struct{ conns chan net.Conn }

func (l listener) Accept() (net.Conn, error) { return <-l.conns, nil }
func (l listener) Close() error              { return nil }
func (l listener) Addr() net.Addr            { return &net.UnixAddr{Name: "pipe"} }

type request struct {
	name string
	rank int
	next *request
}

var (
	never     = make(chan int)
	full      = make(chan int)
	mutex     sync.Mutex
	readWrite sync.RWMutex
	group     sync.WaitGroup
	condition = sync.NewCond(&sync.Mutex{})
)

// wait goes to sleep in one of ten ways.
func wait(kind int, r *request) {
	switch kind % 10 {
	case 0:
		<-never
	case 1:
		full <- r.rank
	case 2:
		select {
		case <-never:
		case full <- 1:
		}
	case 3:
		mutex.Lock()
	case 4:
		readWrite.RLock()
	case 5:
		readWrite.Lock()
	case 6:
		group.Wait()
	case 7:
		condition.L.Lock()
		condition.Wait()
	case 8:
		time.Sleep(time.Hour)
	case 9:
		select {}
	}
}

//go:noinline
func descend(depth, kind int, r *request, name string, more ...any) int {
	if depth == 0 {
		wait(kind, r)
		return 0
	}
	switch depth % 3 {
	case 0:
		return r.handle(depth-1, kind, name) + 1
	case 1:
		return apply(func(d int) int { return descend(d, kind, r, name, more...) + d }, depth-1)
	}
	return descend(depth-1, kind, &request{name, depth, r}, name, depth, r) + 1
}

//go:noinline
func (r *request) handle(depth, kind int, name string) int {
	return descend(depth, kind, r, name) + r.rank
}

//go:noinline
func apply[T any](f func(T) T, value T) T { return f(value) }

func work(kind, depth int, labelled bool) {
	name := fmt.Sprintf("request-%d", kind)
	if labelled && kind%3 == 0 {
		labels := pprof.Labels("user", "alice", "path", "/a/b]:.c", "kind", fmt.Sprint(kind%7))
		pprof.Do(context.Background(), labels, func(context.Context) { descend(depth, kind, &request{name: name}, name) })
		return
	}
	if kind%97 == 0 {
		runtime.LockOSThread()
	}
	descend(depth, kind, &request{name: name}, name)
}

func serve(connections int) {
	l := listener{make(chan net.Conn)}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			select {}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	go func() { _ = http.Serve(l, handler) }()
	for i := 0; i < connections; i++ {
		client, server := net.Pipe()
		l.conns <- server
		if i%2 == 0 {
			// Two goroutines: the handler, and one that watches for the end of the connection, whose parent it is.
			fmt.Fprintf(client, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
		} else {
			fmt.Fprintf(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			_, _ = bufio.NewReader(client).ReadString('\n')
		}
	}
}

func main() {
	n := flag.Int("n", 1000, "goroutines")
	form := flag.String("form", "stack", "stack or quit")
	labelled := flag.Bool("labels", false, "give a third of the workers labels")
	flag.Parse()
	mutex.Lock()
	readWrite.Lock()
	group.Add(1)
	for i := 0; i < *n*6/10; i++ {
		// A hundredth has a parent of its own.
		start := func() { go work(i, i/10%12, *labelled) }
		if i%100 == 99 {
			go start()
		} else {
			start()
		}
	}
	serve(*n * 4 / 15)
	time.Sleep(200*time.Millisecond + time.Duration(*n)*10*time.Microsecond)
	if *form == "quit" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		select {}
	}
	for size := 1 << 20; ; size *= 2 {
		text := make([]byte, size)
		if used := runtime.Stack(text, true); used < size {
			_, _ = os.Stdout.Write(text[:used])
			return
		}
	}
}
