#include "harness/load/pauses.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

namespace bakeoff {
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

}  // namespace

Pause pause_after(std::string_view phase, int code, bool served) {
  switch (code) {
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return Pause::port;
    case EMFILE:
    case ENFILE:
      return Pause::descriptor;
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // epoll_ctl: fs.epoll.max_user_watches.
      return Pause::memory;
    default:
      break;
  }
  return served || phase == "timeout" || code == ETIMEDOUT ? Pause::none : Pause::unserved;
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

}  // namespace bakeoff
