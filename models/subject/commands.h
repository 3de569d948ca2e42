// The commands of bakeoff-subject. Each takes the words after its name, prints JSON on stdout and returns the exit
// code. They throw ArgumentError for what exits with 2 and any other exception for what exits with 1.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::models::subject {

int describe_command(std::span<const char* const> words);
int serve_command(std::span<const char* const> words);
int job_command(std::span<const char* const> words);
int probe_command(std::span<const char* const> words);
int work_command(std::span<const char* const> words);

/// Writes the line and a line feed to stdout at once. False when stdout is gone or full.
bool print_line(std::string line);

/// The names of a catalogue's entries.
template <typename Entries>
std::vector<std::string_view> names_of(const Entries& entries) {
  std::vector<std::string_view> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

}  // namespace bakeoff::models::subject
