package main

import (
	"sync/atomic"
	"time"
)

func spawn(o order) result {
	ran := shared(func(_, _, size uint64) uint64 {
		ended := uint64(0)
		answer := make(chan uint64)
		for ; size > 0; size-- {
			go func() { answer <- 1 }()
			ended += <-answer
		}
		return ended
	})(o)
	ran.created += o.units * o.size
	return ran
}

func sleepers(o order) result {
	night := time.Duration(o.size) * time.Millisecond
	var slept uint64
	ran := together(o.units, func(uint64) {
		begin := time.Now()
		time.Sleep(night)
		if time.Since(begin) >= night {
			atomic.AddUint64(&slept, 1)
		}
	})
	ran.answer = slept
	return ran
}

const branches = 10

func skynet(o order) result {
	leaves, nodes := uint64(1), uint64(1)
	for leaves <= o.size/branches {
		leaves *= branches
		nodes += leaves
	}
	if leaves != o.size {
		refuse("the size %d, expected a power of ten", o.size)
	}
	begin := time.Now()
	roots := make([]chan uint64, o.units)
	for unit := range roots {
		roots[unit] = make(chan uint64, 1)
		go tree(0, leaves, roots[unit])
	}
	ran := result{answer: <-roots[0], created: nodes * o.units}
	for _, root := range roots[1:] {
		<-root
	}
	ran.elapsed = time.Since(begin)
	return ran
}

func tree(first, leaves uint64, sum chan<- uint64) {
	if leaves == 1 {
		sum <- first
		return
	}
	below := leaves / branches
	sums := make(chan uint64, branches)
	for i := uint64(0); i < branches; i++ {
		go tree(first+i*below, below, sums)
	}
	total := uint64(0)
	for i := 0; i < branches; i++ {
		total += <-sums
	}
	sum <- total
}

func pingPong(o order) result {
	if o.units != 2 {
		refuse("%d units, expected 2: each answers the other", o.units)
	}
	there, back := make(chan uint64), make(chan uint64)
	number := uint64(0)
	ran := together(2, func(index uint64) {
		for round := uint64(0); round < o.size; round++ {
			if index == 0 {
				there <- number
				number = <-back
			} else {
				back <- 1 + <-there
			}
		}
	})
	ran.answer = number
	return ran
}
