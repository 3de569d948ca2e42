#include "harness/measure/descriptor_limit.h"

namespace bakeoff::measure {

std::uint64_t most_descriptors() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_max;
}

RaisedDescriptorLimit::RaisedDescriptorLimit() noexcept {
  if (::getrlimit(RLIMIT_NOFILE, &before_) != 0) return;
  rlimit files = before_;
  files.rlim_cur = files.rlim_max;
  raised_ = ::setrlimit(RLIMIT_NOFILE, &files) == 0;
}

RaisedDescriptorLimit::~RaisedDescriptorLimit() {
  if (raised_) ::setrlimit(RLIMIT_NOFILE, &before_);
}

}  // namespace bakeoff::measure
