//go:build unix

package main

import "syscall"

func descriptorFlags(number int) (int, error) {
	flags, _, err := syscall.Syscall(syscall.SYS_FCNTL, uintptr(number), syscall.F_GETFD, 0)
	if err != 0 {
		return 0, err
	}
	return int(flags), nil
}

func setDescriptorFlags(number, flags int) error {
	if _, _, err := syscall.Syscall(syscall.SYS_FCNTL, uintptr(number), syscall.F_SETFD, uintptr(flags)); err != 0 {
		return err
	}
	return nil
}
