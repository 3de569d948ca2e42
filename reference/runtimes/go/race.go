package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// The race detector writes its reports to the file that log_path of GORACE names, with the number of the process behind it. It
// makes the file with its first report.
func init() {
	racesReported = func() int {
		for _, word := range strings.Fields(os.Getenv("GORACE")) {
			if strings.HasPrefix(word, "log_path=") {
				reports, _ := os.ReadFile(fmt.Sprintf("%s.%d", strings.TrimPrefix(word, "log_path="), os.Getpid()))
				return bytes.Count(reports, []byte("WARNING: DATA RACE"))
			}
		}
		refuse("no log_path in GORACE, expected one")
		return 0
	}
}
