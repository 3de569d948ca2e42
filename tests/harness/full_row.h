// A row for the journal tests in which nothing is left out.
#pragma once

#include "harness/journal/trial.h"

namespace bakeoff::test {

/// Every field has a value of its own that is not its default.
Trial full_row();

}  // namespace bakeoff::test
