// How the counter workload names its commands and words its errors: as Redis 7.0 does, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/resp.h"

namespace bakeoff::workloads {

/// A command's name as one number, whatever its case; 0 for what cannot be a command's name. Setting bit 5 makes an
/// ASCII letter small, and makes no letter out of anything else.
constexpr std::uint64_t name_code(std::string_view name) {
  if (name.size() > 8) return 0;
  std::uint64_t code = 0;
  for (const char letter : name) code = code << 8 | static_cast<unsigned char>(letter | 0x20);
  return code;
}

/// "-ERR text\r\n"; line ends in the text become blanks, so that a peer cannot forge a second reply.
void append_error(std::string& out, std::string_view text);

void append_wrong_arguments(std::string& out, std::string_view command);
void append_unknown_command(std::string& out, const CommandReader& command);
void append_unknown_subcommand(std::string& out, const CommandReader& command);

}  // namespace bakeoff::workloads
