// G. Tene calls it coordinated omission: a load that waits for the reply before it sends again, and counts from the moment of
// sending, does not send while the server stands still, so that it sees of a stall only the requests that were in flight. Blogs
// show a p99 of 1 ms against 195. This program has a server that is stopped (SIGSTOP) for 200 ms in every two seconds, and a
// load of 1,000 requests per second over 1, 10 or 100 connections. Each response is counted from both moments.
package main

import (
	"fmt"
	"log"
	"sort"
	"sync"
	"syscall"
	"time"
)

const (
	service   = 50 * time.Microsecond
	perSecond = 1000
	length    = 4 * time.Second
	period    = 2 * time.Second
	stall     = 200 * time.Millisecond
)

// The first figure leads.
type figures struct {
	One           float64 `json:"due_over_sent_1"`
	Ten           float64 `json:"due_over_sent_10"`
	Hundred       float64 `json:"due_over_sent_100"`
	OneFromDueMs  float64 `json:"from_due_p99_ms"`
	OneFromSentMs float64 `json:"from_sent_p99_ms"`
}

func main() {
	log.SetFlags(0)
	if isServer() {
		return
	}
	subject := startServer()
	subject.cpu() // It answers.
	var evidence []string
	var fromDue, fromSent, over [3]float64
	for i, connections := range []int{1, 10, 100} {
		fromDue[i], fromSent[i] = p99s(subject, connections)
		over[i] = fromDue[i] / fromSent[i]
		evidence = append(evidence, fmt.Sprintf("Over %d connections the p99 is %.2f ms from the due time, and %.2f ms from the sending.",
			connections, fromDue[i], fromSent[i]))
	}
	subject.end()
	report(figures{over[0], over[1], over[2], fromDue[0], fromSent[0]}, evidence, "", 111)
}

// p99s, in milliseconds, counted from the due time and from the sending.
func p99s(subject server, connections int) (float64, float64) {
	begin := time.Now().Add(10 * time.Millisecond)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for at := period / 2; at < length; at += period {
			time.Sleep(time.Until(begin.Add(at)))
			signal(subject, syscall.SIGSTOP)
			time.Sleep(stall)
			signal(subject, syscall.SIGCONT)
		}
	}()
	requests := int(length.Seconds() * perSecond)
	fromDue, fromSent := make([]time.Duration, requests), make([]time.Duration, requests)
	var all sync.WaitGroup
	for client := 0; client < connections; client++ {
		all.Add(1)
		go func(client int) {
			defer all.Done()
			connection := subject.dial()
			defer connection.Close()
			for i := client; i < requests; i += connections {
				due := begin.Add(time.Duration(i) * time.Second / perSecond)
				sleepUntil(due, lateness)
				sent := time.Now()
				send(connection, cost{computes: service})
				receive(connection)
				fromDue[i], fromSent[i] = time.Since(due), time.Since(sent)
			}
		}(client)
	}
	all.Wait()
	<-ended
	return p99(fromDue), p99(fromSent)
}

func signal(subject server, number syscall.Signal) {
	if err := subject.process.Process.Signal(number); err != nil {
		log.Fatal(err)
	}
}

func p99(responses []time.Duration) float64 {
	sort.Slice(responses, func(i, j int) bool { return responses[i] < responses[j] })
	return ms(responses[len(responses)*99/100])
}
