package main

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const (
	lastSignal   = syscall.Signal(64)
	residentUnit = 1024 // getrusage(2)

	waitExited  = 4          // WEXITED
	waitStopped = 2          // WSTOPPED
	waitLook    = 0x01000000 // WNOWAIT
)

// dieWithLauncher has the kernel kill gopls when this process is killed. That happens with the thread that started
// it, which is why main stays on the first one.
func dieWithLauncher() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// waitForAny waits until some child has ended or was stopped, and leaves the news to be collected.
func waitForAny() {
	var information [128]byte
	_, _, _ = syscall.Syscall6(syscall.SYS_WAITID, 0, 0, uintptr(unsafe.Pointer(&information)),
		waitExited|waitStopped|waitLook, 0, 0)
}

// dieBy ends this process by a signal's default action. Go would answer many of them by itself, with a traceback.
func dieBy(number syscall.Signal) {
	runtime.LockOSThread()
	// Where a program takes the core files, a limit of zero is not asked.
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0)
	var zero [32]uint64 // SIG_DFL without flags, whatever the layout; an empty set of signals
	setBytes := uintptr(8)
	if strings.HasPrefix(runtime.GOARCH, "mips") {
		setBytes = 16
	}
	const setMask = 2 // SIG_SETMASK; 3 on MIPS
	how := uintptr(setMask)
	if setBytes == 16 {
		how = 3
	}
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(number), uintptr(unsafe.Pointer(&zero)), 0, setBytes, 0, 0)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, how, uintptr(unsafe.Pointer(&zero)), 0, setBytes, 0, 0)
	_ = syscall.Kill(os.Getpid(), number)
	time.Sleep(time.Second)
}

func isOfLibrary(number syscall.Signal) bool {
	return number >= 32 && number <= 34
}

func bootID() string {
	content, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}
