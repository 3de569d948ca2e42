// The jobs of bakeoff, a goroutine per unit.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"flag"
	"log"
	"os"
	"sync"
	"time"
)

const golden = 0x9e3779b97f4a7c15

// A unit's share of a job, and its answer.
var jobs = map[string]func(index, units, size uint64) uint64{"count": count, "sha256": hash}

func main() {
	log.SetFlags(0)
	units := flag.Uint64("units", 1, "goroutines that share the work")
	size := flag.Uint64("size", 1, "the amount of work, in the job's own measure")
	flag.Parse()
	job, known := jobs[flag.Arg(0)]
	if !known {
		log.Fatalf("found the job %q, expected count or sha256", flag.Arg(0))
	}
	answers := make([]uint64, *units)
	var all sync.WaitGroup
	begin := time.Now()
	for index := range answers {
		all.Add(1)
		go func(index int) {
			defer all.Done()
			answers[index] = job(uint64(index), *units, *size)
		}(index)
	}
	all.Wait()
	elapsed := time.Since(begin)
	sum := uint64(0)
	for _, answer := range answers {
		sum += answer
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"answer": sum, "elapsed_ns": elapsed.Nanoseconds(), "units_created": *units, "runtime": facts()})
}

func count(_, _, size uint64) uint64 {
	n := uint64(0)
	for n < size {
		n++
	}
	return n
}

func hash(index, units, size uint64) uint64 {
	const blocksPerMiB, blockBytes = 16, 1 << 16
	block := make([]byte, blockBytes)
	answer := uint64(0)
	for i := index; i < size*blocksPerMiB; i += units {
		stream := mix(mix(4+golden) + (i+1)*golden)
		for at := uint64(0); at < blockBytes; at += 8 {
			binary.LittleEndian.PutUint64(block[at:], mix(stream+(at+1)*golden))
		}
		digest := sha256.Sum256(block)
		total := mix(i + golden)
		for at := 0; at < len(digest); at += 8 {
			total = mix(total ^ binary.BigEndian.Uint64(digest[at:]))
		}
		answer += total
	}
	return answer
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
