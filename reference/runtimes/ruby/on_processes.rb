# frozen_string_literal: true

# A forked process per unit. They share no memory, and answer through a pipe.
require "set"
require "timeout"
require_relative "image"
require_relative "work"

module OnProcesses
  JOBS = %w[count sha256 image spawn sleepers ping-pong].freeze
  DISCIPLINES = [].freeze

  module_function

  def run(job, units, size, _discipline)
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
        start do
          writer.puts 1
          exit!(0)
        end
        answer_of(Process.wait2.last, reader)
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
    gate, opener = IO.pipe
    reader, writer = IO.pipe
    begin_ns = Work.monotonic_ns
    units.times do |index|
      running << start do
        opener.close
        gate.read if together # Until the parent closes it.
        writer.puts yield(index)
        exit!(0) # Without what Ruby does at an exit, which copies pages of the parent.
      end
    end
    work_begin_ns = Work.monotonic_ns
    opener.close
    answers = Array.new(units) do
      process, status = Process.wait2 # Whichever ends next: others may wait for one that has failed.
      running.delete(process)
      answer_of(status, reader)
    end
    end_ns = Work.monotonic_ns
    outcome = { answer: answers.sum, elapsed_ns: end_ns - begin_ns, units_created: units }
    together ? outcome.merge(work_ns: end_ns - work_begin_ns) : outcome
  ensure
    running.each do |process|
      Process.kill(:KILL, process)
      Process.wait(process)
    end
  end

  # When the system gives no process, fork asks again every second for ever.
  def start(&unit)
    Timeout.timeout(10, Errno::EAGAIN) { fork(&unit) }
  end

  def answer_of(status, reader)
    abort "found #{status}, expected a process that ends well" unless status.success?
    Integer(reader.gets)
  end
end
