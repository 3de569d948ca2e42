// Foreign servers for tests: manifests in a scratch folder, whose server is a copy of bakeoff-subject or a shell script
// around it, and experiments of one block with them.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/journal/reader.h"
#include "harness/measure/process_tree.h"
#include "harness/validity/validity.h"
#include "tests/e2e/program.h"
#include "tests/eventually.h"

namespace bakeoff::e2e {

/// Private folders of a harness with this process number.
inline int private_folders_of(pid_t harness) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
    count +=
        entry.path().filename().string().starts_with(fmt::format("{}{}-", subjects::ScratchFolder::kPrefix, harness))
            ? 1
            : 0;
  }
  return count;
}

/// Whether this test is the only one left of its processes: what a harness leaves becomes its child.
inline bool nothing_is_left() {
  return measure::measure_size(measure::descendants(::getpid())).processes == 1;
}

inline bool is_gone(pid_t pid) {
  return pid > 1 && measure::measure_size({pid}).processes == 0;
}

class ForeignServerFixture : public subjects::ScratchFolder {
 public:
  /// A harness that is root runs its servers as nobody, a user who has to reach their program and to write down what it
  /// sees.
  ForeignServerFixture() {
    namespace fs = std::filesystem;
    fs::permissions(path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    fs::copy(fs::path(BAKEOFF_BIN_DIR) / "bakeoff-subject", program());
    fs::create_directory(open());
    fs::permissions(open(), fs::perms::all);
  }

  std::string program() const { return path() / "server"; }
  /// A folder that anybody may write into.
  std::string open() const { return path() / "open"; }
  std::string noted(const std::string& name) const { return test::contents_of(open() + "/" + name); }
  pid_t noted_pid(const std::string& name) const { return static_cast<pid_t>(std::atol(noted(name).c_str())); }

  /// For --subjects: all the manifests that were added.
  std::string folder() const { return path() / "bakeoff/subjects"; }
  std::string manifest(const std::string& name) const { return folder() + "/" + name + "/subject.toml"; }
  /// As XDG_CONFIG_HOME it makes the same manifests the user's own.
  std::vector<std::string> as_config() const { return {"env", "XDG_CONFIG_HOME=" + path().string()}; }

  /// `start` are the words behind `start =`; `more` are lines of the manifest.
  void add(const std::string& name, const std::string& start, const std::string& more = "",
           const std::string& serves = "http = [\"*\"]") const {
    std::filesystem::create_directories(folder() + "/" + name);
    test::write_text(manifest(name), fmt::format("name = \"{}\"\nlike = \"threads\"\nstart = [{}]\n{}\n[serves]\n{}\n",
                                                 name, start, more, serves));
  }
  /// bakeoff-subject with these arguments for `serve`, as words in quotes.
  void add_server(const std::string& name, const std::string& arguments = R"("threads", "http", "--port", "@port@")",
                  const std::string& more = "") const {
    add(name, fmt::format("\"{}\", \"serve\", {}", program(), arguments), more);
  }
  /// A script; $server is a command that serves as it should, $open the folder that anybody may write into.
  void add_script(const std::string& name, const std::string& script, const std::string& more = "") const {
    add(name, R"("sh", "@dir@/run.sh")", more, "http = [\"*\"]\n[files]\n\"run.sh\" = \"run.sh.in\"");
    test::write_text(
        folder() + "/" + name + "/run.sh.in",
        fmt::format("open={}\nserver='{} serve threads http --port @port@'\n{}\n", open(), program(), script));
  }

  /// Lines of a table; `subjects` are words in quotes.
  std::string experiment(const std::string& table, const std::string& subjects = "\"threads\"",
                         const std::string& window_s = "0.1") const {
    std::string file = path() / "toy.toml";
    test::write_text(file,
                     fmt::format("name = \"toy\"\nsubjects = [{}]\nblocks = 1\n\n[[tables]]\n{}\nconnections = 4\n"
                                 "window_s = {}\nwarmup_s = 0.05\n",
                                 subjects, table, window_s));
    return file;
  }
  std::string out() const { return path() / "out"; }
  /// The arguments of `bakeoff run` with the servers of the folder; `subjects` are names with commas between them.
  std::vector<std::string> run_arguments(const std::string& experiment_file, const std::string& subjects) const {
    return {"run", experiment_file, "--out", out(), "--subjects", folder() + "," + subjects};
  }

  struct Measured {
    Call::Result call;
    pid_t harness = -1;
    std::vector<journal::Trial> rows;  ///< The first attempts.
    bool any_valid = false;            ///< Whether a row has a valid number, a repeated attempt too.

    const journal::Trial& row(const std::string& subject) const {
      for (const journal::Trial& one : rows) {
        if (one.subject == subject) return one;
      }
      static const journal::Trial none{};
      return none;
    }
  };
  /// Measures these subjects with http.
  Measured measure(const std::string& subjects, const std::string& table = "workload = \"http\"") const {
    return finish(run_arguments(experiment(table), subjects));
  }
  Measured finish(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix = {}) const {
    std::error_code absent;
    std::filesystem::remove_all(out(), absent);
    Call call(bakeoff_program(), arguments, prefix);
    Measured measured{.call = {}, .harness = call.process().pid(), .rows = {}};
    measured.call = call.finish();
    if (std::filesystem::exists(out() + "/trials.jsonl")) measured.rows = journal::read_journal(out()).trials;
    measured.any_valid = std::ranges::any_of(measured.rows, validity::gives_valid_number);
    std::erase_if(measured.rows, [](const journal::Trial& row) { return row.attempt > 1; });
    return measured;
  }
};

}  // namespace bakeoff::e2e
