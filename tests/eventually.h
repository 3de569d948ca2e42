// Waiting for what only shows itself when it is looked at.
#pragma once

#include <poll.h>

namespace bakeoff::test {

/// Looks every 10 ms until `holds` does; false when it does not for half a minute.
template <typename Condition>
bool eventually(const Condition& holds) {
  for (int i = 0; i < 3000; ++i) {
    if (holds()) return true;
    ::poll(nullptr, 0, 10);
  }
  return holds();
}

}  // namespace bakeoff::test
