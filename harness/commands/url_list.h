// The file of `bakeoff load --urls`: what is asked of one server, line by line.
//
//   /index.html
//   3 /search?q=a              a weight in front: three times as often as a line without one
//   http://127.0.0.1:8080/a    a whole URL, of the server that the load is on
//   # blank lines, and those that begin so, say nothing
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/catalogue.h"

namespace bakeoff::commands {

/// Each URL has latencies of its own: 31 KiB in each thread of the generator, about 300 MiB for the longest list of
/// 10,000.
struct UrlList {
  std::vector<workloads::WeightedTarget> urls;  ///< In the order of the lines; at least one.
  bool weighted = false;                        ///< Some line has a weight.
};

/// `server` is host and port of the load's URL, as they stand there. Throws UsageError naming the file, the line, what
/// was found and what is expected. Whether a server could be asked for a target is not looked at.
UrlList read_url_list(const std::filesystem::path& file, std::string_view text, std::string_view server);

}  // namespace bakeoff::commands
