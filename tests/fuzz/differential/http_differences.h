// In what our reader of HTTP replies and that of Node.js are known to differ, each with the section of RFC 9112 that
// leaves it open, and how to see it in the bytes.
#pragma once

#include <span>
#include <string_view>

namespace bakeoff::fuzz::differential {

struct HttpDifference {
  std::string_view name;
  std::string_view section;  ///< Of RFC 9112, or "9110 ..." of RFC 9110.
  std::string_view reason;
  std::string_view example;               ///< A reply to GET on which the two differ.
  bool (*shows)(std::string_view bytes);  ///< Whether bytes may differ for this reason.
};

std::span<const HttpDifference> http_differences();

}  // namespace bakeoff::fuzz::differential
