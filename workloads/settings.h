// The settings of a model, an executor, a job or a probe, beside its size: `listen=reuseport`, `discipline=mutex`. The
// catalogue says which settings each of them has. A setting that is not given keeps its default.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace bakeoff::workloads {

struct SettingEntry {
  std::string_view name;                        ///< "listen".
  std::string_view meaning;                     ///< One line.
  std::string_view default_value;               ///< Its value where none is given.
  std::span<const std::string_view> choices{};  ///< Empty: a whole number from `least` to `most`.
  std::uint64_t least = 0, most = 0;
  /// What each choice does, in their order, as the rest of a sentence that begins with it; empty where the meaning says
  /// enough.
  std::span<const std::string_view> choice_meanings{};
};

inline constexpr std::string_view kYesOrNo[] = {"yes", "no"};

/// The settings of one run: every one that there is, each with a value that it may have.
class Settings {
 public:
  Settings() = default;
  /// All of them at their defaults.
  explicit Settings(std::span<const SettingEntry> known);

  /// Throws std::invalid_argument in one line for an unknown name or a value that it may not have.
  void set(std::string_view name, std::string_view value);

  /// Throws std::out_of_range for a name that is none of the known settings.
  const std::string& text(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;
  bool yes(std::string_view name) const { return text(name) == "yes"; }

  const std::map<std::string, std::string, std::less<>>& all() const { return values_; }

 private:
  std::span<const SettingEntry> known_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace bakeoff::workloads
