#include "harness/report/html/page_rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bakeoff::report::html {

std::string without_slices(std::string_view rows) {
  std::string out;
  while (!rows.empty()) {
    const std::size_t end = std::min(rows.find('\n'), rows.size());
    const std::string_view line = rows.substr(0, end);
    rows.remove_prefix(std::min(end + 1, rows.size()));
    auto row = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!row.is_object()) {
      out += std::string(line) + "\n";
      continue;
    }
    row.erase("slices");
    if (const auto warm_up = row.find("warm_up"); warm_up != row.end() && warm_up->is_object()) {
      warm_up->erase("cpu_us_per_request");
      warm_up->erase("reference_us");
    }
    out += row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace bakeoff::report::html
