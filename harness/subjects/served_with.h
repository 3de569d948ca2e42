// What a server is given beside its port, or instead of one.
#pragma once

#include <filesystem>
#include <string>

namespace bakeoff::subjects {

struct ServedWith {
  std::filesystem::path files{};  ///< The root of the files of GET /file/<k>; "" where there are none.
  std::string back_end{};         ///< The URL of the back end that GET /call/<k> asks; "" where there is none.
  std::string unix_socket{};      ///< The path of the socket that it listens on; "": it listens on the port.
};

}  // namespace bakeoff::subjects
