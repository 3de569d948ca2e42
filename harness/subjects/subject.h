// A subject as plain data: anything that can be measured. A model of bakeoff-subject is described by its own program, a
// foreign server by its manifest (foreign_server.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/subjects/foreign_server.h"

namespace bakeoff::subjects {

/// Something that a model can be told beside its units.
struct SettingFacts {
  std::string name, meaning, default_value;
  std::vector<std::string> choices{};  ///< Empty: a whole number from `least` to `most`.
  std::uint64_t least = 0, most = 0;
  /// What each choice does, in their order, as the rest of a sentence that begins with it; may be empty.
  std::vector<std::string> choice_meanings{};
};

/// What a subject is, which decides the tables that it may stand in.
enum class Role : std::uint8_t {
  model,     ///< Or a foreign server: serves workloads; a model runs jobs too, on its executor.
  executor,  ///< Runs jobs.
  probe,     ///< Measures one mechanism.
};

struct Subject {
  std::string name;  ///< In rows and tables; each once.
  Role role = Role::model;
  std::string model;                     ///< What its program calls it. Several subjects may be one model.
  std::filesystem::path program;         ///< A build's bakeoff-subject.
  std::string program_hash;              ///< The hash of that file: "algorithm:hexadecimal".
  std::vector<std::string> arguments{};  ///< For `serve`, behind those of the trial.
  std::string like;                      ///< The real systems that made the same choice.
  std::string summary;
  std::string unit;  ///< What it multiplies: a thread, a process, a fiber, a loop.
  std::string who_waits;
  std::string price;
  std::string breaks_under;
  std::string sharing;              ///< none, threads, processes: what its units share their state across.
  std::string store;                ///< unshared, locked, process_shared: how its units share state.
  std::string executor;             ///< What its jobs run on.
  std::string measures;             ///< A probe's: "switch", the table in which it is compared.
  std::string file;                 ///< Where to read it.
  bool holds_connection = false;    ///< A unit holds a connection for its life: it needs as many units as connections.
  std::uint64_t default_units = 1;  ///< kOneUnitPerCpu: one for each CPU that it may run on.
  std::uint64_t max_units = UINT64_MAX;  ///< The most that it takes.
  bool takes_jobs = false;               ///< An executor that has workers for the jobs of a queue.
  std::string units_meaning;
  std::vector<SettingFacts> settings{};
  std::optional<std::uint64_t> units{};      ///< Its own, where its name says so (variant.h).
  std::map<std::string, std::string> set{};  ///< The settings that its name gives, with their values.
  std::string missing{};                     ///< What it needs and is not there, and how to get it; "" when nothing is.
  std::string failed_build{};  ///< Why its program could not be built; "" when it could, or has none to build.
  std::shared_ptr<const ForeignServer> foreign{};  ///< How a foreign server is started; nullptr: it is a model.

  /// Every setting with its value: the one that its name gives, or the default. Without those that have neither.
  std::map<std::string, std::string> settings_in_force() const;
  /// The model that makes the same choice as this foreign server; "" for a model.
  std::string twin() const { return foreign ? foreign->like : std::string(); }
  /// Of `bakeoff list`: a model, a real server, or a program of a language runtime, which says what it is.
  const char* kind() const {
    return !foreign                                                                 ? "models"
           : foreign->says_ready || !foreign->run.empty() || !foreign->work.empty() ? "runtimes"
                                                                                    : "servers";
  }
  /// What it stands with in lists and tables: a runtime by its language, which is the name of its manifest's folder;
  /// all others by what they are: "models", "servers", "executors", "probes".
  std::string family() const;
};

/// Stands for one unit per CPU that the subject may run on, in Subject::default_units and in tables.
inline constexpr std::uint64_t kOneUnitPerCpu = 0;

/// A workload or a job: a name and what it is.
struct NamedSummary {
  std::string name;
  std::string summary;
};

struct JobFacts : NamedSummary {
  std::vector<SettingFacts> settings{};
  /// The setting that the job is about, whose choices are run beside each other where none is asked for; "" for none.
  std::string compared_setting{};
  std::vector<std::string> compared_figures{};  ///< Names of its figures in which the choices differ.
  std::optional<std::uint64_t> units{};         ///< The only number of units that it can have.
};

/// How bakeoff-subject was built, for the manifest.
struct SubjectBuild {
  std::string version, compiler, flags, build_type, boost, sanitizer;
};

/// What there is to measure.
struct Inventory {
  SubjectBuild build;
  std::vector<Subject> subjects;  ///< Models and servers.
  std::vector<Subject> executors_and_probes{};
  std::vector<NamedSummary> workloads;
  std::vector<JobFacts> jobs;

  /// A subject or, where none has the name, an executor or a probe; nullptr when there is none.
  const Subject* find(const std::string& name) const;
};

}  // namespace bakeoff::subjects
