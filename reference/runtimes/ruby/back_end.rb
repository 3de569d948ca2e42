# frozen_string_literal: true

# The client of the back end: the pool of connections of a process, and the three protocols.
require "io/wait"
require "socket"
require "uri"

# What a request asks of the back end.
Calls = Struct.new(:count, :first, :at_once) do
  def items = Array.new(count) { |i| (first + i) % self.class::ITEMS }
end
Calls::ITEMS = 10_000
Calls::MOST = 16

class LateError < StandardError; end
class NoValueError < StandardError; end # The back end did not answer with a value.

# A protocol, of which each connection has one, knows nothing of who waits. take() removes the answer from the beginning of what
# has come, and returns nil when it is not complete.

class OverHttp
  attr_reader :opening, :ends # The back end closes the connection.

  def initialize(host)
    @host = host
  end

  def ask(item) = "GET /id/#{item} HTTP/1.1\r\nHost: #{@host}\r\n\r\n"

  def take(buffer)
    stop = buffer.index("\r\n\r\n")
    return unless stop

    head = buffer.byteslice(0, stop + 2)
    size = head[/\r\ncontent-length:[ \t]*(\d{1,5})[ \t]*\r\n/i, 1]
    raise NoValueError, head unless head.start_with?("HTTP/1.1 200 ") && size
    return if buffer.bytesize < stop + 4 + size.to_i

    @ends = head.match?(/\r\nconnection:[ \t]*close[ \t]*\r\n/i)
    buffer.slice!(0, stop + 4)
    buffer.slice!(0, size.to_i)
  end
end

class OverRedis
  attr_reader :opening, :ends

  def initialize(_host); end

  def ask(item)
    key = "item:#{item}"
    "*2\r\n$3\r\nGET\r\n$#{key.bytesize}\r\n#{key}\r\n"
  end

  def take(buffer)
    stop = buffer.index("\r\n")
    return unless stop

    size = buffer.byteslice(0, stop)[/\A\$(\d{1,5})\z/, 1]
    raise NoValueError, buffer unless size
    return if buffer.bytesize < stop + size.to_i + 4

    buffer.slice!(0, stop + 2)
    answer = buffer.slice!(0, size.to_i)
    raise NoValueError, answer unless buffer.slice!(0, 2) == "\r\n"

    answer
  end
end

# Protocol 3.0 by the extended query: https://www.postgresql.org/docs/current/protocol.html
class OverPostgres
  PARAMETERS = "user\0bakeoff\0database\0bakeoff\0\0"
  MOST_MESSAGE = 65_536

  attr_reader :ends

  def initialize(_host)
    @expected = "RSKN" # Before ReadyForQuery: authentication, parameters, the key of the process, notices.
  end

  def opening = [8 + PARAMETERS.bytesize, 3 << 16].pack("NN") + PARAMETERS

  def ask(item)
    text = item.to_s
    parse = @parsed ? "" : message("P", "item\0SELECT value FROM items WHERE id = $1\0\0\0")
    @parsed = true
    bind = message("B", "\0item\0\0\0\0\1#{[text.bytesize].pack("N")}#{text}\0\0")
    parse + bind + message("E", "\0\0\0\0\0") + message("S", "")
  end

  # The value of the row; that of the opening is "".
  def take(buffer)
    value = @expected == "RSKN" ? "" : nil
    at = 0
    while buffer.bytesize >= at + 5
      kind, size = buffer.byteslice(at, 5).unpack("aN")
      raise NoValueError, kind unless size.between?(4, MOST_MESSAGE)
      return if buffer.bytesize < at + 1 + size

      content = buffer.byteslice(at + 5, size - 4)
      at += 1 + size
      if kind == "Z" && value
        buffer.slice!(0, at)
        @expected = "12CNS" # From now on.
        return value
      elsif kind == "D" && value.nil?
        columns, length = content.unpack("nN")
        value = content.byteslice(6, length.to_i)
        raise NoValueError, content unless columns == 1 && length == content.bytesize - 6 # The length of a null is -1.
      elsif !@expected.include?(kind) || (kind == "R" && content != "\0\0\0\0") # An error, or a password is asked for.
        raise NoValueError, content
      end
    end
  end

  private

  def message(kind, content) = kind + [4 + content.bytesize].pack("N") + content
end

# It is made by the first call, and again by the next one after a failure. It has one call at a time.
class BackEndConnection
  MOST_ANSWER = 65_536
  PROTOCOLS = { "http" => OverHttp, "redis" => OverRedis, "postgres" => OverPostgres }.freeze

  def self.left(due)
    left = due - Process.clock_gettime(Process::CLOCK_MONOTONIC)
    left.positive? ? left : raise(LateError)
  end

  def initialize(uri)
    @uri = uri
  end

  def ask(item, due)
    open(due) unless @socket
    @socket.write(@protocol.ask(item))
  end

  def receive(due)
    until (answer = @protocol.take(@buffer))
      raise LateError unless @socket.wait_readable(self.class.left(due))

      chunk = @socket.read_nonblock(65_536, exception: false)
      raise NoValueError, "the connection has ended" if chunk.nil? || @buffer.bytesize > MOST_ANSWER

      @buffer << chunk unless chunk == :wait_readable
    end
    close if @protocol.ends
    answer
  end

  def close
    @socket&.close
    @socket = nil
  end

  private

  def open(due)
    @socket = Socket.tcp(@uri.host, @uri.port, connect_timeout: self.class.left(due))
    @protocol = PROTOCOLS.fetch(@uri.scheme).new("#{@uri.host}:#{@uri.port}")
    @buffer = String.new
    return unless @protocol.opening

    @socket.write(@protocol.opening)
    receive(due)
  end
end

# Thread::Queue cannot stop waiting at some time before Ruby 3.2, so the pool is a ConditionVariable and an array. A thread that
# comes when a connection is given back may take it before the one that was woken for it, which then waits behind the others.
class BackEnd
  def initialize(url, pool, timeout)
    @timeout = timeout
    @free = Array.new(pool) { BackEndConnection.new(URI(url)) } # The one that was free last is at the end.
    @lock = Mutex.new
    @freed = ConditionVariable.new
  end

  # The status and the body that the calls come to.
  def answer(calls)
    answers = calls.at_once ? call(calls.items) : calls.items.flat_map { |item| call([item]) }
    [200, answers.join(" ")]
  rescue LateError, Errno::ETIMEDOUT
    [504, "Gateway Timeout"]
  rescue NoValueError, SystemCallError, IOError
    [502, "Bad Gateway"]
  end

  private

  # Asks over all connections that are free, and over one at least, then reads from each in turn; and so on with the rest.
  def call(items)
    due = Process.clock_gettime(Process::CLOCK_MONOTONIC) + @timeout
    answers = []
    while answers.size < items.size
      lent = [wait(due)]
      begin
        items.drop(answers.size).each_with_index do |item, i|
          another = i.zero? ? lent.first : @lock.synchronize { @free.pop }
          break unless another

          lent << another unless i.zero?
          another.ask(item, due)
        end
        until lent.empty?
          answers << lent.first.receive(due)
          give_back(lent.shift)
        end
      ensure
        lent.each { |connection| discard(connection) } # A call has failed.
      end
    end
    answers
  end

  def wait(due)
    @lock.synchronize do
      @freed.wait(@lock, BackEndConnection.left(due)) while @free.empty?
      @free.pop
    end
  end

  def give_back(connection)
    @lock.synchronize do
      @free.push(connection)
      @freed.signal
    end
  end

  def discard(connection)
    connection.close
    @lock.synchronize do
      @free.unshift(connection)
      @freed.signal
    end
  end
end
