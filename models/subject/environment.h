// What a Service needs from the system: the date, and which processes there are.
#pragma once

#include <cstdint>
#include <string_view>

#include "workloads/catalogue.h"

namespace bakeoff::models::subject {

/// The Date text is made once a second and thread. Reading the second is no system call; the text is the thread's own,
/// and the session copies it before a fiber could lose the thread. Not strftime(): its first call in a process reads
/// the time zone and the locale, which would be charged to every worker of a model whose units are processes.
class SystemEnvironment final : public workloads::ServiceEnvironment {
 public:
  std::string_view http_date() const override;
  std::int64_t process() const override;
  bool is_alive(std::int64_t process) const override;
};

}  // namespace bakeoff::models::subject
