// Shared memory by mmap(MAP_SHARED | MAP_ANONYMOUS): it has no name, so nothing can be left behind.
#include "workloads/shared_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace bakeoff::workloads {

SharedMemory::SharedMemory(std::size_t bytes)
    : data_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
      size_(bytes) {
  if (data_ == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "mapping " + std::to_string(bytes) + " shared bytes");
  }
}

SharedMemory::~SharedMemory() {
  ::munmap(data_, size_);
}

}  // namespace bakeoff::workloads
