package main

import "syscall"

func init() {
	signalNames[syscall.SIGPWR] = "SIGPWR"
	if number := syscall.Signal(16); signalNames[number] == "" {
		signalNames[number] = "SIGSTKFLT"
	}
}
