// The children of this program that are wanted: started (process.h) and not reaped yet. Whatever else descends from it
// was left behind by a server.
#pragma once

#include <sys/types.h>

#include <vector>

namespace bakeoff::subjects {

/// One list for the whole program. Any thread may call these.
class LivingChildren {
 public:
  static void add(pid_t pid);
  static void remove(pid_t pid);
  static std::vector<pid_t> all();
};

}  // namespace bakeoff::subjects
