package main

import (
	"os"
	"runtime"
	"strings"
)

// What bakeoff is told of the runtime.
func facts() map[string]any {
	facts := map[string]any{
		"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"),
		"cpus": runtime.NumCPU(), "threads": runtime.GOMAXPROCS(0), "collector": "concurrent mark and sweep"}
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if value, set := os.LookupEnv(name); set {
			facts["flags"] = []string{name + "=" + value}
		}
	}
	return facts
}
