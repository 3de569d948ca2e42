// How cli.cpp declares what the command line takes, one function for each kind of value. Only this file includes CLI11,
// and only cli.cpp, with its parts, includes this: the parser takes long to compile.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/input/nearest_name.h"
#include "harness/input/quantity.h"
#include "harness/measure/unix_socket.h"

namespace bakeoff::commands {

/// The words that an option or argument may be given, for the help and the completions; the parser keeps none.
using Choices = std::map<const CLI::Option*, std::vector<std::string>>;

/// An unknown format is refused with the list of those that exist.
inline void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& formats,
                       Choices& choices) {
  const auto take = [&format, formats](const std::string& given) { format = check_name("format", given, formats); };
  CLI::Option* option =
      command.add_option_function<std::string>("--format", take, "Output: " + input::join_names(formats))
          ->type_name("FORMAT")
          ->default_str(format);
  choices[option] = formats;
}

/// The name by which messages call an option: "--connections" for "-c,--connections".
inline std::string long_name(const std::string& names) {
  return names.substr(names.rfind(',') + 1);
}

/// A whole number within bounds. CLI11's own conversion takes -1 for 2^64 - 1 and 010 for 8. A value that the number
/// has already is shown as the default.
template <typename Number>
void add_whole(CLI::App& command, const std::string& names, Number& number, const std::string& help,
               std::uint64_t least, std::uint64_t most) {
  const auto take = [&number, name = long_name(names), least, most](const std::string& text) {
    if constexpr (requires { typename Number::value_type; }) {
      number = static_cast<typename Number::value_type>(input::parse_whole(name, text, least, most));
    } else {
      number = static_cast<Number>(input::parse_whole(name, text, least, most));
    }
  };
  CLI::Option* option = command.add_option_function<std::string>(names, take, help)->type_name("N");
  if constexpr (std::is_integral_v<Number>) option->default_str(std::to_string(number));
}

/// A text that `parse` reads or throws UsageError for; `type` says in the help what it is. A value that it has
/// already is shown as the default.
template <typename Parse>
void add_parsed(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
                const std::string& type, Parse parse) {
  CLI::Option* option = command.add_option(names, text, help)->type_name(type);
  if (!text.empty()) option->capture_default_str();
  option->check([parse, name = long_name(names)](const std::string& given) {
    parse(name, given);
    return std::string();
  });
}

/// --unix-socket PATH.
inline void add_socket_path(CLI::App& command, std::string& path, const std::string& help) {
  add_parsed(command, "--unix-socket", path, help, "FILE", [](const std::string& name, const std::string& given) {
    try {
      measure::unix_address(given);
    } catch (const std::invalid_argument& error) {
      throw UsageError(name + ": " + error.what());
    }
  });
}

/// What a gate does with cells that it can decide neither way.
inline void add_unknown(CLI::App& command, std::string& unknown, Choices& choices) {
  CLI::Option* option =
      command
          .add_option(
              "--unknown", unknown,
              "With --fail-on-regression: what to do about a cell whose interval does not exclude such a regression: "
              "fail (the default: exit 4) or pass (with a warning)")
          ->type_name("WORD")
          ->check([](const std::string& given) {
            if (given == "fail" || given == "pass") return std::string();
            return "found \"" + given + "\", expected fail or pass";
          });
  choices[option] = {"fail", "pass"};
}

inline void add_time(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
                     bool may_be_none = false) {
  add_parsed(command, names, text, help, "TIME", [may_be_none](const std::string& name, const std::string& given) {
    input::parse_duration_s(name, given, may_be_none);
  });
}

inline void add_share(CLI::App& command, const std::string& names, std::string& text, const std::string& help,
                      double least = 0) {
  add_parsed(command, names, text, help, "SHARE",
             [least](const std::string& name, const std::string& given) { input::parse_share(name, given, least); });
}

}  // namespace bakeoff::commands
