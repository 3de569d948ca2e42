// The columns about the memory of what serves.
#pragma once

#include <vector>

#include "harness/report/figures.h"

namespace bakeoff::report {

/// The PSS with all connections open; per connection where there is a crowd of them; and where the subject rested after
/// its load, PSS and the kernel's memory at idle, under load and after it.
std::vector<Figure> memory_figures();

}  // namespace bakeoff::report
