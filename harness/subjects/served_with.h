// What a server finds beside itself, where its requests need it.
#pragma once

#include <filesystem>
#include <string>

namespace bakeoff::subjects {

struct ServedWith {
  std::filesystem::path files{};  ///< The root of the files of GET /file/<k>; "" where there are none.
  std::string back_end{};         ///< The URL of the back end that GET /call/<k> asks; "" where there is none.
};

}  // namespace bakeoff::subjects
