// The errors of the counter workload.
#include "workloads/counter_errors.h"

#include <algorithm>

namespace bakeoff::workloads {
namespace {

constexpr std::size_t kShownName = 128;

/// Redis formats what was asked as C strings: a NUL ends them.
std::string_view shown(std::string_view text, std::size_t room) {
  return text.substr(0, std::min(room, text.find('\0')));
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return result;
}

}  // namespace

void append_error(std::string& out, std::string_view text) {
  out.append("-ERR ");
  const std::size_t begin = out.size();
  out.append(text);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
      [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; }, ' ');
  out.append("\r\n");
}

void append_wrong_arguments(std::string& out, std::string_view command) {
  append_error(out, "wrong number of arguments for '" + std::string(command) + "' command");
}

void append_unknown_command(std::string& out, const CommandReader& command) {
  std::string arguments;
  for (std::size_t i = 1; i < command.count() && arguments.size() < kShownName; ++i) {
    const std::size_t room = kShownName - arguments.size();
    arguments.append("'").append(shown(command[i], room)).append("' ");
  }
  append_error(out, "unknown command '" + std::string(shown(command[0], kShownName)) +
                        "', with args beginning with: " + arguments);
}

void append_unknown_subcommand(std::string& out, const CommandReader& command) {
  append_error(out, "unknown subcommand '" + std::string(shown(command[1], kShownName)) + "'. Try " +
                        upper(command[0]) + " HELP.");
}

}  // namespace bakeoff::workloads
