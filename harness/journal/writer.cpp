#include "harness/journal/writer.h"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/journal/durable.h"
#include "harness/journal/histogram_json.h"
#include "harness/journal/json.h"
#include "harness/journal/trial_json.h"

namespace bakeoff::journal {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& cause) {
  throw std::runtime_error("cannot write " + path.string() + ": " + cause);
}

// A run that was killed in the middle of a write leaves a line without its end. The next row must not be glued to it.
// True when something was cut off.
bool repair_tail(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size == 0) return false;
  std::ifstream file(path, std::ios::binary);
  std::string tail;
  std::uintmax_t begin = size;
  // Backwards in pieces, because a file of histograms can be large and a line is a few kilobytes.
  constexpr std::uintmax_t kPiece = 64 * 1024;
  std::size_t newline = std::string::npos;
  while (begin > 0 && newline == std::string::npos) {
    const std::uintmax_t length = std::min(kPiece, begin);
    begin -= length;
    std::string piece(static_cast<std::size_t>(length), '\0');
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(piece.data(), static_cast<std::streamsize>(length))) fail(path, "its end cannot be read");
    tail.insert(0, piece);
    newline = tail.rfind('\n');
  }
  file.close();
  const std::size_t line = newline == std::string::npos ? 0 : newline + 1;
  if (line == tail.size()) return false;
  if (fields::is_json(std::string_view(tail).substr(line))) {
    std::ofstream(path, std::ios::binary | std::ios::app) << '\n';  // Complete but for its end.
    return false;
  }
  std::filesystem::resize_file(path, begin + line, error);
  if (error) fail(path, error.message());
  return true;
}

}  // namespace

JournalWriter::File JournalWriter::open(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "abe"));
  if (!file) fail(path, std::generic_category().message(errno));
  // Without a buffer a line goes to the kernel at once and as one write, and a failure belongs to its own row.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return file;
}

JournalWriter::JournalWriter(const std::filesystem::path& folder)
    : trials_path_(folder / kTrialsFile), histograms_path_(folder / kHistogramsFile) {
  if (const auto error = create_directories_synced(folder)) fail(folder, error.message());
  trials_ = open(trials_path_);
  lock(folder);
  for (const std::filesystem::path& path : {trials_path_, histograms_path_}) {
    if (repair_tail(path)) notes_.push_back(path.string() + ": the last line was cut off and is left out");
  }
  histograms_ = open(histograms_path_);
  if (const auto error = sync_directory(folder)) fail(folder, error.message());
}

// The lock is of the open file, and children do not get it: it is closed when they begin another program. A file system
// that knows no locks is no reason not to write.
void JournalWriter::lock(const std::filesystem::path& folder) const {
  if (::flock(::fileno(trials_.get()), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  throw std::runtime_error(folder.string() + ": another bakeoff is writing there; expected a folder of its own");
}

void JournalWriter::write_line(std::FILE* file, const std::filesystem::path& path, std::string line) {
  line += '\n';
  std::error_code error;
  const std::uintmax_t before = std::filesystem::file_size(path, error);
  errno = 0;
  if (std::fwrite(line.data(), 1, line.size(), file) == line.size()) return;
  const int cause = errno;
  std::clearerr(file);
  // Half a row is worse than none: the caller who catches this may still write a shorter one.
  if (!error) std::filesystem::resize_file(path, before, error);
  fail(path, std::generic_category().message(cause));
}

void JournalWriter::append(const Trial& trial) {
  write_line(trials_.get(), trials_path_, trial_to_json(trial));
}

void JournalWriter::sync() {
  // The row says that its trial is complete, so it is synced last.
  for (const auto& [file, path] : {std::pair{&histograms_, &histograms_path_}, std::pair{&trials_, &trials_path_}}) {
    if (const auto error = sync_file(::fileno(file->get()))) fail(*path, error.message());
  }
}

void JournalWriter::append_histograms(const Trial& trial, const std::map<std::string, stats::Histogram>& histograms) {
  for (const auto& [latency_class, histogram] : histograms) {
    write_line(histograms_.get(), histograms_path_,
               histogram_to_json(trial.trial_id, trial.attempt, latency_class, histogram));
  }
}

}  // namespace bakeoff::journal
