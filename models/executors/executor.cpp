#include "models/executors/executor.h"

#include "models/executors/unit_sync.h"

namespace bakeoff::models::executors {

void throw_first_failure(ExecutionResult& executed, const std::vector<std::exception_ptr>& failures) {
  std::exception_ptr abandoned;
  for (const auto& failure : failures) {
    if (!failure) continue;
    try {
      std::rethrow_exception(failure);
    } catch (const LimitReached& limit) {
      executed.limit = limit.what();
    } catch (const OtherUnitFailed&) {
      abandoned = failure;
    }
  }
  if (abandoned && executed.limit.empty()) std::rethrow_exception(abandoned);
}

}  // namespace bakeoff::models::executors
