#include "harness/commands/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "harness/commands/commands.h"
#include "harness/measure/text_file.h"

namespace bakeoff::commands {
namespace {

std::string why(const std::string& option, const std::filesystem::path& path, int error) {
  return option + ": cannot write " + path.string() + ": " + std::generic_category().message(error);
}

}  // namespace

OutputFile::OutputFile(std::string option, const std::filesystem::path& path, Dash dash)
    : option_(std::move(option)), path_(path), to_stdout_(dash == Dash::is_stdout && path == "-") {
  if (path_.empty() || to_stdout_) return;
  descriptor_ = measure::OwnedDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!descriptor_) throw UsageError(why(option_, path_, errno));
}

void OutputFile::write(const std::string& text) {
  if (to_stdout_) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);  // Whether it could be written is seen at the end of the program (streams.h).
    return;
  }
  if (!descriptor_ || error_ != 0) return;
  // A pipe or a terminal has no length to cut, and needs none.
  if (fresh_ && ::ftruncate(descriptor_.get(), 0) != 0 && errno != EINVAL) error_ = errno;
  fresh_ = false;
  for (std::size_t done = 0; error_ == 0 && done < text.size();) {
    const ssize_t wrote = ::write(descriptor_.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) error_ = errno;
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
}

void OutputFile::check() const {
  if (error_ != 0) throw std::runtime_error(why(option_, path_, error_));
}

ReplacedFile::ReplacedFile(std::string option, const std::filesystem::path& path, const std::string& first)
    : option_(std::move(option)), path_(path) {
  if (path_.empty()) return;
  if (path_ == "-") throw UsageError(option_ + ": found -, expected a file, which each second replaces");
  std::error_code unknown;
  const std::filesystem::file_type found = std::filesystem::symlink_status(path_, unknown).type();
  using Type = std::filesystem::file_type;
  if (found != Type::not_found && found != Type::regular) {
    throw UsageError(option_ + ": found " + path_.string() + ", which is no regular file, expected one, or a new name");
  }
  write(first);
  if (error_) throw UsageError(why(option_, path_, error_.value()));
}

void ReplacedFile::write(const std::string& text) {
  if (!wanted() || error_) return;
  std::filesystem::path beside = path_;
  beside += ".part";
  error_ = measure::write_text(beside, text);
  if (!error_) std::filesystem::rename(beside, path_, error_);
  std::error_code ignored;
  if (error_) std::filesystem::remove(beside, ignored);
}

void ReplacedFile::check() const {
  if (error_) throw std::runtime_error(why(option_, path_, error_.value()));
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  if (const std::error_code error = measure::write_text(file, text)) {
    throw std::runtime_error("cannot write " + file.string() + ": " + error.message());
  }
}

}  // namespace bakeoff::commands
