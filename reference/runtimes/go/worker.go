// A goroutine per worker of a queue, each with a connection to Redis and calls that block (workloads/PROTOCOLS.md, jobs of
// a queue). The runtime waits for all of them.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	queue := flag.String("queue", "", "where Redis listens: 127.0.0.1:6379")
	units := flag.Int("units", 1, "workers")
	acknowledge := flag.String("acknowledge", "after", "when a job is acknowledged: after or before the work")
	flag.Parse()
	if *acknowledge != "after" && *acknowledge != "before" {
		log.Fatalf("found -acknowledge %q, expected after or before", *acknowledge)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	for unit := 0; unit < *units; unit++ {
		connection, err := net.Dial("tcp", *queue)
		if err != nil {
			log.Fatal(err)
		}
		name := fmt.Sprintf("%d:%d", os.Getpid(), unit)
		go func() { log.Fatal(takeJobs(connection, name, *acknowledge == "after")) }()
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"ready": true, "units": *units, "runtime": facts()})
	<-stop
}

func takeJobs(connection net.Conn, name string, after bool) error {
	reader := bufio.NewReader(connection)
	taken := "taken:" + name
	take, acknowledged := command("BLPOP", "jobs", "0"), ""
	if after {
		take = command("BLMOVE", "jobs", taken, "LEFT", "RIGHT", "0")
	}
	for {
		if _, err := io.WriteString(connection, acknowledged+take); err != nil {
			return err
		}
		if acknowledged != "" {
			if _, err := reply(reader); err != nil {
				return err
			}
		}
		job, err := reply(reader)
		if err != nil {
			return err
		}
		begin := time.Now().UnixNano()
		id, answer, err := do(job)
		if err != nil {
			return err
		}
		record := fmt.Sprintf("%s %d %d %d", id, begin, time.Now().UnixNano(), answer)
		if _, err := io.WriteString(connection, command("RPUSH", "records", record)); err != nil {
			return err
		}
		if _, err := reply(reader); err != nil {
			return err
		}
		if after {
			acknowledged = command("LREM", taken, "1", job)
		}
	}
}

func do(job string) (id string, answer uint64, err error) {
	words := strings.Split(job, " ")
	if len(words) != 3 {
		return "", 0, fmt.Errorf("found the job %q, expected ID wait US or ID work ROUNDS", job)
	}
	amount, err := strconv.ParseUint(words[2], 10, 64)
	if err != nil {
		return "", 0, err
	}
	switch words[1] {
	case "wait":
		time.Sleep(time.Duration(amount) * time.Microsecond)
		return words[0], amount, nil
	case "work":
		return words[0], work(amount), nil
	}
	return "", 0, fmt.Errorf("found the job %q, expected ID wait US or ID work ROUNDS", job)
}

func work(n uint64) uint64 {
	state, answer := n, n
	for i := uint64(0); i < n; i++ {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		z ^= z >> 31
		answer = (answer ^ z) * 0x9e3779b97f4a7c15
	}
	return answer
}

func command(words ...string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&text, "$%d\r\n%s\r\n", len(word), word)
	}
	return text.String()
}

// The text of a reply; of an array, its last one.
func reply(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", fmt.Errorf("found an empty line, expected a reply")
	}
	switch line[0] {
	case '$':
		size, err := strconv.Atoi(line[1:])
		if err != nil || size < 0 {
			return "", fmt.Errorf("found %q, expected a text", line)
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(reader, text); err != nil {
			return "", err
		}
		return string(text[:size]), nil
	case '*':
		count, err := strconv.Atoi(line[1:])
		if err != nil || count < 1 {
			return "", fmt.Errorf("found %q, expected a list and a job", line)
		}
		last := ""
		for i := 0; i < count; i++ {
			if last, err = reply(reader); err != nil {
				return "", err
			}
		}
		return last, nil
	case '-':
		return "", fmt.Errorf("the queue said %q", line)
	}
	return line[1:], nil
}
