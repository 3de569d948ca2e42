// What a Service needs from the system: the date, and whether a process is alive.
#pragma once

#include <cstdint>
#include <string_view>

#include "workloads/catalogue.h"

namespace bakeoff::models::subject {

/// Each thread makes the text of the date once per second. Reading the second takes no system call. The text is the
/// thread's own, and a session copies it before its fiber could move to another thread. strftime() is not used, because
/// its first call in a process reads the time zone and the locale, which every worker process of a model would have to
/// pay for.
class SystemEnvironment final : public workloads::ServiceEnvironment {
 public:
  std::string_view http_date() const override;
  std::int64_t process() const override;
  bool is_alive(std::int64_t process) const override;
};

}  // namespace bakeoff::models::subject
