package main

import "golang.org/x/sys/windows"

// freeSpace is how many bytes we may still write on the volume of a directory.
func freeSpace(dir string) (free uint64, err error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	}
	return free, err
}
