# frozen_string_literal: true

# The jobs of bakeoff, on threads or on forked processes.
require "digest"
require "etc"
require "json"

MASK = 2**64 - 1
GOLDEN = 0x9e3779b97f4a7c15

def mix(z)
  z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
  z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
  z ^ (z >> 31)
end

def count(_index, _units, size)
  n = 0
  n += 1 while n < size
  n
end

def sha256(index, units, size)
  answer = 0
  (index...size * 16).step(units) do |i|
    stream = mix((mix((4 + GOLDEN) & MASK) + (i + 1) * GOLDEN) & MASK)
    words = (0...65_536).step(8).map { |at| mix((stream + (at + 1) * GOLDEN) & MASK) }
    total = mix((i + GOLDEN) & MASK)
    Digest::SHA256.digest(words.pack("Q<*")).unpack("Q>*") { |word| total = mix(total ^ word) }
    answer = (answer + total) & MASK
  end
  answer
end

def on_threads(units, &share)
  Array.new(units) { |index| Thread.new { share.call(index) } }.map(&:value)
end

def on_processes(units)
  pipes = Array.new(units) do |index|
    reader, writer = IO.pipe
    fork do
      writer.write(yield(index).to_s)
      exit!(0)
    end
    writer.close
    reader
  end
  answers = pipes.map { |pipe| pipe.read.to_i }
  Process.waitall
  answers
end

model, job, units, size = ARGV[0], ARGV[1], ARGV[2].to_i, ARGV[3].to_i
begin_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
answers = send("on_#{model}", units) { |index| send(job, index, units, size) }
elapsed_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - begin_ns
runtime = { name: RUBY_ENGINE, version: RUBY_VERSION, cpus: Etc.nprocessors, collector: "generations" }
puts JSON.generate(answer: answers.sum & MASK, elapsed_ns: elapsed_ns, units_created: units, runtime: runtime)
