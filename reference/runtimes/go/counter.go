package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

const room, shards, cacheLine = 1024, 16, 64

// Its neighbour is in another cache line.
type shard struct {
	value uint64
	_     [cacheLine - 8]byte
}

type counter struct {
	value    uint64
	lock     sync.Mutex
	readable sync.RWMutex
	shards   [shards]shard
	channel  chan uint64
	snapshot atomic.Pointer[uint64]
}

// How a unit adds one, many times.
var disciplines = map[string]func(c *counter, index, times uint64){
	"plain": func(c *counter, _, times uint64) { c.race(times) },
	"mutex": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			c.lock.Lock()
			c.value++
			c.lock.Unlock()
		}
	},
	"rwlock": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			c.readable.Lock()
			c.value++
			c.readable.Unlock()
		}
	},
	"atomic": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			atomic.AddUint64(&c.value, 1)
		}
	},
	"sharded": func(c *counter, index, times uint64) {
		own := &c.shards[index%shards].value
		for ; times > 0; times-- {
			atomic.AddUint64(own, 1)
		}
	},
	"local": func(c *counter, index, times uint64) {
		atomic.AddUint64(&c.value, count(index, 1, times))
	},
	"snapshot": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			next := new(uint64)
			for {
				old := c.snapshot.Load()
				*next = *old + 1
				if c.snapshot.CompareAndSwap(old, next) {
					break
				}
			}
		}
	},
	"channel": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			c.channel <- 1
		}
	},
	// No data race, so that the race detector has nothing to report: what is wrong is that another may write in between.
	"across-await": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			seen := atomic.LoadUint64(&c.value)
			runtime.Gosched()
			atomic.StoreUint64(&c.value, seen+1)
		}
	},
	// Where the first goroutine is done before another begins, the lock orders them, and the race detector sees no race.
	"lock-once": func(c *counter, index, times uint64) {
		if index == 0 {
			c.race(times)
		}
		c.lock.Lock()
		c.lock.Unlock()
		if index != 0 {
			c.race(times)
		}
	},
	"locked-await": func(c *counter, _, times uint64) {
		for ; times > 0; times-- {
			c.lock.Lock()
			seen := c.value
			runtime.Gosched()
			c.value = seen + 1
			c.lock.Unlock()
		}
	},
}

// A race, which the race detector reports. The compiler keeps the value in memory and makes one instruction of it, so that nothing
// is lost on one CPU; no rule of the language says that it has to.
func (c *counter) race(times uint64) {
	for ; times > 0; times-- {
		c.value++
	}
}

// The first unit's share where the counter is its own: all additions come to it.
func (c *counter) own(additions uint64) {
	for ; additions > 0; additions-- {
		c.value += <-c.channel
	}
}

func (c *counter) sum() uint64 {
	sum := c.value + *c.snapshot.Load()
	for i := range c.shards {
		sum += c.shards[i].value
	}
	return sum
}

func sharedCount(o order) result {
	add, known := disciplines[o.discipline]
	if !known {
		refuse("discipline=%s, expected one of PROTOCOLS.md", o.discipline)
	}
	if o.discipline == "channel" && o.units < 2 {
		refuse("1 unit with discipline=channel, expected 2 at least: one owns the counter")
	}
	c := counter{channel: make(chan uint64, room)}
	c.snapshot.Store(new(uint64))
	begin := together
	if o.asWritten {
		begin = apart
	}
	ran := begin(o.units, func(index uint64) {
		if o.discipline == "channel" && index == 0 {
			c.own(o.size * (o.units - 1))
		} else {
			add(&c, index, o.size)
		}
	})
	ran.answer = c.sum()
	return ran
}
