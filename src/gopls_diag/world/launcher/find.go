package main

import (
	"os"
	"path/filepath"
)

// findGopls gives the real gopls: the configured one, the first on PATH, or the first in the folders to search. ""
// where there is none. A launcher is never it, neither this one nor one of another installation.
func findGopls(settings configuration, own string) string {
	candidates := []string{}
	if filepath.IsAbs(settings.Gopls) {
		candidates = append(candidates, settings.Gopls)
	}
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), settings.Search...) {
		// What a relative entry names depends on the editor's working folder, which may be anybody's.
		if filepath.IsAbs(folder) {
			candidates = append(candidates, filepath.Join(folder, programName))
		}
	}
	launchers := filesIn(own)
	for _, each := range candidates {
		if info, err := os.Stat(each); err == nil && isProgram(each, info) && !isLauncher(each, info, launchers) {
			return each
		}
	}
	return ""
}

// filesIn gives what is known of the files in a folder.
func filesIn(folder string) []os.FileInfo {
	infos := []os.FileInfo{}
	entries, _ := os.ReadDir(folder)
	for _, each := range entries {
		if info, err := os.Stat(filepath.Join(folder, each.Name())); err == nil {
			infos = append(infos, info)
		}
	}
	return infos
}

func isLauncher(path string, info os.FileInfo, launchers []os.FileInfo) bool {
	for _, each := range launchers {
		if os.SameFile(info, each) {
			return true
		}
	}
	_, err := os.Lstat(filepath.Join(filepath.Dir(resolved(path)), "launcher.json"))
	return err == nil
}
