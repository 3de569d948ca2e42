#include "harness/subjects/shared_segments.h"

#include <sys/shm.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>

namespace bakeoff::subjects {

/// proc(5): a line of names, then a line per segment, whose 2nd and 5th fields are its identifier and its maker. One
/// that others still have attached goes with the last of them.
void remove_shared_segments_of(pid_t maker) noexcept try {
  std::ifstream segments("/proc/sysvipc/shm");
  std::string line;
  std::getline(segments, line);
  while (std::getline(segments, line)) {
    std::istringstream fields(line);
    std::string key, mode, size;
    int identifier = 0;
    pid_t made_by = 0;
    if (!(fields >> key >> identifier >> mode >> size >> made_by)) continue;
    if (made_by == maker) ::shmctl(identifier, IPC_RMID, nullptr);
  }
} catch (const std::exception&) {  // No memory for a line: the segment stays.
}

}  // namespace bakeoff::subjects
