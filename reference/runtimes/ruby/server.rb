# frozen_string_literal: true

# A thread per connection (ruby-threads): the GVL lets one of them run Ruby at a time, and the others wait for their sockets.
# Or processes that were forked before and take a connection at a time each (ruby-processes).
require "etc"
require "json"
require "socket"
require "time"
require_relative "back_end"

MASK = 2**64 - 1

class ProtocolError < StandardError; end # Its message is the last reply.

def work(n)
  state = answer = n
  n.times do
    state = (state + 0x9e3779b97f4a7c15) & MASK
    z = ((state ^ (state >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    answer = ((answer ^ z ^ (z >> 31)) * 0x9e3779b97f4a7c15) & MASK
  end
  answer
end

# take() returns the reply, the seconds to wait before it, whether the connection stays open, and a file that follows the
# reply, if any; nil when no request is complete. A reply that has to be asked for is a function.

# HTTP/1.1 on the connection itself: requests without a body.
class Http
  REASONS = { 200 => "OK", 400 => "Bad Request", 404 => "Not Found", 405 => "Method Not Allowed",
              502 => "Bad Gateway", 504 => "Gateway Timeout", 431 => "Request Header Fields Too Large" }.freeze
  READS = %w[GET HEAD].freeze
  MOST_HEAD = 8192

  # The back end is nil where there is none.
  def initialize(files, back_end)
    @files = files
    @back_end = back_end
  end

  def take(buffer)
    stop = buffer.index("\r\n\r\n")
    raise ProtocolError, reply(431, "", "close", true) if (stop || buffer.bytesize) > MOST_HEAD
    return unless stop

    line, *fields = buffer.slice!(0, stop + 4).lstrip.split("\r\n")
    method, target, version, rest = line.to_s.split(/ /, -1)
    keep = version == "HTTP/1.1"
    good = rest.nil? && (keep || version == "HTTP/1.0")
    hosts = 0
    fields.each do |field|
      name, value = field.split(":", 2)
      value = value.to_s.strip.downcase
      case name.downcase
      when "host" then hosts += 1
      when "connection" then keep = value == "keep-alive" || (keep && value != "close")
      when "content-length" then good &&= value == "0"
      when "transfer-encoding" then good = false
      end
    end
    good &&= version == "HTTP/1.0" || hosts == 1
    raise ProtocolError, reply(400, "Bad Request", "close", true) unless good

    status, body, wait = answer(method, target)
    connection = keep ? ("keep-alive" if version == "HTTP/1.0") : "close"
    return [-> { reply(*@back_end.answer(body), connection, method != "HEAD") }, wait, keep] if body.is_a?(Calls)
    return [reply(status, body, connection, method != "HEAD"), wait, keep] unless body.is_a?(File)

    head = reply(status, body, connection, false)
    body.close if method == "HEAD"
    [head, wait, keep, (body unless method == "HEAD")]
  end

  private

  # The status, the body (of /file/<k>, an opened file; of /call/<k>, the calls), and the seconds to wait before them.
  def answer(method, target)
    path = target.split("?", 2).first.to_s
    kind, text = path.match(%r{\A(/id/|/wait/|/work/|/file/)(.*)\z}m)&.captures
    return answer_with_calls(method, path) unless kind || path == "/"

    most = { "/id/" => MASK, "/wait/" => 60_000_000, "/work/" => 1_000_000_000, "/file/" => MASK }[kind]
    return [400, "Bad Request", 0] if kind && !(text.match?(/\A(0|[1-9]\d{0,19})\z/) && text.to_i <= most)
    return [405, "Method Not Allowed", 0] unless READS.include?(method)

    case kind
    when "/wait/" then [200, "waited #{text}", text.to_i / 1e6]
    when "/work/" then [200, work(text.to_i).to_s, 0]
    when "/file/" then open_file(text)
    else [200, kind ? text : "Hello, World!", 0]
    end
  end

  def answer_with_calls(method, path)
    kind, text = @back_end && path.match(%r{\A/(call|calls|calls-at-once)/(.*)\z}m)&.captures
    return [404, "Not Found", 0] unless kind

    words = kind == "call" ? ["1", text] : text.split("/", -1)
    count, first = words.map { |word| word.to_i if word.match?(/\A(0|[1-9]\d{0,3})\z/) }
    return [400, "Bad Request", 0] unless words.size == 2 && first && count&.between?(1, Calls::MOST)
    return [405, "Method Not Allowed", 0] unless READS.include?(method)

    [200, Calls.new(count, first, kind == "calls-at-once"), 0]
  end

  def open_file(name)
    [200, File.open("#{@files}/file/#{name}", "rb"), 0]
  rescue SystemCallError
    [404, "Not Found", 0]
  end

  def reply(status, body, connection, with_body)
    now = Time.now
    @second, @date = now.to_i, now.httpdate if @second != now.to_i
    "HTTP/1.1 #{status} #{REASONS[status]}\r\nDate: #{@date}\r\nContent-Type: text/plain\r\n" \
      "Content-Length: #{body.is_a?(File) ? body.size : body.bytesize}\r\n#{"Connection: #{connection}\r\n" if connection}\r\n#{body if with_body}"
  end
end

# PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings.
class Counter
  VALUES = {}
  LOCK = Mutex.new
  ARGUMENTS = { "PING" => 0, "SET" => 2, "GET" => 1, "INCR" => 1, "FLUSHALL" => 0 }.freeze
  MOST_MESSAGE = 4 * 2**20

  def take(buffer)
    raise ProtocolError, "-ERR Protocol error: too long\r\n" if buffer.bytesize > MOST_MESSAGE + 65_536

    count, at = length(buffer, 0, "*", 1024)
    return unless count

    words = []
    count.times do
      size, at = length(buffer, at, "$", MOST_MESSAGE)
      return unless size && buffer.bytesize >= at + size + 2

      words << buffer.byteslice(at, size)
      at += size + 2
    end
    buffer.slice!(0, at)
    [run(*words), 0, true]
  end

  private

  # The number in the line that begins at `at`, and where the next line begins; nil when it has not come.
  def length(buffer, at, kind, most)
    stop = buffer.index("\r\n", at)
    raise ProtocolError, "-ERR Protocol error: invalid length\r\n" if (stop || buffer.bytesize) - at > 16
    return unless stop

    digits = buffer.byteslice(at + 1, [stop - at - 1, 0].max)
    good = buffer.byteslice(at, 1) == kind && digits.match?(/\A\d{1,7}\z/) && digits.to_i <= most
    raise ProtocolError, "-ERR Protocol error: invalid length\r\n" unless good

    [digits.to_i, stop + 2]
  end

  def run(name = nil, *given)
    return "" unless name

    command = name.upcase
    expected = ARGUMENTS[command]
    return "-ERR unknown command\r\n" unless expected
    return bulk(given[0]) if command == "PING" && given.size == 1
    return "-ERR wrong number of arguments\r\n" unless given.size == expected

    case command
    when "PING" then "+PONG\r\n"
    when "SET"
      LOCK.synchronize { VALUES[given[0]] = given[1] }
      "+OK\r\n"
    when "GET"
      value = VALUES[given[0]]
      value ? bulk(value) : "$-1\r\n"
    when "INCR" then LOCK.synchronize { increment(given[0]) } # A thread may be stopped between the read and the write.
    else
      LOCK.synchronize { VALUES.clear }
      "+OK\r\n"
    end
  end

  def bulk(value) = "$#{value.bytesize}\r\n#{value}\r\n"

  def increment(key)
    value = VALUES.fetch(key, "0")
    number = value.match?(/\A(0|-?[1-9]\d{0,18})\z/) ? value.to_i : 2**63
    return "-ERR value is not an integer or out of range\r\n" unless number.between?(-2**63, 2**63 - 1)
    return "-ERR increment or decrement would overflow\r\n" if number == 2**63 - 1

    VALUES[key] = (number + 1).to_s
    ":#{number + 1}\r\n"
  end
end

# Messages are sent back as they come.
class Echo
  def talk(connection)
    chunk = String.new(capacity: 4096)
    loop { connection.write(connection.readpartial(4096, chunk)) }
  end
end

# Requests are taken from what has come.
class Conversation
  MOST_REPLIES = 65_536

  def initialize(protocol)
    @protocol = protocol
  end

  def talk(connection)
    buffer = String.new
    chunk = String.new(capacity: 4096)
    replies = String.new
    loop do
      buffer << connection.readpartial(4096, chunk)
      while (reply, wait, keep, file = @protocol.take(buffer))
        if wait.positive?
          send(connection, replies)
          sleep(wait)
        end
        if reply.is_a?(Proc)
          send(connection, replies)
          reply = reply.call
        end
        replies << reply
        send_file(connection, replies, file) if file
        return send(connection, replies) unless keep

        send(connection, replies) if replies.bytesize > MOST_REPLIES
      end
      send(connection, replies)
    end
  rescue ProtocolError => e
    send(connection, replies << e.message)
  end

  private

  # By sendfile(), where the system has it.
  def send_file(connection, replies, file)
    send(connection, replies)
    IO.copy_stream(file, connection)
  ensure
    file.close
  end

  def send(connection, replies)
    connection.write(replies) unless replies.empty?
    replies.clear
  end
end

def serve(connection, conversation)
  conversation.talk(connection)
rescue SystemCallError, IOError
  # The peer has gone.
ensure
  connection.close
end

def accept(listener)
  loop do
    connection = listener.accept
    connection.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    yield connection
  rescue SystemCallError, ThreadError # No descriptor or no thread is left, say.
    connection&.close
    sleep(0.01)
  end
end

def ready(listener)
  jit = defined?(RubyVM::YJIT) && RubyVM::YJIT.enabled?
  runtime = { name: RUBY_ENGINE, version: RUBY_VERSION, cpus: Etc.nprocessors, collector: "generations",
              flags: [jit ? "yjit" : "no jit"] }
  $stdout.puts(JSON.generate(ready: true, port: listener.addr[1], runtime: runtime))
  $stdout.flush
end

model, workload, port, files, url, pool, call_timeout, processes = ARGV
back_end = BackEnd.new(url, Integer(pool || 8), Integer(call_timeout || 1000) / 1000.0) unless [nil, "none"].include?(url)
talks = { "echo" => -> { Echo.new }, "http" => -> { Conversation.new(Http.new(files, back_end)) },
          "counter" => -> { Conversation.new(Counter.new) } }.fetch(workload)
listener = TCPServer.new("127.0.0.1", port.to_i)
listener.listen(4096)
if model == "threads"
  trap("TERM") { exit!(0) }
  ready(listener)
  accept(listener) { |connection| Thread.new { serve(connection, talks.call) } }
else
  children = []
  trap("TERM") do
    children.each { |child| Process.kill("TERM", child) rescue nil } # It may have ended.
    Process.waitall
    exit!(0)
  end
  processes.to_i.times do
    children << fork do
      trap("TERM", "SYSTEM_DEFAULT")
      accept(listener) { |connection| serve(connection, talks.call) }
    end
  end
  ready(listener)
  Process.waitall
end
