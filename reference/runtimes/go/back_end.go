package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// backEnd is called over a pool of connections, which are made when they are needed and stay open.
type backEnd struct {
	address string
	talk    protocol
	timeout time.Duration
	permits chan struct{} // Holds one for each call that is running. Goroutines wait for room in it in the order in which they came.
	mutex   sync.Mutex
	free    []*link // The one that was free last is at the end.
}

type protocol interface {
	open(*link) error // What is said once, on a new connection.
	get(l *link, k uint64) (string, error)
}

// A link is a connection to the back end, on which there is one call at a time.
type link struct {
	net.Conn
	limit  io.LimitedReader // How much of an answer is read at most.
	in     *bufio.Reader
	parsed bool // postgres: it knows the statement.
	ends   bool // http: the back end closes it.
}

var errAnswer = errors.New("not a value")

// newBackEnd returns nil for the URL "none".
func newBackEnd(text string, pool int, timeout time.Duration) *backEnd {
	if text == "none" {
		return nil
	}
	to, err := url.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	talk := map[string]protocol{"http": overHTTP{to.Host}, "redis": overRedis{}, "postgres": overPostgres{}}[to.Scheme]
	if talk == nil {
		log.Fatalf("found %q, expected http, redis or postgres", to.Scheme)
	}
	return &backEnd{address: to.Host, talk: talk, timeout: timeout, permits: make(chan struct{}, pool)}
}

// What a request asks of the back end: so many items, from the first on.
type calls struct {
	count, first uint64
	atOnce       bool
}

const mostItems = 10_000

// answer makes the calls, and returns the status and the body of the reply.
func (b *backEnd) answer(asked calls) (int, string) {
	answers, err := b.run(asked)
	var late interface{ Timeout() bool }
	switch {
	case errors.As(err, &late) && late.Timeout():
		return http.StatusGatewayTimeout, "Gateway Timeout"
	case err != nil:
		return http.StatusBadGateway, "Bad Gateway"
	}
	return http.StatusOK, strings.Join(answers, " ")
}

func (b *backEnd) run(asked calls) ([]string, error) {
	answers := make([]string, asked.count)
	if asked.atOnce {
		return answers, b.runAtOnce(asked, answers)
	}
	for i := range answers {
		ctx, cancel := context.WithTimeout(context.Background(), b.timeout)
		answer, err := b.call(ctx, (asked.first+uint64(i))%mostItems)
		cancel()
		if err != nil {
			return nil, err
		}
		answers[i] = answer
	}
	return answers, nil
}

// A goroutine makes each call, and none of them holds a connection while it waits for one.
func (b *backEnd) runAtOnce(asked calls, answers []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), b.timeout)
	defer cancel()
	errs := make(chan error, len(answers))
	for i := range answers {
		go func(i int) {
			var err error
			answers[i], err = b.call(ctx, (asked.first+uint64(i))%mostItems)
			errs <- err
		}(i)
	}
	var failed error
	for range answers {
		if err := <-errs; failed == nil {
			failed = err
		}
	}
	return failed
}

func (b *backEnd) call(ctx context.Context, k uint64) (string, error) {
	select {
	case b.permits <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-b.permits }()
	l, err := b.take(ctx)
	if err != nil {
		return "", err
	}
	l.limit.N = mostAnswer + mostHead
	answer, err := b.talk.get(l, k)
	if deadline, _ := ctx.Deadline(); err != nil && time.Now().After(deadline) {
		err = context.DeadlineExceeded // Of a head whose end has not come, ReadResponse may say that it is malformed.
	}
	if err != nil || l.ends {
		l.Close()
		return answer, err
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.free = append(b.free, l)
	return answer, nil
}

// take returns a connection that is free, or a new one. It may be used until the deadline.
func (b *backEnd) take(ctx context.Context) (*link, error) {
	deadline, _ := ctx.Deadline()
	b.mutex.Lock()
	if last := len(b.free) - 1; last >= 0 {
		l := b.free[last]
		b.free = b.free[:last]
		b.mutex.Unlock()
		return l, l.SetDeadline(deadline)
	}
	b.mutex.Unlock()
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", b.address)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: connection, limit: io.LimitedReader{R: connection, N: mostAnswer}}
	l.in = bufio.NewReader(&l.limit)
	l.SetDeadline(deadline)
	if err := b.talk.open(l); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

const mostAnswer = 64 << 10

type overHTTP struct{ host string }

func (overHTTP) open(*link) error { return nil }

func (h overHTTP) get(l *link, k uint64) (string, error) {
	if _, err := fmt.Fprintf(l, "GET /id/%d HTTP/1.1\r\nHost: %s\r\n\r\n", k, h.host); err != nil {
		return "", err
	}
	response, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return "", err
	}
	l.ends = response.Close
	if response.StatusCode != http.StatusOK {
		return "", errAnswer
	}
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

type overRedis struct{}

func (overRedis) open(*link) error { return nil }

func (overRedis) get(l *link, k uint64) (string, error) {
	key := "item:" + strconv.FormatUint(k, 10)
	if _, err := fmt.Fprintf(l, "*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n", len(key), key); err != nil {
		return "", err
	}
	size, err := readLength(l.in, '$', mostAnswer)
	if err != nil {
		return "", err
	}
	bulk := make([]byte, size+2)
	if _, err := io.ReadFull(l.in, bulk); err != nil {
		return "", err
	}
	if string(bulk[size:]) != "\r\n" {
		return "", errAnswer
	}
	return string(bulk[:size]), nil
}

// PostgreSQL's protocol 3.0, by the extended query: https://www.postgresql.org/docs/current/protocol.html
type overPostgres struct{}

func (overPostgres) open(l *link) error {
	const parameters = "user\x00bakeoff\x00database\x00bakeoff\x00\x00"
	startup := binary.BigEndian.AppendUint32(nil, uint32(8+len(parameters)))
	startup = binary.BigEndian.AppendUint32(startup, 3<<16)
	if _, err := l.Write(append(startup, parameters...)); err != nil {
		return err
	}
	for {
		kind, content, err := readMessage(l.in)
		switch {
		case err != nil:
			return err
		case kind == 'Z': // ReadyForQuery
			return nil
		case kind == 'R' && string(content) != "\x00\x00\x00\x00": // It asks for a password.
			return errAnswer
		case !strings.ContainsRune("RSKN", rune(kind)):
			return errAnswer
		}
	}
}

func (overPostgres) get(l *link, k uint64) (string, error) {
	var out []byte
	if !l.parsed {
		out = appendMessage(out, 'P', "item\x00SELECT value FROM items WHERE id = $1\x00\x00\x00")
		l.parsed = true
	}
	text := strconv.FormatUint(k, 10)
	bind := binary.BigEndian.AppendUint32([]byte("\x00item\x00\x00\x00\x00\x01"), uint32(len(text)))
	out = appendMessage(out, 'B', string(bind)+text+"\x00\x00")
	out = appendMessage(out, 'E', "\x00\x00\x00\x00\x00")
	out = appendMessage(out, 'S', "")
	if _, err := l.Write(out); err != nil {
		return "", err
	}
	value, rows := "", 0
	for {
		kind, content, err := readMessage(l.in)
		switch {
		case err != nil:
			return "", err
		case kind == 'Z' && rows == 1:
			return value, nil
		case kind == 'D': // One column, its length, and the value. The length of a null is -1.
			if len(content) < 6 || content[0] != 0 || content[1] != 1 || binary.BigEndian.Uint32(content[2:]) != uint32(len(content)-6) {
				return "", errAnswer
			}
			value = string(content[6:])
			rows++
		case !strings.ContainsRune("12CNS", rune(kind)): // An error, or no row before the end.
			return "", errAnswer
		}
	}
}

// A message is its kind, its length without the kind, and its content.
func appendMessage(out []byte, kind byte, content string) []byte {
	out = binary.BigEndian.AppendUint32(append(out, kind), uint32(4+len(content)))
	return append(out, content...)
}

func readMessage(in *bufio.Reader) (kind byte, content []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size < 4 || size > mostAnswer {
		return 0, nil, errAnswer
	}
	content = make([]byte, size-4)
	_, err = io.ReadFull(in, content)
	return head[0], content, err
}
