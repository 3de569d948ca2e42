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
	var flags []string
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if value, set := os.LookupEnv(name); set {
			flags = append(flags, name+"="+value)
		}
	}
	if flags != nil {
		facts["flags"] = flags
	}
	return facts
}
