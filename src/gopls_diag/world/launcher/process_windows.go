package main

import (
	"net"
	"os"
	"os/signal"
	"syscall"
	"unsafe"
)

const (
	programName = "gopls.exe"

	jobKillOnClose     = 0x2000 // JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	jobSilentBreakaway = 0x1000 // JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK: what gopls starts is no business of the job
	jobExtendedLimits  = 9      // JobObjectExtendedLimitInformation
	processForJob      = 0x0101 // PROCESS_SET_QUOTA | PROCESS_TERMINATE
	detachedProcess    = 0x0008 // DETACHED_PROCESS
	newProcessGroup    = 0x0200 // CREATE_NEW_PROCESS_GROUP
)

// gopls is the real one, running.
type gopls struct {
	process *os.Process
	pid     int
}

// become runs gopls to its end: Windows has no way to turn into another program.
func become(program string, arguments, environment []string) {
	ignoreInterrupts()
	process, err := os.StartProcess(program, append([]string{program}, arguments...), &os.ProcAttr{
		Env: environment, Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
	})
	if err != nil {
		complain("gopls could not be started: "+program+": "+err.Error(), "see whether it runs in a terminal, or install it again: go install golang.org/x/tools/gopls@latest")
		os.Exit(exitNotStarted)
	}
	endWithLauncher(process.Pid)
	state, err := process.Wait()
	if err != nil {
		os.Exit(1)
	}
	os.Exit(state.ExitCode())
}

// startGopls starts it on the editor's input and output, and gives the pipe from its standard error.
func startGopls(p *plan) (*gopls, *os.File, error) {
	ignoreInterrupts()
	reading, writing, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	process, err := os.StartProcess(p.program, append([]string{p.program}, p.arguments...), &os.ProcAttr{
		Env: p.environment, Files: []*os.File{os.Stdin, os.Stdout, writing},
	})
	_ = writing.Close()
	if err != nil {
		return nil, nil, err
	}
	endWithLauncher(process.Pid)
	_ = os.Stdin.Close()
	_ = os.Stdout.Close()
	return &gopls{process: process, pid: process.Pid}, reading, nil
}

// ignoreInterrupts leaves Ctrl-C to gopls, which has the same console and gets it too.
func ignoreInterrupts() {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
}

// endWithLauncher puts a process into a job that ends it when this process, which alone holds the job, is gone.
func endWithLauncher(pid int) {
	kernel := syscall.NewLazyDLL("kernel32.dll")
	job, _, _ := kernel.NewProc("CreateJobObjectW").Call(0, 0)
	if job == 0 {
		return
	}
	// JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of which only LimitFlags is set.
	var limits struct {
		perProcessTime, perJobTime int64
		flags                      uint32
		minimumSet, maximumSet     uintptr
		activeProcesses            uint32
		affinity                   uintptr
		priority, scheduling       uint32
		counters                   [6]uint64
		memory                     [4]uintptr
	}
	limits.flags = jobKillOnClose | jobSilentBreakaway
	kernel.NewProc("SetInformationJobObject").Call(job, jobExtendedLimits, uintptr(unsafe.Pointer(&limits)), unsafe.Sizeof(limits))
	process, err := syscall.OpenProcess(processForJob, false, uint32(pid))
	if err != nil {
		return
	}
	defer syscall.CloseHandle(process)
	kernel.NewProc("AssignProcessToJobObject").Call(job, uintptr(process))
}

func (g *gopls) wait() ending {
	state, err := g.process.Wait()
	if err != nil {
		return ending{code: 1}
	}
	return ending{
		code: state.ExitCode(), hasUse: true, user: state.UserTime().Seconds(), system: state.SystemTime().Seconds(),
	}
}

// mirror ends this process as gopls ended.
func mirror(end ending) {
	os.Exit(end.code)
}

// startRecorder starts it with nothing of the editor's. Failing that there is no recorder.
func startRecorder(p *plan, words ...string) *os.File {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	defer null.Close()
	environment, input := os.Environ(), null
	var told *os.File
	if p.otel != nil && len(words) == 1 {
		if reading, writing, err := os.Pipe(); err == nil {
			defer reading.Close()
			input, told = reading, writing
			environment = setVariable(environment, "GOPLS_DIAG_OTEL_FD", "0")
		}
	}
	process, err := os.StartProcess(p.settings.Recorder[0], append(append([]string{}, p.settings.Recorder...), words...), &os.ProcAttr{
		Dir: p.settings.State, Env: environment, Files: []*os.File{input, null, null},
		Sys: &syscall.SysProcAttr{CreationFlags: detachedProcess | newProcessGroup},
	})
	if err == nil {
		_ = process.Release()
	} else if told != nil {
		_ = told.Close()
		told = nil
	}
	return told
}

// openMessages is for systems on which an open pipe has a name.
func (p *plan) openMessages() string {
	return ""
}

// listener is a socket on loopback.
type listener struct {
	socket net.Listener
	port   int
}

func listenOnLoopback() *listener {
	socket, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil
	}
	address, ok := socket.Addr().(*net.TCPAddr)
	if !ok {
		_ = socket.Close()
		return nil
	}
	return &listener{socket, address.Port}
}

// accept waits for the next connection.
func (l *listener) accept() (connection, error) {
	return l.socket.Accept()
}

func editorsErrors() *os.File {
	return os.Stderr
}

// wakeReader leaves a Read alone, which here ends with the last process that holds the pipe, or is not waited for.
func wakeReader(file *os.File) {}

func isTimeout(err error) bool {
	return false
}

func readNow(file *os.File, into []byte) int {
	return 0
}

func workingFolder() string {
	folder, err := os.Getwd()
	if err != nil {
		return ""
	}
	return folder
}

func isProgram(path string, info os.FileInfo) bool {
	return info.Mode().IsRegular()
}

func openPlain(path string) (*os.File, error) {
	return os.Open(path)
}

func createPlain(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func appendPlain(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

func bootID() string {
	return ""
}
