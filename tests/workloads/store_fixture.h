// What tests of the stores share.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "workloads/catalogue.h"
#include "workloads/resp.h"

namespace bakeoff::workloads {

inline constexpr std::size_t kMebibyte = 1024UL * 1024;

/// A suite for each kind of store: INSTANTIATE_TEST_SUITE_P(EveryKind, Suite, every_store_kind(), store_kind_name).
inline auto every_store_kind() {
  return testing::Values(StoreKind::unshared, StoreKind::locked, StoreKind::process_shared);
}
inline std::string store_kind_name(const testing::TestParamInfo<StoreKind>& kind) {
  const char* const names[] = {"unshared", "locked", "process_shared"};
  return names[static_cast<std::size_t>(kind.param)];
}

/// A command of the counter workload as an array.
inline std::string resp_command(std::initializer_list<std::string_view> arguments) {
  std::string bytes;
  append_command(bytes, arguments);
  return bytes;
}

}  // namespace bakeoff::workloads
