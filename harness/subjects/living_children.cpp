#include "harness/subjects/living_children.h"

#include <mutex>
#include <set>

namespace bakeoff::subjects {
namespace {

struct Pids {
  std::mutex mutex;
  std::set<pid_t> all;
};

Pids& living_pids() {
  static Pids pids;
  return pids;
}

}  // namespace

void LivingChildren::add(pid_t pid) {
  const std::lock_guard lock(living_pids().mutex);
  living_pids().all.insert(pid);
}

void LivingChildren::remove(pid_t pid) {
  const std::lock_guard lock(living_pids().mutex);
  living_pids().all.erase(pid);
}

std::vector<pid_t> LivingChildren::all() {
  const std::lock_guard lock(living_pids().mutex);
  return {living_pids().all.begin(), living_pids().all.end()};
}

}  // namespace bakeoff::subjects
