// A program that has to be installed. Plain data.
#pragma once

#include <string>

namespace bakeoff::subjects {

struct NeededProgram {
  std::string program;  ///< Its file name.
  std::string package;  ///< The Debian package that has it.
};

}  // namespace bakeoff::subjects
