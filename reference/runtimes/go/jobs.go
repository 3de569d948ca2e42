// The jobs of bakeoff, a goroutine per unit.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// What a job is asked for.
type order struct {
	units, size uint64
	discipline  string
	asWritten   bool // Each unit of shared-count begins as soon as it is made.
}

// What has come out. work and alive are 0 where units need not begin together.
type result struct {
	answer, created uint64
	elapsed, work   time.Duration
	alive           uint64 // Goroutines that were there when they were let go.
}

// Of a program with the race detector: how many data races it has reported.
var racesReported func() int

var jobs = map[string]func(order) result{
	"count":        shared(count),
	"image":        shared(image),
	"ping-pong":    pingPong,
	"sha256":       shared(hash),
	"shared-count": sharedCount,
	"skynet":       skynet,
	"sleepers":     sleepers,
	"spawn":        spawn,
}

func main() {
	units := flag.Uint64("units", 1, "goroutines that share the work")
	size := flag.Uint64("size", 1, "the amount of work, in the job's own measure")
	discipline := flag.String("discipline", "mutex", "how goroutines add to a counter")
	start := flag.String("start", "together", "of a counter: when goroutines begin")
	flag.Parse()
	if *units == 0 || *size == 0 {
		refuse("%d units and the size %d, expected 1 of each at least", *units, *size)
	}
	run, known := jobs[flag.Arg(0)]
	if !known {
		refuse("the job %q, expected one of PROTOCOLS.md", flag.Arg(0))
	}
	if *start != "together" && *start != "as-written" {
		refuse("start=%s, expected together or as-written", *start)
	}
	ran := run(order{*units, *size, *discipline, *start == "as-written"})
	line := map[string]any{"answer": ran.answer, "elapsed_ns": ran.elapsed, "units_created": ran.created, "runtime": facts()}
	if ran.work != 0 {
		line["work_ns"] = ran.work
		line["peak_live_units"] = ran.alive
	}
	if racesReported != nil {
		line["races_reported"] = racesReported()
	}
	json.NewEncoder(os.Stdout).Encode(line)
}

func refuse(found string, words ...any) {
	fmt.Fprintf(os.Stderr, "found "+found+"\n", words...)
	os.Exit(2)
}

// A job whose units do their shares without each other.
func shared(share func(index, units, size uint64) uint64) func(order) result {
	return func(o order) result {
		answers := make([]uint64, o.units)
		var all sync.WaitGroup
		begin := time.Now()
		for index := range answers {
			all.Add(1)
			go func(index int) {
				defer all.Done()
				answers[index] = share(uint64(index), o.units, o.size)
			}(index)
		}
		all.Wait()
		ran := result{elapsed: time.Since(begin), created: o.units}
		for _, answer := range answers {
			ran.answer += answer
		}
		return ran
	}
}

// Units that begin as soon as they are made; the answer is the caller's.
func apart(units uint64, unit func(index uint64)) result {
	return shared(func(index, _, _ uint64) uint64 {
		unit(index)
		return 0
	})(order{units: units})
}

// Units that begin when all of them are there; the answer is the caller's.
func together(units uint64, unit func(index uint64)) result {
	var there, ended sync.WaitGroup
	var alive uint64
	start := make(chan struct{})
	begin := time.Now()
	for index := uint64(0); index < units; index++ {
		there.Add(1)
		ended.Add(1)
		go func(index uint64) {
			defer ended.Done()
			atomic.AddUint64(&alive, 1)
			there.Done()
			<-start
			unit(index)
		}(index)
	}
	there.Wait()
	begun := time.Now()
	close(start)
	ended.Wait()
	end := time.Now()
	return result{elapsed: end.Sub(begin), work: end.Sub(begun), created: units, alive: alive}
}
