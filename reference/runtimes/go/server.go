// A goroutine per connection. Each call blocks its goroutine only: the runtime parks it, waits in epoll for all of them,
// and runs the others on GOMAXPROCS threads.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	port := flag.String("port", "0", "where to listen on 127.0.0.1")
	server := flag.String("server", "raw", "http on the connection itself, or by net/http: raw or library")
	flag.StringVar(&files, "files", "", "below it lie the files of /file/<k>")
	backEndURL := flag.String("back-end", "none", "whom /call/<k> calls: http, redis or postgres, as http://127.0.0.1:PORT; or none")
	pool := flag.Int("pool", 8, "connections to the back end at most")
	callTimeout := flag.Int("call-timeout-ms", 1000, "what a call may take")
	flag.Parse()
	back = newBackEnd(*backEndURL, *pool, time.Duration(*callTimeout)*time.Millisecond)
	talk := map[string]func(net.Conn) error{
		"echo": echo, "http": rawHTTP, "counter": (&store{values: map[string][]byte{}}).talk}[flag.Arg(0)]
	if talk == nil {
		log.Fatalf("found %q, expected echo, http or counter", flag.Arg(0))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+*port)
	if err != nil {
		log.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		if *server == "library" {
			quiet := log.New(io.Discard, "", 0)
			log.Fatal((&http.Server{Handler: http.HandlerFunc(handle), ErrorLog: quiet}).Serve(listener))
		}
		accept(listener, talk)
	}()
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"ready": true, "port": listener.Addr().(*net.TCPAddr).Port, "runtime": facts()})
	<-stop
}

var files string
var back *backEnd // nil where there is none.

func accept(listener net.Listener, talk func(net.Conn) error) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			time.Sleep(10 * time.Millisecond) // No descriptor is left, say.
			continue
		}
		go func() {
			defer connection.Close()
			talk(connection)
		}()
	}
}

func echo(connection net.Conn) error {
	buffer := make([]byte, 4096)
	for {
		n, err := connection.Read(buffer)
		if err != nil {
			return err
		}
		if _, err := connection.Write(buffer[:n]); err != nil {
			return err
		}
	}
}

// flushFirst sends what has been written before it blocks for more input.
type flushFirst struct {
	net.Conn
	out *bufio.Writer
}

func (f flushFirst) Read(buffer []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.Conn.Read(buffer)
}

const mostHead, mostMessage = 8 << 10, 4 << 20

var errProtocol = errors.New("not a request")

// What a target asks for: a status and a body, after a wait or so many rounds of work, a file, or calls of the back end.
type request struct {
	status int
	body   string
	wait   time.Duration
	rounds uint64
	file   string
	calls  calls
}

var notFound = request{status: http.StatusNotFound, body: "Not Found"}

func asked(method, target string) request {
	path, _, _ := strings.Cut(target, "?")
	known := request{status: http.StatusOK}
	good := true
	switch {
	case path == "/":
		known.body = "Hello, World!"
	case strings.HasPrefix(path, "/id/"):
		_, good = number(path[len("/id/"):], math.MaxUint64)
		known.body = path[len("/id/"):]
	case strings.HasPrefix(path, "/wait/"):
		var us uint64
		us, good = number(path[len("/wait/"):], 60_000_000)
		known.wait, known.body = time.Duration(us)*time.Microsecond, "waited "+path[len("/wait/"):]
	case strings.HasPrefix(path, "/work/"):
		known.rounds, good = number(path[len("/work/"):], 1_000_000_000)
	case strings.HasPrefix(path, "/file/"):
		known.file = path[len("/file/"):]
		_, good = number(known.file, math.MaxUint64)
	case back != nil && strings.HasPrefix(path, "/call/"):
		known.calls, good = callsOf("1/"+path[len("/call/"):], false)
	case back != nil && strings.HasPrefix(path, "/calls/"):
		known.calls, good = callsOf(path[len("/calls/"):], false)
	case back != nil && strings.HasPrefix(path, "/calls-at-once/"):
		known.calls, good = callsOf(path[len("/calls-at-once/"):], true)
	default:
		return notFound
	}
	if !good {
		return request{status: http.StatusBadRequest, body: "Bad Request"}
	}
	if method != "GET" && method != "HEAD" {
		return request{status: http.StatusMethodNotAllowed, body: "Method Not Allowed"}
	}
	return known
}

func callsOf(text string, atOnce bool) (calls, bool) {
	const mostCalls = 16
	left, right, _ := strings.Cut(text, "/")
	count, goodCount := number(left, mostCalls)
	first, goodFirst := number(right, mostItems-1)
	return calls{count, first, atOnce}, goodCount && goodFirst && count > 0
}

// Digits without a sign or leading zeros.
func number(text string, most uint64) (uint64, bool) {
	value, err := strconv.ParseUint(text, 10, 64)
	return value, err == nil && value <= most && (len(text) == 1 || text[0] != '0')
}

// open returns the file that is asked for, and its size; nil where none is, or the request that stands for it then.
func (r *request) open() (*os.File, int64) {
	if r.file == "" {
		return nil, 0
	}
	file, err := os.Open(files + "/file/" + r.file)
	if err != nil {
		*r = notFound
		return nil, 0
	}
	facts, err := file.Stat()
	if err != nil {
		file.Close()
		*r = notFound
		return nil, 0
	}
	return file, facts.Size()
}

// run waits, works or calls, and returns the body. What the calls came to may change the status.
func (r *request) run() (body string) {
	if r.wait > 0 {
		time.Sleep(r.wait)
	}
	if r.calls.count > 0 {
		r.status, body = back.answer(r.calls)
		return body
	}
	if r.body == "" {
		return strconv.FormatUint(work(r.rounds), 10)
	}
	return r.body
}

func work(n uint64) uint64 {
	state, answer := n, n
	for i := uint64(0); i < n; i++ {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
		answer = (answer ^ z) * 0x9e3779b97f4a7c15
	}
	return answer
}

// HTTP/1.1 on the connection itself: requests without a body.
func rawHTTP(connection net.Conn) error {
	out := bufio.NewWriter(connection)
	in := bufio.NewReaderSize(flushFirst{connection, out}, mostHead)
	defer out.Flush()
	var clock clock
	for {
		method, target, head, err := readHead(in)
		if err != nil && !errors.Is(err, errProtocol) {
			return err
		}
		reply := request{status: http.StatusBadRequest, body: "Bad Request"}
		if err == nil {
			reply = asked(method, target)
		}
		if reply.wait > 0 || reply.body == "" && reply.file == "" {
			if err := out.Flush(); err != nil { // The replies before it do not wait.
				return err
			}
		}
		file, size := reply.open()
		body := ""
		if file == nil {
			body = reply.run()
			size = int64(len(body))
		}
		out.WriteString("HTTP/1.1 ")
		out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(reply.status), 10))
		out.WriteByte(' ')
		out.WriteString(http.StatusText(reply.status))
		out.WriteString("\r\nDate: ")
		out.Write(clock.date())
		out.WriteString("\r\nContent-Type: text/plain\r\nContent-Length: ")
		out.Write(strconv.AppendInt(out.AvailableBuffer(), size, 10))
		if !head.keep {
			out.WriteString("\r\nConnection: close")
		} else if head.old {
			out.WriteString("\r\nConnection: keep-alive")
		}
		out.WriteString("\r\n\r\n")
		if method != "HEAD" {
			out.WriteString(body)
		}
		if file != nil {
			err := send(connection, out, file, method == "HEAD")
			file.Close()
			if err != nil {
				return err
			}
		}
		if !head.keep {
			return nil
		}
	}
}

// send hands the file to the connection itself, which has the kernel copy it: sendfile().
func send(connection net.Conn, out *bufio.Writer, file *os.File, headOnly bool) error {
	if headOnly {
		return nil
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := io.Copy(connection, file)
	return err
}

type head struct {
	old, keep bool // HTTP/1.0; the connection stays open.
}

func readHead(in *bufio.Reader) (method, target string, h head, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", "", h, tooLong(err)
	}
	size := len(line)
	method, rest, _ := strings.Cut(string(bytes.TrimRight(line, "\r\n")), " ")
	target, version, _ := strings.Cut(rest, " ")
	h.old, h.keep = version == "HTTP/1.0", version == "HTTP/1.1"
	hosts, good := 0, h.old || h.keep
	for good {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", "", head{}, tooLong(err)
		}
		size += len(line)
		name, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if len(name) == 0 && len(line) <= 2 {
			break
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Host")):
			hosts++
		case bytes.EqualFold(name, []byte("Connection")):
			h.keep = bytes.EqualFold(value, []byte("keep-alive")) || h.keep && !bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")),
			bytes.EqualFold(name, []byte("Content-Length")) && string(value) != "0":
			good = false
		}
		good = good && size <= mostHead
	}
	if !good || !h.old && hosts != 1 {
		return method, "", head{}, errProtocol
	}
	return method, target, h, nil
}

func tooLong(err error) error {
	if errors.Is(err, bufio.ErrBufferFull) {
		return errProtocol
	}
	return err
}

// A clock makes the text of the date once a second.
type clock struct {
	second int64
	text   []byte
}

func (c *clock) date() []byte {
	if now := time.Now(); now.Unix() != c.second {
		c.second, c.text = now.Unix(), now.UTC().AppendFormat(c.text[:0], http.TimeFormat)
	}
	return c.text
}

// The same by net/http, which reads the request and writes the reply.
func handle(writer http.ResponseWriter, r *http.Request) {
	reply := asked(r.Method, r.URL.EscapedPath())
	writer.Header().Set("Content-Type", "text/plain")
	if file, _ := reply.open(); file != nil {
		defer file.Close()
		http.ServeContent(writer, r, "", time.Time{}, file)
		return
	}
	body := reply.run()
	writer.WriteHeader(reply.status)
	io.WriteString(writer, body)
}

type store struct {
	mutex  sync.Mutex
	values map[string][]byte
}

// The commands PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings.
func (s *store) talk(connection net.Conn) error {
	out := bufio.NewWriter(connection)
	in := bufio.NewReader(flushFirst{connection, out})
	defer out.Flush()
	var command command
	for {
		if err := command.read(in); err != nil {
			if errors.Is(err, errProtocol) {
				out.WriteString("-ERR Protocol error\r\n")
			}
			return err
		}
		if len(command.words) > 0 {
			s.run(command.words, out)
		}
	}
}

// A command's words lie in one buffer, which the next command uses again.
type command struct {
	words [][]byte
	bytes []byte
}

func (c *command) read(in *bufio.Reader) error {
	const mostWords = 1 << 10
	c.words, c.bytes = c.words[:0], c.bytes[:0]
	count, err := readLength(in, '*', mostWords)
	if err != nil {
		return err
	}
	for ; count > 0; count-- {
		size, err := readLength(in, '$', mostMessage)
		if err != nil {
			return err
		}
		begin := len(c.bytes)
		if begin+size > mostMessage {
			return errProtocol
		}
		for len(c.bytes) < begin+size+2 { // No more memory than has come.
			piece := begin + size + 2 - len(c.bytes)
			if piece > 64<<10 {
				piece = 64 << 10
			}
			at := len(c.bytes)
			c.bytes = append(c.bytes, make([]byte, piece)...)
			if _, err := io.ReadFull(in, c.bytes[at:]); err != nil {
				return err
			}
		}
		c.words = append(c.words, c.bytes[begin:begin+size])
	}
	return nil
}

func readLength(in *bufio.Reader, kind byte, most int) (int, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, tooLong(err)
	}
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || line[0] != kind {
		return 0, errProtocol
	}
	length, err := strconv.Atoi(string(line[1:]))
	if err != nil || length < 0 || length > most {
		return 0, errProtocol
	}
	return length, nil
}

func (s *store) run(words [][]byte, out *bufio.Writer) {
	is := func(name string, arguments int) bool {
		return len(words) == 1+arguments && len(words[0]) == len(name) && strings.EqualFold(string(words[0]), name)
	}
	switch {
	case is("PING", 0):
		out.WriteString("+PONG\r\n")
	case is("PING", 1):
		writeBulk(out, words[1])
	case is("SET", 2):
		s.set(words[1], words[2])
		out.WriteString("+OK\r\n")
	case is("GET", 1):
		value, found := s.get(words[1])
		if !found {
			out.WriteString("$-1\r\n")
			return
		}
		writeBulk(out, value)
	case is("INCR", 1):
		value, err := s.increment(words[1])
		if err != "" {
			out.WriteString(err)
			return
		}
		out.WriteByte(':')
		out.Write(strconv.AppendInt(out.AvailableBuffer(), value, 10))
		out.WriteString("\r\n")
	case is("FLUSHALL", 0):
		s.flush()
		out.WriteString("+OK\r\n")
	default:
		out.WriteString("-ERR unknown command or wrong number of arguments\r\n")
	}
}

func writeBulk(out *bufio.Writer, value []byte) {
	out.WriteByte('$')
	out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(len(value)), 10))
	out.WriteString("\r\n")
	out.Write(value)
	out.WriteString("\r\n")
}

func (s *store) set(key, value []byte) {
	copied := append([]byte(nil), value...)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.values[string(key)] = copied
}

// A value is replaced and never changed, so it may be read without the lock.
func (s *store) get(key []byte) ([]byte, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	value, found := s.values[string(key)]
	return value, found
}

func (s *store) increment(key []byte) (int64, string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	value, found := s.values[string(key)]
	number := int64(0)
	if found {
		var err error
		number, err = strconv.ParseInt(string(value), 10, 64)
		if err != nil || strconv.FormatInt(number, 10) != string(value) {
			return 0, "-ERR value is not an integer or out of range\r\n"
		}
	}
	if number == math.MaxInt64 {
		return 0, "-ERR increment or decrement would overflow\r\n"
	}
	s.values[string(key)] = strconv.AppendInt(nil, number+1, 10)
	return number + 1, ""
}

func (s *store) flush() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.values = map[string][]byte{}
}
