// Signals that stop this process, seen as a StopToken.
#pragma once

#include <initializer_list>
#include <vector>

#include "models/net.h"

namespace bakeoff::models {

/// While it lives, each of the signals sets stop_requested (connection.h) and makes the token readable for good. Only
/// one may live in a process. A forked child that is to be stopped by a signal of its own makes another, because the
/// one that it inherited would stop its parent.
class StopSignals {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  explicit StopSignals(std::initializer_list<int> signals);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  /// From now on the signals are ignored.
  ~StopSignals();

  StopToken token() const { return source_.token(); }

 private:
  StopSource source_;
  std::vector<int> signals_;
};

}  // namespace bakeoff::models
