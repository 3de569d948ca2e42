#include "harness/load/pauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bakeoff::load {
namespace {

struct Words {
  std::string_view name, waited;
};

// In the order of Pause.
constexpr std::array<Words, kPauses> kWords{{{"none", ""},
                                             {"unserved", "before it connected again where nothing had been served"},
                                             {"port", "for a local port"},
                                             {"descriptor", "for a descriptor"},
                                             {"memory", "for the kernel to have room for another socket"}}};

constexpr std::array<std::pair<int, Pause>, 7> kShortages{{{EADDRNOTAVAIL, Pause::port},
                                                           {EADDRINUSE, Pause::port},
                                                           {EMFILE, Pause::descriptor},
                                                           {ENFILE, Pause::descriptor},
                                                           {ENOBUFS, Pause::memory},
                                                           {ENOMEM, Pause::memory},
                                                           // epoll_ctl: fs.epoll.max_user_watches.
                                                           {ENOSPC, Pause::memory}}};

}  // namespace

Pause pause_after(std::string_view phase, int code, bool served) {
  const auto shortage =
      std::find_if(kShortages.begin(), kShortages.end(), [&](const auto& one) { return one.first == code; });
  if (shortage != kShortages.end()) return shortage->second;
  return served || phase == "timeout" || code == ETIMEDOUT ? Pause::none : Pause::unserved;
}

bool is_own_shortage(std::string_view code) {
  return std::any_of(kShortages.begin(), kShortages.end(),
                     [&](const auto& one) { return code == ::strerrorname_np(one.first); });
}

std::string_view pause_name(Pause pause) {
  return kWords.at(static_cast<std::size_t>(pause)).name;
}

std::vector<std::string> pause_events(const std::map<std::string, PauseCount>& pauses) {
  std::vector<std::string> events;
  for (const Words& words : kWords) {
    const auto found = pauses.find(std::string(words.name));
    if (found == pauses.end() || found->second.count == 0) continue;
    const auto& [count, ns] = found->second;
    events.push_back(fmt::format("the generator itself waited {} time{}, {:.3g} s of its connections' time, {}", count,
                                 count == 1 ? "" : "s", ns / 1e9, words.waited));
  }
  return events;
}

}  // namespace bakeoff::load
