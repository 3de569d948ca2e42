// An article on threads says: a goroutine starts with a stack of four kilobytes. This program parks 100,000 goroutines, and divides
// what the runtime counts as stacks in use (runtime.MemStats.StackInuse) by their number. Then 1,000 others recurse deeply
// before they park: a stack grows by copying, and a collection of garbage gives a part of it back.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
)

const parked, recursing, depth = 100_000, 1_000, 1_000

// The first figure leads. Each is for one goroutine, but for the threads of the process while all are parked.
type figures struct {
	StackInUse     float64 `json:"stack_in_use_kib"`
	Resident       float64 `json:"resident_kib"`
	Threads        float64 `json:"threads"`
	AfterRecursion float64 `json:"stack_after_recursion_kib"`
	AfterGC        float64 `json:"stack_after_collection_kib"`
}

func main() {
	log.SetFlags(0)
	stop := make(chan bool)
	stacks, resident := stackInUse(), fromStatus("VmRSS")
	park(parked, stop, func() {})
	startKiB := (stackInUse() - stacks) / parked
	residentEach := (fromStatus("VmRSS") - resident) / parked
	threads := fromStatus("Threads")

	debug.SetGCPercent(-1) // A collection would shrink the stacks before they are counted.
	stacks = stackInUse()
	park(recursing, stop, func() { recurse(depth) })
	grownKiB := (stackInUse() - stacks) / recursing
	runtime.GC()
	shrunkKiB := (stackInUse() - stacks) / recursing
	close(stop)

	report(
		figures{startKiB, residentEach, threads, grownKiB, shrunkKiB},
		[]string{
			fmt.Sprintf("%s counts %.2f KiB of stack for each of %d parked goroutines.", runtime.Version(), startKiB, parked),
			fmt.Sprintf("The process has %.0f threads for them.", threads),
			fmt.Sprintf("After a recursion %d calls deep it is %.0f KiB, and %.0f KiB after one collection of garbage.", depth, grownKiB, shrunkKiB),
		},
		"",
		parked+recursing,
	)
}

// Returns when all of them have called first and wait. They are counted before they wait, which needs no more stack.
func park(count int, stop <-chan bool, first func()) {
	var called sync.WaitGroup
	called.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			first()
			called.Done()
			<-stop
		}()
	}
	called.Wait()
}

// The frame has an array that is used after the call, so that it cannot be left out.
//
//go:noinline
func recurse(left int) byte {
	var frame [64]byte
	frame[left%len(frame)] = byte(left)
	if left > 0 {
		frame[0] += recurse(left - 1)
	}
	return frame[left%len(frame)] + frame[0]
}

// In KiB.
func stackInUse() float64 {
	var facts runtime.MemStats
	runtime.ReadMemStats(&facts)
	return float64(facts.StackInuse) / 1024
}

// The number in a line of /proc/self/status: of memory in KiB.
func fromStatus(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "\n"+name+":")
	words := strings.Fields(after)
	if len(words) == 0 {
		log.Fatalf("found no line %s in /proc/self/status, expected one", name)
	}
	number, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		log.Fatal(err)
	}
	return number
}
