// Tells AddressSanitizer which stack runs. Boost.Context's switches are prebuilt without the sanitizer, which therefore
// does not see them and makes false reports as soon as an exception is thrown on a fiber. This file is linked into
// every program with fibers in builds with that sanitizer. It defines the three functions that switch, which are C
// symbols that libboost_fiber.so too calls through the dynamic linker, and puts the sanitizer's calls around the real
// ones.
//
// Works only with Boost as shared libraries.
#include <dlfcn.h>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>

namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::transfer_t;
using Entry = void (*)(transfer_t);

struct Stack {
  std::uintptr_t bottom = 0;
  std::size_t size = 0;
  Entry entry = nullptr;
  bool holds(std::uintptr_t address) const { return address >= bottom && address - bottom < size; }
};

/// The stacks of all contexts ever made, by their lowest address. A new stack replaces those whose memory it uses
/// again.
class Stacks {
 public:
  void add(const Stack& stack) {
    const std::lock_guard lock(mutex_);
    auto next = stacks_.lower_bound(stack.bottom);
    if (next != stacks_.begin() && std::prev(next)->second.holds(stack.bottom)) --next;
    while (next != stacks_.end() && next->first < stack.bottom + stack.size) next = stacks_.erase(next);
    stacks_[stack.bottom] = stack;
  }

  /// The stack that the address lies on: a context's, or the calling thread's own.
  Stack find(const void* pointer) {
    const auto address = reinterpret_cast<std::uintptr_t>(pointer);
    thread_local const Stack own = own_stack();
    if (own.holds(address)) return own;
    const std::lock_guard lock(mutex_);
    const auto next = stacks_.upper_bound(address);
    return next == stacks_.begin() ? Stack{} : std::prev(next)->second;
  }

 private:
  static Stack own_stack() {
    pthread_attr_t attributes;
    void* bottom = nullptr;
    std::size_t size = 0;
    ::pthread_getattr_np(::pthread_self(), &attributes);
    ::pthread_attr_getstack(&attributes, &bottom, &size);
    ::pthread_attr_destroy(&attributes);
    return {reinterpret_cast<std::uintptr_t>(bottom), size, nullptr};
  }

  std::mutex mutex_;
  std::map<std::uintptr_t, Stack> stacks_;
};

Stacks& stacks() {
  static auto* const all = new Stacks;  // Never destroyed: the main thread's fibers end after static objects.
  return *all;
}

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

/// The first thing that runs on a new stack.
void enter(transfer_t transfer) {
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
  stacks().find(__builtin_frame_address(0)).entry(transfer);
}

template <typename Switch>
transfer_t bracketed(fcontext_t to, Switch switch_over) {
  void* fake_stack = nullptr;
  const Stack target = stacks().find(to);
  __sanitizer_start_switch_fiber(&fake_stack, reinterpret_cast<const void*>(target.bottom), target.size);
  const transfer_t transfer = switch_over();
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
  return transfer;
}

}  // namespace

namespace boost::context::detail {

extern "C" fcontext_t make_fcontext(void* top, std::size_t size, Entry entry) {
  static const auto make = real<decltype(&make_fcontext)>("make_fcontext");
  stacks().add({reinterpret_cast<std::uintptr_t>(top) - size, size, entry});
  return make(top, size, enter);
}

extern "C" transfer_t jump_fcontext(const fcontext_t to, void* data) {
  static const auto jump = real<decltype(&jump_fcontext)>("jump_fcontext");
  return bracketed(to, [&] { return jump(to, data); });
}

extern "C" transfer_t ontop_fcontext(const fcontext_t to, void* data, transfer_t (*function)(transfer_t)) {
  static const auto ontop = real<decltype(&ontop_fcontext)>("ontop_fcontext");
  return bracketed(to, [&] { return ontop(to, data, function); });
}

}  // namespace boost::context::detail
