// The floor under every switch that the kernel makes: a system call that does next to nothing and does not switch.
#include <sys/syscall.h>
#include <unistd.h>

#include "models/probes/ping_pong.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {

ProbeResult probe_switch_syscall(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  WorkingSet memory(settings, Side::here), nothing(0, "lines");
  WorkingSet& of_second = settings.text("touch") == "both" ? memory : nothing;
  const double walks_ns = walks_alone_ns(memory, settings);
  const auto calls = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      memory.walk();
      ::syscall(SYS_getppid);
      of_second.walk();
      ::syscall(SYS_getppid);
    }
  };
  return sample_hand_overs(calls, usage_of_this_thread, walks_ns);
}

}  // namespace bakeoff::models::probes
