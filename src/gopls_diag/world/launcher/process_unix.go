//go:build unix

package main

import (
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const (
	programName = "gopls"
	// mostPassed is how many signals are remembered.
	mostPassed = 64
	// recorderNice is what the recorder gives itself too (world/process_watch.py).
	recorderNice = 10
)

// gopls is the real one, running.
type gopls struct {
	pid int

	lock   sync.Mutex // held while it is signalled, and while it is waited for: its pid is its own until then
	isOver bool
	passed []passedSignal

	stop      syscall.Signal // the last signal passed on that stops, until one that continues
	continued time.Time      // when SIGCONT was passed on last
}

// turn is how close a stop and a continuation may be for their order to be in doubt. Go keeps signals that have not been
// taken yet as a set and gives the lowest number first, which is SIGCONT. To run on by mistake harms nobody; to stand
// still by mistake is the end of completion.
const turn = 50 * time.Millisecond

// become turns this process into gopls, which is all that a command needs.
func become(program string, arguments, environment []string) {
	words := append([]string{program}, arguments...)
	err := syscall.Exec(program, words, environment)
	if err == syscall.ENOEXEC {
		// A script without a first line that names its interpreter: execvp, by which editors start gopls, gives it to sh.
		err = syscall.Exec("/bin/sh", append([]string{"sh"}, words...), environment)
	}
	complain("gopls could not be started: "+program+": "+err.Error(), "see whether it runs in a terminal, or install it again: go install golang.org/x/tools/gopls@latest")
	os.Exit(exitNotStarted)
}

// startGopls starts it on the editor's input and output, and gives the pipe from its standard error.
func startGopls(p *plan) (*gopls, *os.File, error) {
	signals := catchSignals()
	foreign := inheritedDescriptors()
	reading, writing, err := pipeFromGopls()
	if err != nil {
		return nil, nil, err
	}
	words := append([]string{p.program}, p.arguments...)
	attributes := &syscall.ProcAttr{Env: p.environment, Files: []uintptr{0, 1, uintptr(writing)}, Sys: dieWithLauncher()}
	pid, err := syscall.ForkExec(p.program, words, attributes)
	if err == syscall.ENOEXEC {
		pid, err = syscall.ForkExec("/bin/sh", append([]string{"sh"}, words...), attributes)
	}
	_ = syscall.Close(writing)
	p.closeMessages()
	if err != nil {
		return nil, nil, err
	}
	child := &gopls{pid: pid}
	go child.passSignals(signals)
	letGo(foreign)
	return child, os.NewFile(uintptr(reading), "stderr of gopls"), nil
}

// letGo gives up everything of the editor's but standard error, so that gopls alone holds it as it would without us.
func letGo(foreign []int) {
	// Closed by os, which has put them into its poller where they do not block: it would go on waking us up.
	_ = os.Stdin.Close()
	_ = os.Stdout.Close()
	// Each takes the lowest number that is free, so that no file of ours is ever number 0 or 1.
	_, _ = syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	_, _ = syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	for _, each := range foreign {
		_ = syscall.Close(each)
	}
}

// inheritedDescriptors gives those beyond standard error that the editor left open, knowingly or not. Ours close on exec.
func inheritedDescriptors() []int {
	found := []int{}
	folder := "/dev/fd"
	if _, err := os.Stat("/proc/self/fd"); err == nil {
		folder = "/proc/self/fd"
	}
	entries, _ := os.ReadDir(folder)
	for _, each := range entries {
		number, err := strconv.Atoi(each.Name())
		if err != nil || number <= 2 {
			continue
		}
		if flags, err := descriptorFlags(number); err == nil && flags&syscall.FD_CLOEXEC == 0 {
			found = append(found, number)
		}
	}
	return found
}

// pipeFromGopls gives the ends of a pipe; only ours never blocks.
func pipeFromGopls() (reading, writing int, err error) {
	var ends [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(ends[:]); err != nil {
		return 0, 0, err
	}
	syscall.CloseOnExec(ends[0])
	syscall.CloseOnExec(ends[1])
	if err := syscall.SetNonblock(ends[0], true); err != nil {
		return 0, 0, err
	}
	return ends[0], ends[1], nil
}

// editorsErrors is standard error under another number: a broken pipe at number 2 would end a Go program.
func editorsErrors() *os.File {
	number, err := syscall.Dup(2)
	if err != nil {
		return os.Stderr
	}
	syscall.CloseOnExec(number)
	return os.NewFile(uintptr(number), "stderr of the editor")
}

// catchSignals has all signals told that can be passed on.
//
// Go itself leaves SIGHUP and SIGINT alone if they were ignored from the start (nohup). The others it takes in any
// case, in gopls as here, so that what was set before makes no difference to gopls. Not passed on are: SIGKILL and
// SIGSTOP, which nobody can catch; SIGCHLD, SIGPIPE, SIGXFSZ and SIGURG, which tell of this process's own doings
// (the last is how Go interrupts its threads); SIGPROF, which Go keeps for itself; 32 to 34, which belong to the C
// library, and by which this process ends as gopls would.
func catchSignals() <-chan os.Signal {
	caught := make(chan os.Signal, 256)
	for number := syscall.Signal(1); number <= lastSignal; number++ {
		switch number {
		case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD, syscall.SIGPIPE, syscall.SIGURG, syscall.SIGPROF:
		case syscall.SIGXFSZ:
			// Caught and dropped: a limit on the size of files (ulimit -f) must not end the launcher when it is reached.
			signal.Notify(make(chan os.Signal, 1), number)
		default:
			if !signal.Ignored(number) && !isOfLibrary(number) {
				signal.Notify(caught, number)
			}
		}
	}
	return caught
}

func (g *gopls) passSignals(signals <-chan os.Signal) {
	for each := range signals {
		if number, ok := each.(syscall.Signal); ok {
			g.pass(number)
		}
	}
}

func (g *gopls) pass(number syscall.Signal) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.isOver {
		return
	}
	switch number {
	case syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
		if time.Since(g.continued) < turn {
			return
		}
		g.stop = number
	case syscall.SIGCONT:
		g.stop, g.continued = 0, time.Now()
	}
	if syscall.Kill(g.pid, number) == nil && len(g.passed) < mostPassed {
		g.passed = append(g.passed, passedSignal{signalName(number), time.Now().UTC().Format(timeFormat)})
	}
}

// wait waits for the end of gopls, and clears away other children: the recorder, and what a shell left behind when
// it became the launcher.
func (g *gopls) wait() ending {
	for {
		waitForAny()
		if end, ok := g.collect(); ok {
			return end
		}
	}
}

// collect takes the news of all children that have some.
func (g *gopls) collect() (ending, bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	for {
		var status syscall.WaitStatus
		var use syscall.Rusage
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG|syscall.WUNTRACED, &use)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			// Nothing is left to wait for, which cannot be: somebody ignores SIGCHLD for us.
			g.isOver = true
			return ending{code: 1, passed: g.passed}, true
		case pid == 0:
			return ending{}, false
		case pid != g.pid:
		case status.Stopped():
			if status.StopSignal() == g.stop {
				go g.stopToo(g.stop)
			}
		default:
			g.isOver = true
			return endingOf(status, use, g.passed), true
		}
	}
}

// stopToo stops this process, as whoever sent the signal that stopped gopls wants. SIGCONT wakes both; one that came
// meanwhile must not be slept through, so it is waited for.
func (g *gopls) stopToo(number syscall.Signal) {
	time.Sleep(turn)
	g.lock.Lock()
	defer g.lock.Unlock()
	if !g.isOver && g.stop == number {
		g.stop = 0
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	}
}

func endingOf(status syscall.WaitStatus, use syscall.Rusage, passed []passedSignal) ending {
	end := ending{
		code: status.ExitStatus(), isCoreDumped: status.CoreDump(), hasUse: true, passed: passed,
		maxResident: int64(use.Maxrss) * residentUnit, user: secondsOf(use.Utime), system: secondsOf(use.Stime),
	}
	if status.Signaled() {
		end.signal, end.signalName = int(status.Signal()), signalName(status.Signal())
	}
	return end
}

func secondsOf(time syscall.Timeval) float64 {
	return float64(time.Sec) + float64(time.Usec)/1e6
}

// mirror ends this process as gopls ended.
func mirror(end ending) {
	if end.signal == 0 {
		os.Exit(end.code)
	}
	// One core of gopls is enough; the launcher's would push it out.
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	dieBy(syscall.Signal(end.signal))
	os.Exit(128 + end.signal)
}

// startRecorder starts it in a session of its own, with nothing of the editor's. Failing that there is no recorder. The
// words are the session's folder, or another task. It gives the end of a pipe for what gopls tells, which comes out at
// the recorder's standard input; nil without one.
func startRecorder(p *plan, words ...string) *os.File {
	null, err := syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer syscall.Close(null)
	files := []uintptr{uintptr(null), uintptr(null), uintptr(null)}
	environment := os.Environ()
	var told *os.File
	if p.otel != nil && len(words) == 1 {
		if reading, writing, err := os.Pipe(); err == nil {
			defer reading.Close()
			files[0], told = reading.Fd(), writing
			environment = setVariable(environment, "GOPLS_DIAG_OTEL_FD", "0")
		}
	}
	// Not in the editor's folder: with `python -m`, modules that lie there would be loaded.
	recorder, err := syscall.ForkExec(p.settings.Recorder[0], append(append([]string{}, p.settings.Recorder...), words...), &syscall.ProcAttr{
		Dir: p.settings.State, Env: environment, Files: files, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		if told != nil {
			_ = told.Close()
		}
		return nil
	}
	// Its start takes a fifth of a second of a processor, while gopls starts too.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, recorder, recorderNice)
	return told
}

// openMessages makes the pipe for messages, and gives the name by which gopls can open it.
func (p *plan) openMessages() string {
	reading, writing, err := pipeFromGopls()
	if err != nil {
		return ""
	}
	if setDescriptorFlags(writing, 0) != nil {
		return ""
	}
	p.ownMessages = os.NewFile(uintptr(reading), "messages of gopls")
	p.messages = writing
	return "/dev/fd/" + strconv.Itoa(writing)
}

func (p *plan) closeMessages() {
	if p.messages > 0 {
		_ = syscall.Close(p.messages)
		p.messages = 0
	}
}

// listener is a socket on loopback.
type listener struct {
	socket *os.File
	port   int
}

func listenOnLoopback() *listener {
	syscall.ForkLock.RLock()
	descriptor, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(descriptor)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil
	}
	err = syscall.Bind(descriptor, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = syscall.Listen(descriptor, 16)
	}
	if err == nil {
		var address syscall.Sockaddr
		if address, err = syscall.Getsockname(descriptor); err == nil {
			if inet, ok := address.(*syscall.SockaddrInet4); ok {
				_ = syscall.SetNonblock(descriptor, true)
				return &listener{os.NewFile(uintptr(descriptor), "what gopls tells"), inet.Port}
			}
		}
	}
	_ = syscall.Close(descriptor)
	return nil
}

// accept waits for the next connection.
func (l *listener) accept() (connection, error) {
	raw, err := l.socket.SyscallConn()
	if err != nil {
		return nil, err
	}
	accepted := -1
	waiting := raw.Read(func(descriptor uintptr) bool {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		accepted, _, err = syscall.Accept(int(descriptor))
		if err == nil {
			syscall.CloseOnExec(accepted)
		}
		return err != syscall.EAGAIN && err != syscall.EINTR
	})
	if err != nil {
		return nil, err
	}
	if waiting != nil {
		return nil, waiting
	}
	_ = syscall.SetNonblock(accepted, true)
	return os.NewFile(uintptr(accepted), "who tells"), nil
}

// wakeReader has whoever waits in a Read come back.
func wakeReader(file *os.File) {
	_ = file.SetReadDeadline(time.Unix(1, 0))
}

func isTimeout(err error) bool {
	return os.IsTimeout(err)
}

// readNow reads what is there, without waiting; 0 or less if there is nothing.
func readNow(file *os.File, into []byte) int {
	raw, err := file.SyscallConn()
	if err != nil {
		return 0
	}
	count := 0
	_ = file.SetReadDeadline(time.Time{})
	_ = raw.Read(func(descriptor uintptr) bool {
		for {
			count, err = syscall.Read(int(descriptor), into)
			if err != syscall.EINTR {
				return true
			}
		}
	})
	return count
}

func workingFolder() string {
	folder, err := syscall.Getwd()
	if err != nil {
		return ""
	}
	return folder
}

func isProgram(path string, info os.FileInfo) bool {
	const mayExecute = 1
	return info.Mode().IsRegular() && syscall.Access(path, mayExecute) == nil
}

// openPlain opens a file to read, and never waits, not even for a FIFO that nobody writes to.
func openPlain(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

func createPlain(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
}

func appendPlain(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}
