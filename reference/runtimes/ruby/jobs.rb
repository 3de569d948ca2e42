# frozen_string_literal: true

# The jobs of bakeoff, on threads or on forked processes.
require "etc"
require "json"
require_relative "on_processes"
require_relative "on_threads"

MODELS = { "threads" => OnThreads, "processes" => OnProcesses }.freeze

def refuse(found, expected)
  warn "found #{found}, expected #{expected}"
  exit 2
end

def one_of(names)
  "one of #{names.join(', ')}"
end

model_name, job, *numbers = ARGV.first(4)
discipline = ARGV[4]
model = MODELS[model_name] or refuse("the model #{model_name}", one_of(MODELS.keys))
model::JOBS.include?(job) or refuse("the job #{job}", one_of(model::JOBS))
units, size = numbers.map { |number| Integer(number, 10) }
units.positive? or refuse("#{units} units", "1 at least")
refuse("#{units} units", "2 for ping-pong") if job == "ping-pong" && units != 2
if job == "shared-count"
  model::DISCIPLINES.include?(discipline) or refuse("the discipline #{discipline}", one_of(model::DISCIPLINES))
  refuse("#{units} unit", "2 at least for the discipline channel") if discipline == "channel" && units < 2
end

begin
  outcome = model.run(job, units, size, discipline)
rescue SystemCallError, ThreadError => e # The system gives no further thread or process, say.
  refuse(e.message, "what #{units} #{model_name} need")
end
outcome[:answer] &= Work::MASK
runtime = { name: RUBY_ENGINE, version: RUBY_VERSION, cpus: Etc.nprocessors, collector: "generations" }
puts JSON.generate(outcome.merge(runtime: runtime))
