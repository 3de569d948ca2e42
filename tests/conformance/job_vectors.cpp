#include "tests/conformance/job_vectors.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bakeoff::conformance {
namespace {

JobVector read_head(const std::string& head) {
  JobVector vector;
  std::istringstream words(head);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) throw std::runtime_error("no value: " + word);
    const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
    if (key == "job") {
      vector.job = value;
    } else if (key == "units") {
      vector.units = std::stoull(value);
    } else if (key == "size") {
      vector.size = std::stoull(value);
    } else {
      vector.settings[key] = value;
    }
  }
  if (vector.job.empty() || vector.size == 0) throw std::runtime_error("a vector without job or size");
  return vector;
}

}  // namespace

std::vector<JobVector> read_job_vectors(const std::string& path) {
  const std::string fence = "```job ";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<JobVector> vectors;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (!line.starts_with(fence)) continue;
    try {
      vectors.push_back(read_head(line.substr(fence.size())));
      std::string answer, end;
      std::getline(file, answer);
      std::getline(file, end);
      number += 2;
      std::size_t read = 0;
      vectors.back().answer = std::stoull(answer, &read);
      if (read != answer.size() || end != "```") throw std::runtime_error("expected one line with the answer");
    } catch (const std::exception& error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  return vectors;
}

}  // namespace bakeoff::conformance
