#pragma once
#include <span>
#include "harness/stats/compare.h"
namespace bakeoff {
bool precision_reached(std::span<const Ratio>, double);
}
