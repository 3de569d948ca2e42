// J. Dean and L. Barroso (The Tail at Scale, 2013) say: a request that asks a hundred servers, each with a p99 of 10 ms, takes
// longer than that in 63 % of cases, which is 1 - 0.99^100. This program has a hundred servers on loopback. Each replies at once,
// but for one reply in a hundred, drawn at random, which it sends after 15 to 25 ms. So 1 % of its replies take more than 10 ms.
// 300 requests ask all of them at once, over connections that stay open, and wait for the slowest.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net"
	"time"
)

const (
	servers  = 100
	requests = 300
	late     = 0.01
	p99      = 10 * time.Millisecond
)

// The first figure leads.
type figures struct {
	Over     float64 `json:"over_p99_percent"`
	OneOver  float64 `json:"one_server_over_p99_percent"`
	Requests int     `json:"requests"`
	Servers  int     `json:"servers"`
}

func main() {
	log.SetFlags(0)
	var connections [servers]net.Conn
	for i := range connections {
		connections[i] = dial(serve(time.Now().UnixNano() + int64(i)))
	}
	over, overOne := 0, 0
	took := make(chan time.Duration)
	for r := -1; r < requests; r++ { // The first one warms everything up, and is not counted.
		begin := time.Now()
		for _, connection := range connections {
			go func(connection net.Conn) { took <- ask(connection, begin) }(connection)
		}
		slowest, slow := time.Duration(0), 0
		for range connections {
			reply := <-took
			if reply > slowest {
				slowest = reply
			}
			if reply > p99 {
				slow++
			}
		}
		if r < 0 {
			continue
		}
		overOne += slow
		if slowest > p99 {
			over++
		}
	}
	for _, connection := range connections {
		connection.Close()
	}
	percent := 100 * float64(over) / requests
	percentOne := 100 * float64(overOne) / (requests * servers)
	report(
		figures{percent, percentOne, requests, servers},
		[]string{fmt.Sprintf(
			"%d of %d requests took more than 10 ms, %.1f %%; of single replies it was %.2f %%. The arithmetic for this share says %.1f %%.",
			over, requests, percent, percentOne, 100*(1-math.Pow(1-percentOne/100, servers)))},
		"",
		servers,
	)
}

// serve starts a server, and returns its address. It has one client.
func serve(seed int64) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		defer listener.Close()
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		defer connection.Close()
		random := rand.New(rand.NewSource(seed))
		request := make([]byte, 1)
		for {
			if _, err := io.ReadFull(connection, request); err != nil {
				return
			}
			if random.Float64() < late {
				time.Sleep(15*time.Millisecond + time.Duration(random.Intn(10_000))*time.Microsecond)
			}
			if _, err := connection.Write(request); err != nil {
				return
			}
		}
	}()
	return listener.Addr().String()
}

func dial(address string) net.Conn {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

func ask(connection net.Conn, begin time.Time) time.Duration {
	message := []byte{'?'}
	if _, err := connection.Write(message); err != nil {
		log.Fatal(err)
	}
	if _, err := io.ReadFull(connection, message); err != nil {
		log.Fatal(err)
	}
	return time.Since(begin)
}
