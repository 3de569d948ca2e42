#include "tests/workloads/vectors.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("<date>")) {
      bytes += kDate;
      i += 5;
    } else if (text[i] != '\\') {
      bytes += text[i];
    } else if (++i == text.size()) {
      throw std::runtime_error("a backslash at the end of a line");
    } else if (text[i] == 'r' || text[i] == 'n') {
      bytes += text[i] == 'r' ? '\r' : '\n';
    } else if (text[i] == '\\') {
      bytes += '\\';
    } else if (text[i] == 'x' && i + 2 < text.size()) {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      throw std::runtime_error("an unknown escape: \\" + std::string(1, text[i]));
    }
  }
  return bytes;
}

namespace {

Vector read_head(std::string_view head) {
  Vector vector;
  std::istringstream words{std::string(head)};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "name") {
      vector.name = value;
    } else if (key == "workload") {
      vector.workload = value;
    } else if (key == "message_bytes") {
      vector.message_bytes = std::stoul(value);
    } else {
      throw std::runtime_error("an unknown key: " + word);
    }
  }
  if (vector.name.empty() || vector.workload.empty()) throw std::runtime_error("a vector without name or workload");
  return vector;
}

void read_line(std::string_view line, Vector& vector) {
  if (line == "! close") {
    vector.closes = true;
  } else if (line.starts_with("> ")) {
    if (vector.exchanges.empty() || !vector.exchanges.back().reply.empty()) vector.exchanges.emplace_back();
    vector.exchanges.back().request += unescape(line.substr(2));
  } else if (line.starts_with("< ") && !vector.exchanges.empty()) {
    vector.exchanges.back().reply += unescape(line.substr(2));
  } else {
    throw std::runtime_error("a line that is none of >, <, ! close");
  }
}

}  // namespace

std::vector<Vector> read_vectors(const std::string& path) {
  constexpr std::string_view kFence = "```vector ";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Vector> vectors;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    try {
      if (!inside && line.starts_with(kFence)) {
        vectors.push_back(read_head(std::string_view(line).substr(kFence.size())));
        inside = true;
      } else if (inside && line == "```") {
        inside = false;
      } else if (inside) {
        read_line(line, vectors.back());
      }
    } catch (const std::exception& error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  return vectors;
}

}  // namespace bakeoff::workloads
