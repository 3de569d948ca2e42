// What libFuzzer calls with each input. Compiled once per target, whose name BAKEOFF_FUZZ_TARGET is.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/oracle.h"
#include "tests/fuzz/targets/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    bakeoff::fuzz::targets::BAKEOFF_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  } catch (const bakeoff::fuzz::BrokenPromise& finding) {
    std::fprintf(stderr, "%s\n", finding.words.c_str());
    std::abort();
  }
  return 0;
}
