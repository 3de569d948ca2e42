// The job skynet (workloads/jobs/skynet.cpp) as goroutines: each makes ten and adds up what they send.
//
//	skynet LEAVES      prints the sum and milliseconds
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

const branches = 10

func tree(up chan<- uint64, first, leaves uint64) {
	if leaves == 1 {
		up <- first
		return
	}
	below := make(chan uint64)
	for i := uint64(0); i < branches; i++ {
		go tree(below, first+i*(leaves/branches), leaves/branches)
	}
	sum := uint64(0)
	for i := 0; i < branches; i++ {
		sum += <-below
	}
	up <- sum
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "skynet: expected the number of leaves")
		os.Exit(2)
	}
	leaves, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "skynet: expected the number of leaves, found", os.Args[1])
		os.Exit(2)
	}
	began := time.Now()
	up := make(chan uint64)
	go tree(up, 0, leaves)
	sum := <-up
	fmt.Printf("%d %.3f\n", sum, float64(time.Since(began).Nanoseconds())/1e6)
}
