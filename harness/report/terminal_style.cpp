#include "harness/report/terminal_style.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kStruck = "\x1b[2;9m";
constexpr std::string_view kEnd = "\x1b[0m";

}  // namespace

std::string coloured(std::string_view text, std::string_view escape) {
  if (text.empty() || escape.empty()) return std::string(text);
  return std::string(escape).append(text).append(kEnd);
}

std::string struck_out(std::string_view figure, bool colour) {
  return colour ? coloured(figure, kStruck) : std::string("~").append(figure).append("~");
}

}  // namespace bakeoff::report
