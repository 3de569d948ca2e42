#include "harness/report/csv_record.h"

namespace bakeoff::report {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

void append_csv_record(std::string& out, std::span<const std::string> fields) {
  bool first = true;
  for (const std::string& text : fields) {
    if (!first) out += ',';
    out += quoted(text);
    first = false;
  }
  out += "\r\n";
}

}  // namespace bakeoff::report
