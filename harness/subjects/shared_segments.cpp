#include "harness/subjects/shared_segments.h"

#include <sys/shm.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>

namespace bakeoff::subjects {

/// proc(5): a line of names, then a line per segment, whose 2nd, 5th and 7th fields are its identifier, its maker and
/// how many have attached it.
void remove_shared_segments_of(pid_t maker) noexcept try {
  std::ifstream segments("/proc/sysvipc/shm");
  std::string line;
  std::getline(segments, line);
  while (std::getline(segments, line)) {
    std::istringstream fields(line);
    std::string key, mode, size, last_user;
    int identifier = 0;
    pid_t made_by = 0;
    std::uint64_t attached = 0;
    if (!(fields >> key >> identifier >> mode >> size >> made_by >> last_user >> attached)) continue;
    if (made_by == maker && attached == 0) ::shmctl(identifier, IPC_RMID, nullptr);
  }
} catch (const std::exception&) {  // No memory for a line: the segment stays.
}

}  // namespace bakeoff::subjects
