// Teaching texts say: with channels instead of shared memory there are no concurrency bugs. This program has channels alone,
// no lock and no variable that two goroutines write at a time, and shows
//   - a deadlock: two goroutines receive from each other before they send. The program runs itself for it, because the
//     runtime ends a program in which all goroutines are asleep;
//   - a leak: a goroutine that sends a late answer to a caller who has stopped waiting stays for ever;
//   - a shared value: what is sent is a pointer, and the sender changes what it points to after sending;
//   - what is documented of close: a range ends with it, and a send after it panics.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// The first figure leads.
type figures struct {
	Deadlocked int `json:"deadlocked_yes_or_no"`
	Left       int `json:"goroutines_left"`
	Changed    int `json:"changed_after_sending_yes_or_no"`
	Received   int `json:"received_until_closed"`
	Panicked   int `json:"send_on_closed_panics_yes_or_no"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) > 1 {
		deadlock()
		return
	}
	const callers, sent = 100, 1000
	deadlocked, words := isDeadlocked()
	left := leak(callers)
	changed := changesAfterSending()
	received := receiveUntilClosed(sent)
	panicked, message := sendPanicsOnceClosed()
	complaint := ""
	if received != sent || !panicked {
		complaint = "closing a channel did not do what the language's specification says"
	}
	report(
		figures{yes(deadlocked), left, yes(changed), received, yes(panicked)},
		[]string{
			fmt.Sprintf("Two goroutines that wait for each other's channel: %q.", words),
			fmt.Sprintf("Of %d goroutines that answered after their caller had stopped waiting, %d were still there when all callers were gone.", callers, left),
			fmt.Sprintf("The receiver of a pointer saw a change that was made after sending: %t.", changed),
			fmt.Sprintf("A send on a closed channel: %q.", message),
		},
		complaint,
		2+callers+4,
	)
}

func yes(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Each needs the other's value before it sends its own.
func deadlock() {
	left, right, both := make(chan int), make(chan int), make(chan bool)
	go func() { right <- <-left; both <- true }()
	go func() { left <- <-right; both <- true }()
	<-both
	<-both
}

func isDeadlocked() (bool, string) {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	child := exec.Command(self, "deadlock")
	var words strings.Builder
	child.Stderr = &words
	err = child.Run()
	first, _, _ := strings.Cut(words.String(), "\n")
	var status *exec.ExitError
	ended := errors.As(err, &status) && status.ExitCode() == 2
	return ended && strings.Contains(first, "all goroutines are asleep"), first
}

// The pattern is a call with a timeout: the answer's channel has no room, and the caller has gone when the answer comes.
func leak(callers int) int {
	before := runtime.NumGoroutine()
	for i := 0; i < callers; i++ {
		timeout, answer := make(chan bool), make(chan string)
		go func() {
			<-timeout
			answer <- "late"
		}()
		close(timeout) // The caller does not wait any longer.
	}
	time.Sleep(100 * time.Millisecond) // All that can run has run.
	runtime.GC()                       // That its channel cannot be reached any more does not end a goroutine.
	return runtime.NumGoroutine() - before
}

// The channels order every access, so that there is no data race, and the message changes all the same.
func changesAfterSending() bool {
	type account struct{ balance int }
	messages, changed, seen := make(chan *account, 1), make(chan bool), make(chan int)
	go func() {
		message := <-messages
		<-changed
		seen <- message.balance
	}()
	own := &account{balance: 100}
	messages <- own
	own.balance = 0
	changed <- true
	return <-seen != 100
}

func receiveUntilClosed(sent int) int {
	numbers := make(chan int, 16)
	go func() {
		defer close(numbers)
		for i := 0; i < sent; i++ {
			numbers <- i
		}
	}()
	received := 0
	for range numbers {
		received++
	}
	return received
}

func sendPanicsOnceClosed() (panicked bool, message string) {
	defer func() {
		if reason := recover(); reason != nil {
			panicked, message = true, fmt.Sprint(reason)
		}
	}()
	closed := make(chan int, 1)
	close(closed)
	closed <- 1
	return false, "it was sent"
}
