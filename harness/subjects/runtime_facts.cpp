#include "harness/subjects/runtime_facts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/measure/plain_text.h"

namespace bakeoff::subjects {
namespace {

using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? measure::plain_line(found->get<std::string>()) : "";
}

std::optional<std::uint64_t> number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? std::optional(found->get<std::uint64_t>())
                                                              : std::nullopt;
}

}  // namespace

std::string what_is_wrong_with_ready(std::string_view line, std::uint16_t port) {
  const json said = json::parse(line, nullptr, false);
  const std::string expected = fmt::format(R"(expected {{"ready":true,"port":{}}})", port);
  if (!said.is_object() || said.value("ready", json()) != true) {
    return fmt::format("it printed {}, {}", measure::in_quotes(line), expected);
  }
  if (number_at(said, "port") != port) return fmt::format("it says that it listens on another port, {}", expected);
  return "";
}

std::optional<journal::RuntimeFacts> runtime_in(std::string_view line) {
  const json said = json::parse(line, nullptr, false);
  const auto runtime = said.is_object() ? said.find("runtime") : said.end();
  if (!said.is_object() || runtime == said.end() || !runtime->is_object()) return std::nullopt;
  journal::RuntimeFacts facts{.name = text_at(*runtime, "name"),
                              .version = text_at(*runtime, "version"),
                              .cpus = number_at(*runtime, "cpus"),
                              .threads = number_at(*runtime, "threads"),
                              .collector = text_at(*runtime, "collector"),
                              .heap_limit_mib = number_at(*runtime, "heap_limit_mib"),
                              .flags = {}};
  const auto flags = runtime->find("flags");
  if (flags == runtime->end() || !flags->is_array()) return facts;
  for (const json& flag : *flags) {
    if (flag.is_string()) facts.flags.push_back(measure::plain_line(flag.get<std::string>()));
  }
  return facts;
}

}  // namespace bakeoff::subjects
