#include "harness/subjects/restrict_foreign_child.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

namespace bakeoff::subjects {
namespace {

template <typename Resource>
bool lower(Resource resource, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min(limit.rlim_max, most);
  limit.rlim_cur = std::min(limit.rlim_cur, most);
  return ::setrlimit(resource, &limit) == 0;
}

}  // namespace

bool restrict_foreign_child(std::uint64_t most_file_bytes) {
  ::umask(S_IRWXG | S_IRWXO);
  return lower(RLIMIT_CORE, 0) && lower(RLIMIT_FSIZE, most_file_bytes) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace bakeoff::subjects
