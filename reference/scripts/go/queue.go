package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A server that does one request at a time, on one CPU: the queue with a single server of the textbooks. It is a process of its
// own, which this program starts as a copy of itself, and it ends when its standard input does.
//
// A request is two numbers of 8 bytes: for how many nanoseconds the server shall compute, and for how many it shall wait after that,
// without doing another request meanwhile. The reply is the CPU time that the server has used since it began.
type server struct {
	address string
	process *exec.Cmd
	input   io.Closer
}

const serveArgument = "serve"

// isServer says whether this process is that copy, and serves then until it is told to end.
func isServer() bool {
	if len(os.Args) != 2 || os.Args[1] != serveArgument {
		return false
	}
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	type job struct {
		connection net.Conn
		computes   time.Duration
		waits      time.Duration
	}
	jobs := make(chan job)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				log.Fatal(err)
			}
			go func() {
				var request [16]byte
				for {
					if _, err := io.ReadFull(connection, request[:]); err != nil {
						connection.Close()
						return
					}
					jobs <- job{connection, time.Duration(binary.BigEndian.Uint64(request[:8])),
						time.Duration(binary.BigEndian.Uint64(request[8:]))}
				}
			}()
		}
	}()
	for next := range jobs {
		for end := time.Now().Add(next.computes); time.Now().Before(end); {
		}
		if next.waits > 0 {
			sleepUntil(time.Now().Add(next.waits), 0)
		}
		var reply [8]byte
		binary.BigEndian.PutUint64(reply[:], uint64(cpuTime()))
		next.connection.Write(reply[:])
	}
	return true
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// What the system is late by when it wakes a thread.
const lateness = 100 * time.Microsecond

// sleepUntil does not use the timers of Go, which are a millisecond late where the program also waits for sockets. The last stretch is
// spent in a loop.
func sleepUntil(then time.Time, spin time.Duration) {
	for left := time.Until(then) - spin; left > 0; left = time.Until(then) - spin {
		interval := syscall.NsecToTimespec(int64(left))
		syscall.Nanosleep(&interval, nil) // A signal of the runtime may end it.
	}
	for time.Now().Before(then) {
	}
}

// startServer is called once, by the main goroutine. The server ends with the thread that has started it.
func startServer() server {
	runtime.LockOSThread()
	program, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	process := exec.Command(program, serveArgument)
	process.Stderr = os.Stderr
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	input, err := process.StdinPipe()
	if err != nil {
		log.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err != nil {
		log.Fatal(err)
	}
	if err := process.Start(); err != nil {
		log.Fatal(err)
	}
	var address string
	if _, err := fmt.Fscanln(output, &address); err != nil {
		log.Fatal(err)
	}
	return server{address, process, input}
}

func (s server) end() {
	s.input.Close()
	if err := s.process.Wait(); err != nil {
		log.Fatal(err)
	}
}

func (s server) dial() net.Conn {
	connection, err := net.Dial("tcp", s.address)
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

// What a request costs its server.
type cost struct {
	computes time.Duration
	waits    time.Duration
}

// drawn is an exponential cost of that mean.
func (c cost) drawn(random *rand.Rand) cost {
	factor := random.ExpFloat64()
	return cost{time.Duration(factor * float64(c.computes)), time.Duration(factor * float64(c.waits))}
}

func (c cost) constant(*rand.Rand) cost { return c }

func send(connection net.Conn, asked cost) {
	var request [16]byte
	binary.BigEndian.PutUint64(request[:8], uint64(asked.computes))
	binary.BigEndian.PutUint64(request[8:], uint64(asked.waits))
	if _, err := connection.Write(request[:]); err != nil {
		log.Fatal(err)
	}
}

// receive waits for a reply, and returns the server's CPU time.
func receive(connection net.Conn) time.Duration {
	var reply [8]byte
	if _, err := io.ReadFull(connection, reply[:]); err != nil {
		log.Fatal(err)
	}
	return time.Duration(binary.BigEndian.Uint64(reply[:]))
}

func (s server) cpu() time.Duration {
	connection := s.dial()
	defer connection.Close()
	send(connection, cost{})
	return receive(connection)
}

// What a load has seen.
type seen struct {
	responses []time.Duration // In ascending order.
	perSecond float64         // Requests that were answered.
	busy      float64         // The share of a CPU that the server used.
}

// measure runs a load and sums up what it returns.
func (s server) measure(load func() []time.Duration) seen {
	cpu, begin := s.cpu(), time.Now()
	responses := load()
	took := time.Since(begin)
	used := s.cpu() - cpu
	sort.Slice(responses, func(i, j int) bool { return responses[i] < responses[j] })
	return seen{responses, float64(len(responses)) / took.Seconds(), used.Seconds() / took.Seconds()}
}

func (s seen) mean() time.Duration {
	sum := time.Duration(0)
	for _, each := range s.responses {
		sum += each
	}
	return sum / time.Duration(len(s.responses))
}

func (s seen) p99() time.Duration { return s.responses[len(s.responses)*99/100] }

// full keeps the server busy with requests of that cost, all alike.
func (s server) full(asked cost) seen {
	const requests = 2000
	s.closed(1, 2, 0, asked.constant, requests/10) // Uncounted.
	return s.measure(func() []time.Duration { return s.closed(1, 2, 0, asked.constant, requests) })
}

// service is how long the server takes for a request, with what it takes to read it and to reply.
func (s seen) service() time.Duration { return time.Duration(1e9 / s.perSecond) }

// cpuOfOne is how much CPU time it uses for one.
func (s seen) cpuOfOne() time.Duration { return time.Duration(s.busy * 1e9 / s.perSecond) }

// open sends requests that come due at random, at a rate per second, whatever the server does. A response counts from the moment
// when its request was due. Equal seeds draw equal costs, and times between the requests that differ by the rate alone.
func (s server) open(seed int64, perSecond float64, draw func(*rand.Rand) cost, requests int) []time.Duration {
	connection := s.dial()
	defer connection.Close()
	random := rand.New(rand.NewSource(seed))
	asked := make([]cost, requests)
	due := make([]time.Duration, requests)
	at := time.Duration(0)
	for i := range due {
		at += time.Duration(random.ExpFloat64() * 1e9 / perSecond)
		due[i], asked[i] = at, draw(random)
	}
	begin := time.Now()
	go func() {
		for i := range due {
			sleepUntil(begin.Add(due[i]), lateness)
			send(connection, asked[i])
		}
	}()
	responses := make([]time.Duration, requests)
	for i := range responses { // The server answers in the order of the requests.
		receive(connection)
		responses[i] = time.Since(begin) - due[i]
	}
	return responses
}

// closed has clients that wait for their reply and think before they send again, for times that are exponential of that mean.
func (s server) closed(seed int64, clients int, think time.Duration, draw func(*rand.Rand) cost, requests int) []time.Duration {
	responses := make([]time.Duration, requests)
	var next atomic.Int64
	var all sync.WaitGroup
	for client := 0; client < clients; client++ {
		all.Add(1)
		go func(client int) {
			defer all.Done()
			random := rand.New(rand.NewSource(seed + int64(client)))
			connection := s.dial()
			defer connection.Close()
			for {
				i := int(next.Add(1)) - 1
				if i >= requests {
					return
				}
				if think > 0 {
					sleepUntil(time.Now().Add(time.Duration(random.ExpFloat64()*float64(think))), lateness)
				}
				begin := time.Now()
				send(connection, draw(random))
				receive(connection)
				responses[i] = time.Since(begin)
			}
		}(client)
	}
	all.Wait()
	return responses
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }
