#include "tests/workloads/reply_cases.h"

#include <fstream>

#include "tests/workloads/vectors.h"

namespace bakeoff::workloads {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1; at < line.size();) {
    const std::size_t end = line.find('|', at);
    if (end == std::string::npos) break;
    const std::size_t begin = line.find_first_not_of(' ', at), last = line.find_last_not_of(' ', end - 1);
    cells.push_back(begin < end ? line.substr(begin, last - begin + 1) : "");
    at = end + 1;
  }
  return cells;
}

}  // namespace

std::vector<ReplyCase> read_reply_cases() {
  std::ifstream page(BAKEOFF_SOURCE_DIR "/workloads/HTTP_REPLIES.md");
  std::vector<ReplyCase> cases;
  for (std::string line; std::getline(page, line);) {
    const std::vector<std::string> cells = line.starts_with("| ") ? cells_of(line) : std::vector<std::string>();
    if (cells.size() != 5 || !cells[2].starts_with('`')) continue;
    cases.push_back({cells[0], cells[1], unescape(cells[2].substr(1, cells[2].size() - 2)), cells[3]});
  }
  return cases;
}

void ReplyReading::feed(std::string_view bytes) {
  if (over_) return;
  tail_.drive(
      bytes, [this](std::string_view shown) { return take(shown); }, [this] { return !over_; });
}

std::string ReplyReading::end() {
  if (!over_ && reader_.end() == HttpResponseReader::ReadStatus::reply) say_reply(" at the end");
  return said_.empty() ? "more" : said_;
}

Taken ReplyReading::take(std::string_view bytes) {
  switch (reader_.read(bytes, to_head_)) {
    case HttpResponseReader::ReadStatus::reply:
      say_reply("");
      break;
    case HttpResponseReader::ReadStatus::broken:
      said_ = "refused " + std::string(reader_.refusal().code);
      over_ = true;
      return {0, 1};
    case HttpResponseReader::ReadStatus::more:
      break;
  }
  return reader_.taken();
}

void ReplyReading::say_reply(const std::string& how) {
  const std::string body(reader_.body());
  said_ =
      std::to_string(reader_.status()) + (body.empty() ? "" : " " + body) + (reader_.closes() ? " closes" : "") + how;
  over_ = reader_.closes();
}

}  // namespace bakeoff::workloads
