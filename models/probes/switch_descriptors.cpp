// Switches by descriptors: a party waits in read() for what the other writes, to a pipe or to an eventfd.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "models/net.h"
#include "models/probes/ping_pong.h"
#include "models/probes/pipe.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

constexpr std::uint64_t kToken = 1;

std::system_error descriptor_error(const char* call) {
  return {errno, std::generic_category(), call};
}

/// One way in and one way out for each party.
class Descriptors {
 public:
  void wait(Side me) {
    std::uint64_t token = 0;
    if (::read(in_[me].get(), &token, sizeof token) != sizeof token) throw descriptor_error("read");
  }
  void wake(Side whom) {
    if (::write(out_[whom].get(), &kToken, sizeof kToken) != sizeof kToken) throw descriptor_error("write");
  }

 protected:
  PerSide<Descriptor> in_, out_;  // Each belongs to the side that reads from it.
};

class Pipes : public Descriptors {
 public:
  Pipes() {
    for (const Side side : {Side::here, Side::there}) {
      Pipe pipe = make_pipe();
      in_[side] = std::move(pipe.read_end);
      out_[side] = std::move(pipe.write_end);
    }
  }
};

class EventDescriptors : public Descriptors {
 public:
  EventDescriptors() {
    for (const Side side : {Side::here, Side::there}) {
      in_[side].reset(::eventfd(0, EFD_CLOEXEC));
      if (!in_[side]) throw descriptor_error("eventfd");
      out_[side].reset(::fcntl(in_[side].get(), F_DUPFD_CLOEXEC, 0));
      if (!out_[side]) throw descriptor_error("fcntl");
    }
  }
};

}  // namespace

ProbeResult probe_switch_pipe(const workloads::Settings& settings) {
  Pipes pipes;
  return ping_pong(pipes, settings);
}

ProbeResult probe_switch_eventfd(const workloads::Settings& settings) {
  EventDescriptors descriptors;
  return ping_pong(descriptors, settings);
}

}  // namespace bakeoff::models::probes
