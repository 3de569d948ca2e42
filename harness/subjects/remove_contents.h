// Removes what is in a folder, at any depth, without following links.
#pragma once

#include <string_view>

namespace bakeoff::subjects {

/// Removes everything in the directory `folder` (a descriptor) except the file `keep`. No other user may write in it.
///
/// A program that was measured may leave directories thirty thousand deep, whose path is longer than a path may be and
/// whose levels are more than descriptors. So nothing is descended into: the directories in a directory are moved up
/// into `folder` itself before it is removed. That takes one descriptor at a time. Symbolic links are removed and not
/// followed. What is mounted there cannot be moved and stays, with what is in it.
/// What cannot be removed stays; true when nothing has.
bool remove_contents(int folder, std::string_view keep);

}  // namespace bakeoff::subjects
