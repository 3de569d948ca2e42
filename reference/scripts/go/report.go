package main

import (
	"encoding/json"
	"log"
	"os"
)

// Prints the line of a probe. The first figure leads; a complaint is what did not come out as Go documents it, or "".
func report(figures any, evidence []string, complaint string, created int) {
	line := struct {
		Figures   any      `json:"figures"`
		Evidence  []string `json:"evidence"`
		Complaint string   `json:"complaint,omitempty"`
		Created   int      `json:"units_created"`
	}{figures, evidence, complaint, created}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
