# frozen_string_literal: true

# The jobs of bakeoff, on threads or on forked processes.
require "etc"
require "json"
require_relative "on_processes"
require_relative "on_threads"
require_relative "refusal"

MODELS = { "threads" => OnThreads, "processes" => OnProcesses }.freeze
STARTS = %w[together as-written].freeze

def one_of(names)
  "one of #{names.join(', ')}"
end

def number(name, word)
  word.to_s.match?(/\A[1-9]\d{0,18}\z/) or raise Refusal.new("#{name} #{word.inspect}", "a whole number, 1 at least")
  word.to_i
end

def check(model, job, units, discipline, start)
  model::JOBS.include?(job) or raise Refusal.new("the job #{job.inspect}", one_of(model::JOBS))
  raise Refusal.new("#{units} units", "2 for ping-pong") if job == "ping-pong" && units != 2
  return unless job == "shared-count"

  known = model::DISCIPLINES
  known.include?(discipline) or raise Refusal.new("the discipline #{discipline.inspect}", one_of(known))
  STARTS.include?(start) or raise Refusal.new("the start #{start.inspect}", one_of(STARTS))
  raise Refusal.new("#{units} unit", "2 at least for the discipline channel") if discipline == "channel" && units < 2
end

def outcome_of(model_name = nil, job = nil, units = nil, size = nil, discipline = nil, start = nil)
  model = MODELS[model_name] or raise Refusal.new("the model #{model_name.inspect}", one_of(MODELS.keys))
  units = number("units", units)
  size = number("size", size)
  check(model, job, units, discipline, start)
  require "openssl" if job == "sha256" # Its memory is nothing that the other jobs need.
  model.run(job, units, size, discipline, start == "together")
end

begin
  outcome = outcome_of(*ARGV.first(6))
rescue Refusal => e
  warn e.message
  exit! Refusal::STATUS # Threads that wait are not waited for.
end
outcome[:answer] &= Work::MASK
runtime = { name: RUBY_ENGINE, version: RUBY_VERSION, cpus: Etc.nprocessors, collector: "generations" }
puts JSON.generate(outcome.merge(runtime: runtime))
