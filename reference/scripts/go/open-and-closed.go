// B. Schroeder, A. Wierman and M. Harchol-Balter (NSDI 2006) say: at the same load, the mean response of a closed system is far
// below that of an open one. This program has one server, whose requests take half a millisecond in the mean, exponentially
// distributed. An open load comes at random at 80 % of what the server can do. Closed loads of 1, 10 and 100 clients think as long as
// it takes for the same number of requests per second; how long that is follows from mean-value analysis, and is corrected after a short
// run, because a server that was idle takes longer.
package main

import (
	"fmt"
	"log"
	"math"
	"strings"
	"time"
)

const (
	load     = 0.8
	requests = 8000
	pilot    = 3000
	// By so much the requests per second of a closed load may differ from those of the open one: beyond, it is not the same load.
	mostApart = 0.05
)

var asked = cost{computes: 500 * time.Microsecond}

// The first figure leads.
type figures struct {
	Ten        float64 `json:"closed_10_over_open_mean"`
	One        float64 `json:"closed_1_over_open_mean"`
	Hundred    float64 `json:"closed_100_over_open_mean"`
	TenP99     float64 `json:"closed_10_over_open_p99"`
	OpenMeanMs float64 `json:"open_mean_ms"`
}

func main() {
	log.SetFlags(0)
	if isServer() {
		return
	}
	subject := startServer()
	seed := time.Now().UnixNano()
	service := subject.full(asked).service()
	rate := load / service.Seconds()
	open := subject.measure(func() []time.Duration { return subject.open(seed, rate, asked.drawn, requests) })
	evidence := []string{fmt.Sprintf("Open: %.0f requests per second, %.0f %% of a CPU, mean %.2f ms, p99 %.2f ms.",
		open.perSecond, 100*open.busy, ms(open.mean()), ms(open.p99()))}
	var complaints []string
	closed := map[int]seen{}
	for _, clients := range []int{1, 10, 100} {
		think := thinking(clients, rate, service)
		run := func(count int) seen {
			return subject.measure(func() []time.Duration { return subject.closed(seed, clients, think, asked.drawn, count) })
		}
		tooLong := float64(clients)/run(pilot).perSecond - float64(clients)/rate
		if think -= time.Duration(tooLong * 1e9); think < 0 {
			think = 0
		}
		one := run(requests)
		closed[clients] = one
		evidence = append(evidence, fmt.Sprintf(
			"%d closed, who think %.2f ms: %.0f requests per second, %.0f %% of a CPU, mean %.2f ms, p99 %.2f ms.",
			clients, ms(think), one.perSecond, 100*one.busy, ms(one.mean()), ms(one.p99())))
		if math.Abs(one.perSecond/open.perSecond-1) > mostApart {
			complaints = append(complaints, fmt.Sprintf("found %.0f requests per second of %d clients, expected the %.0f of the open load",
				one.perSecond, clients, open.perSecond))
		}
	}
	subject.end()
	over := func(clients int) float64 { return float64(closed[clients].mean()) / float64(open.mean()) }
	report(figures{over(10), over(1), over(100), float64(closed[10].p99()) / float64(open.p99()), ms(open.mean())},
		evidence, strings.Join(complaints, "; "), 111)
}

// thinking is the mean time that each client has to think so that all of them send so many requests per second: exact mean-value
// analysis of a queue with exponential service (M. Reiser and S. Lavenberg, JACM 1980).
func thinking(clients int, perSecond float64, service time.Duration) time.Duration {
	low, high := 0.0, float64(clients)/perSecond
	for i := 0; i < 60; i++ {
		think := (low + high) / 2
		queued, through := 0.0, 0.0
		for n := 1; n <= clients; n++ {
			response := service.Seconds() * (1 + queued)
			through = float64(n) / (response + think)
			queued = through * response
		}
		if through > perSecond {
			low = think
		} else {
			high = think
		}
	}
	return time.Duration(low * 1e9)
}
