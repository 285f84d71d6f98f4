//go:build unix && !linux

package main

import (
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const lastSignal = syscall.Signal(31)

// residentUnit is what ru_maxrss counts: bytes on a Mac, kilobytes elsewhere (getrusage(2)).
var residentUnit = map[bool]int64{true: 1, false: 1024}[runtime.GOOS == "darwin"]

// dieWithLauncher can do nothing here. The editor closes its pipe when the launcher is gone, and gopls ends with its
// input.
func dieWithLauncher() *syscall.SysProcAttr {
	return nil
}

// waitForAny would wait for news of a child and leave it to be collected. Without waitid(2) news are looked for when
// SIGCHLD says that there are some.
func waitForAny() {
	<-childNews
}

var childNews = make(chan os.Signal, 1)

func init() {
	signal.Notify(childNews, syscall.SIGCHLD)
}

// dieBy ends this process by a signal's default action. Go would answer many of them by itself, with a traceback; a
// shell does not.
func dieBy(number syscall.Signal) {
	_ = syscall.Exec("/bin/sh", []string{"sh", "-c", "kill -" + strconv.Itoa(int(number)) + " $$"}, os.Environ())
	signal.Reset(number)
	_ = syscall.Kill(os.Getpid(), number)
	time.Sleep(time.Second)
}

func isOfLibrary(number syscall.Signal) bool {
	return false
}

func bootID() string {
	return ""
}
