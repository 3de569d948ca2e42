// What somebody wrote cannot be used: on the command line, in an experiment file, in a manifest, in a URL.
#pragma once

#include <stdexcept>

namespace bakeoff::input {

/// what() is one line that says where, what was found and what was expected: "FILE:LINE: key: found X, expected Y" or
/// "--option: found X, expected Y". The program ends with the status for bad input.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bakeoff::input
