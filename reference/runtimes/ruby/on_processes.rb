# frozen_string_literal: true

# A forked process per unit. They share no memory, and answer through a pipe.
require "set"
require "timeout"
require_relative "image"
require_relative "refusal"
require_relative "work"

module OnProcesses
  JOBS = %w[count sha256 image spawn sleepers ping-pong].freeze
  DISCIPLINES = [].freeze

  module_function

  def run(job, units, size, _discipline, _together)
    case job
    when "spawn" then spawn(units, size)
    when "sleepers" then run_units(units, together: true) { Work.sleep_for(size) }
    when "ping-pong" then ping_pong(size)
    else run_units(units) { |index| Work.public_send(job, index, units, size) }
    end
  end

  def spawn(units, size)
    outcome = run_units(units) do
      reader, writer = IO.pipe
      size.times.sum do
        start(units) { writer.puts 1 }
        answer_of(Process.wait2.last, reader, units).first
      end
    end
    outcome.merge(units_created: units + units * size)
  end

  def ping_pong(size)
    pings, to_pong = IO.pipe
    pongs, to_ping = IO.pipe
    ping = lambda do
      number = 0
      size.times do
        to_pong.puts number
        number = Integer(pongs.gets)
      end
      number
    end
    pong = lambda do
      size.times { to_ping.puts Integer(pings.gets) + 1 }
      0
    end
    run_units(2, together: true) { |index| [ping, pong][index].call }
  end

  def run_units(units, together: false)
    running = Set.new
    gate = Gate.new if together
    reader, writer = IO.pipe
    begin_ns = Work.monotonic_ns
    within_a_minute(units) do |index|
      running << start(units) do
        gate&.wait
        began = Work.monotonic_ns
        answer = yield index
        writer.puts [answer, began, Work.monotonic_ns].join(" ")
      end
    end
    gate&.open
    answers = Array.new(units) do
      process, status = Process.wait2 # Whichever ends next: others may wait for one that has failed.
      running.delete(process)
      answer_of(status, reader, units)
    end
    end_ns = Work.monotonic_ns
    outcome = { answer: answers.sum(&:first), elapsed_ns: end_ns - begin_ns, units_created: units }
    return outcome unless together

    # None has ended before all had come to the gate.
    outcome.merge(work_ns: answers.map(&:last).max - answers.map { |_, began| began }.min, peak_live_units: units)
  ensure
    running.each do |process|
      Process.kill(:KILL, process)
      Process.wait(process)
    end
  end

  # When the system gives no process, fork asks again every second for ever.
  def within_a_minute(units, &make)
    Timeout.timeout(60) { units.times(&make) }
  rescue Timeout::Error
    raise no_process(units)
  end

  def start(units)
    fork do
      yield
      exit!(0) # Without what Ruby does at an exit, which copies pages of the parent.
    rescue Refusal
      exit!(Refusal::STATUS) # The parent says why.
    end
  rescue SystemCallError
    raise no_process(units)
  end

  # The numbers of the line that a process has left.
  def answer_of(status, reader, units)
    raise no_process(units) if status.exitstatus == Refusal::STATUS
    abort "found #{status}, expected a process that ends well" unless status.success?
    reader.gets.split.map { |number| Integer(number) }
  end

  def no_process(units)
    Refusal.new("no further process", "#{units} units")
  end

  # Opens when all processes are at it. A pipe is read to its end when nobody can write to it any more, whoever dies.
  class Gate
    def initialize
      @arrivals, @arriving = IO.pipe
      @gate, @opener = IO.pipe
    end

    def wait
      @arriving.close
      @opener.close
      @gate.read
    end

    def open
      @arriving.close
      @arrivals.read
      @opener.close
    end
  end
end
