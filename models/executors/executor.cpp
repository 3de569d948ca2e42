#include "models/executors/executor.h"

#include "models/executors/meeting.h"

namespace bakeoff {

void settle(Executed& executed, const std::vector<std::exception_ptr>& failures) {
  std::exception_ptr abandoned;
  for (const auto& failure : failures) {
    if (!failure) continue;
    try {
      std::rethrow_exception(failure);
    } catch (const LimitReached& limit) {
      executed.limit = limit.what();
    } catch (const Abandoned&) {
      abandoned = failure;
    }
  }
  if (abandoned && executed.limit.empty()) std::rethrow_exception(abandoned);
}

}  // namespace bakeoff
