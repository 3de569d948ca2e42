// A file that the user asked for beside the result: opened before the work begins, so that a wrong name costs nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "harness/measure/owned_descriptor.h"

namespace bakeoff::commands {

class OutputFile {
 public:
  enum class Dash : std::uint8_t { is_a_file, is_stdout };

  /// With the path "" there is no file, and every call does nothing. Throws UsageError naming `option` and the cause
  /// when it cannot be written. An existing file keeps its content until the first write. `dash` says what "-" is.
  OutputFile(std::string option, const std::filesystem::path& path, Dash dash = Dash::is_a_file);

  bool wanted() const { return to_stdout_ || static_cast<bool>(descriptor_); }
  /// Gives the text to the kernel at once. A failure is kept for check() and does not end the measurement.
  void write(const std::string& text);
  /// Throws std::runtime_error naming the file and the cause when a write has failed.
  void check() const;

 private:
  std::string option_;
  std::filesystem::path path_;
  measure::OwnedDescriptor descriptor_;
  bool to_stdout_ = false;
  bool fresh_ = true;  ///< Nothing has been written yet.
  int error_ = 0;
};

/// A file whose readers must never see half of it: each write takes the place of the one before at once.
class ReplacedFile {
 public:
  /// As OutputFile, and writes the first content. What is there and is no file, a link too, is not replaced: an error.
  ReplacedFile(std::string option, const std::filesystem::path& path, const std::string& first);

  bool wanted() const { return !path_.empty(); }
  void write(const std::string& text);
  void check() const;

 private:
  std::string option_;
  std::filesystem::path path_;
  std::error_code error_;
};

/// Replaces what a file of that name holds. Throws std::runtime_error naming it and the cause.
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace bakeoff::commands
