// What a figure has to be, for a gate: "threads.cpu_us_per_request<12", "node/nginx.cpu_us_per_request<3". Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/report/estimate.h"

namespace bakeoff::decide {

struct Expectation {
  std::string text;  ///< As written.
  std::string subject{};
  std::string against{};  ///< "" where the figure itself is meant, not its ratio to this subject's.
  std::string figure{};   ///< "cpu_us_per_request"
  bool below = true;      ///< Or above.
  double limit = 0;
};

/// The figures that can be named: the keys of a table's columns, and memory_mib.
std::vector<std::string> expectable_figures();

/// Throws input::InputError "--expect: found ..., expected ...".
Expectation parse_expectation(const std::string& text);

struct Expected {
  report::Answer holds = report::Answer::unknown;
  std::string words;  ///< "node/nginx.cpu_us_per_request<3: 1.52 [1.45, 1.69]: holds"
};

/// What the rows of the table say. A subject that is not there is not known.
Expected check_expectation(const Expectation& expectation, std::span<const journal::Trial> rows,
                           const std::string& table);

}  // namespace bakeoff::decide
