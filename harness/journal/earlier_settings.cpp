#include "harness/journal/earlier_settings.h"

#include <array>
#include <map>
#include <utility>

namespace bakeoff::journal {
namespace {

constexpr std::array kEarlier{
    EarlierSetting{"event-loop", "reactor", "asio", "asio"},
    EarlierSetting{"event-loops", "reactor", "epoll", "asio"},
    EarlierSetting{"request-pool", "dispatch", "epoll", "epoll"},
};

template <typename Value>
std::map<std::string, Value> with_keys_of_today(std::map<std::string, Value> values) {
  std::map<std::string, Value> renamed;
  for (auto& [subject, value] : values) renamed.emplace(subject_of_schema_1(subject), std::move(value));
  return renamed;
}

}  // namespace

std::span<const EarlierSetting> earlier_settings() {
  return kEarlier;
}

std::string subject_of_schema_1(std::string_view subject) {
  const std::string_view model = subject.substr(0, subject.find_first_of(":@"));
  std::string name(subject);
  for (const EarlierSetting& one : kEarlier) {
    const std::string setting = ":" + std::string(one.setting) + "=";
    if (one.model != model || one.earlier == one.today || name.find(setting) != std::string::npos) continue;
    name.insert(model.size(), setting + std::string(one.earlier));
  }
  return name;
}

void use_names_of_today(Trial& row) {
  if (row.schema == 1) row.subject = subject_of_schema_1(row.subject);
}

void use_names_of_today(Manifest& manifest) {
  if (manifest.schema != 1) return;
  manifest.baseline = subject_of_schema_1(manifest.baseline);
  for (auto& [table, baseline] : manifest.baselines) baseline = subject_of_schema_1(baseline);
  for (std::string& subject : manifest.subjects) subject = subject_of_schema_1(subject);
  for (auto& [subject, model] : manifest.twins) model = subject_of_schema_1(model);
  manifest.like = with_keys_of_today(std::move(manifest.like));
}

}  // namespace bakeoff::journal
