// A concept page says: without a WaitGroup, main ends before its goroutines. This program runs itself 200 times as a program
// whose main function starts one goroutine that prints a line, and as often as one that waits for it. It counts the lines.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"sync"
)

const runs = 200

// The first figure leads.
type figures struct {
	Without int `json:"seen_without_wait"`
	With    int `json:"seen_with_wait"`
	Runs    int `json:"runs"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) > 1 {
		child(os.Args[1] == "with-wait")
		return
	}
	without, with := 0, 0
	for i := 0; i < runs; i++ {
		without += seen("without-wait")
		with += seen("with-wait")
	}
	evidence := []string{
		fmt.Sprintf("The line of the goroutine was seen in %d of %d runs without a wait, and in %d with a WaitGroup.", without, runs, with)}
	complaint := ""
	if with != runs {
		complaint = fmt.Sprintf("a WaitGroup waited in %d of %d runs", with, runs)
	}
	report(figures{without, with, runs}, evidence, complaint, 2*runs)
}

// The program as texts show it.
func child(wait bool) {
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		fmt.Println("hello")
	}()
	if wait {
		group.Wait()
	}
}

func seen(how string) int {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	out, err := exec.Command(self, how).Output()
	if err != nil {
		log.Fatalf("found %v, expected that the program %s ends with status 0", err, how)
	}
	return bytes.Count(out, []byte("hello\n"))
}
