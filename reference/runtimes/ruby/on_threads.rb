# frozen_string_literal: true

# A thread per unit.
require_relative "image"
require_relative "refusal"
require_relative "work"

module OnThreads
  JOBS = %w[count sha256 image shared-count spawn sleepers ping-pong].freeze
  DISCIPLINES = %w[plain mutex channel local across-await].freeze
  Counter = Struct.new(:value)

  module_function

  def run(job, units, size, discipline, together)
    case job
    when "shared-count" then shared_count(units, size, discipline, together)
    when "spawn" then spawn(units, size)
    when "sleepers" then run_units(units, together: true) { Work.sleep_for(size) }
    when "ping-pong" then ping_pong(size)
    else run_units(units) { |index| Work.public_send(job, index, units, size) }
    end
  end

  def shared_count(units, size, discipline, together)
    counter = Counter.new(0)
    lock = Mutex.new
    numbers = SizedQueue.new(1024)
    add = {
      "plain" => ->(_) { size.times { counter.value += 1 } },
      "mutex" => ->(_) { size.times { lock.synchronize { counter.value += 1 } } },
      "channel" => lambda do |index|
        if index.positive?
          size.times { numbers << 1 }
        else
          ((units - 1) * size).times { counter.value += numbers.pop }
        end
      end,
      "local" => lambda do |index|
        n = Work.count(index, units, size)
        lock.synchronize { counter.value += n }
      end,
      "across-await" => lambda do |_|
        size.times do
          seen = counter.value
          Thread.pass
          counter.value = seen + 1
        end
      end
    }.fetch(discipline)
    run_units(units, together: together, &add).merge(answer: counter.value)
  end

  def spawn(units, size)
    outcome = run_units(units) { size.times.sum { start(units) { 1 }.value } }
    outcome.merge(units_created: units + units * size)
  end

  def ping_pong(size)
    pings = Queue.new
    pongs = Queue.new
    ping = lambda do
      number = 0
      size.times do
        pings << number
        number = pongs.pop
      end
      number
    end
    pong = lambda do
      size.times { pongs << pings.pop + 1 }
      0
    end
    run_units(2, together: true) { |index| [ping, pong][index].call }
  end

  def run_units(units, together: false)
    # Others may wait for a thread that has failed: the main thread fails with it, and is the one to say so.
    Thread.abort_on_exception = true
    Thread.report_on_exception = false
    gate = Queue.new
    gate.close unless together
    begin_ns = Work.monotonic_ns
    threads = Array.new(units) do |index|
      start(units) do
        gate.pop # Until it is closed.
        yield index
      end
    end
    alive = threads.count(&:alive?)
    work_begin_ns = Work.monotonic_ns
    gate.close
    answers = threads.map(&:value)
    end_ns = Work.monotonic_ns
    outcome = { answer: answers.sum, elapsed_ns: end_ns - begin_ns, units_created: units }
    together ? outcome.merge(work_ns: end_ns - work_begin_ns, peak_live_units: alive) : outcome
  end

  def start(units, &unit)
    Thread.new(&unit)
  rescue ThreadError
    raise Refusal.new("no further thread", "#{units} units")
  end
end
