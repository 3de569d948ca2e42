// Two servers beside each other: a line of the first table.
#pragma once

#include <string>

#include "tests/peers/drive.h"

namespace bakeoff::peers {

/// What stands above the lines.
void print_pairs_head();

/// One comparison: both alternate in slices, in fresh processes for each block; prints the ratio ours / theirs. Does
/// nothing where it is not asked for. Throws as drive() does.
void compare_pairs(const PeersOptions& settings, const std::string& name, const std::string& theirs_name, double target,
                   const PeerLoad& load, const Start& ours, const Start& theirs);

}  // namespace bakeoff::peers
