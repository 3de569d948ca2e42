// What Redis clients ask before they get to work.
#include "workloads/counter_handshake.h"

#include <algorithm>

#include "workloads/counter_errors.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

bool same_word(std::string_view left, std::string_view right) {
  return name_code(left) == name_code(right) && left.size() == right.size();
}

/// "" takes the name away.
bool set_name(std::string_view wanted, std::unique_ptr<std::string>& name, std::string& replies) {
  const bool good = std::all_of(wanted.begin(), wanted.end(), [](char byte) { return byte >= '!' && byte <= '~'; });
  if (!good) {
    append_error(replies, "Client names cannot contain spaces, newlines or special characters.");
  } else if (wanted.empty()) {
    name.reset();
  } else {
    name = std::make_unique<std::string>(wanted);
  }
  return good;
}

/// Which settings a client may read: what redis-benchmark prints about the server.
void config_get(const CommandReader& command, std::string& replies) {
  std::string found;
  int count = 0;
  for (std::size_t i = 2; i < command.count(); ++i) {
    if (same_word(command[i], "save")) {
      append_bulk(found, "save");
      append_bulk(found, "");
      count += 2;
    } else if (command[i].size() == 10 && same_word(command[i].substr(0, 6), "append") &&
               same_word(command[i].substr(6), "only")) {
      append_bulk(found, "appendonly");
      append_bulk(found, "no");
      count += 2;
    }
  }
  append_number(replies, '*', count);
  replies.append(found);
}

void config(const CommandReader& command, std::string& replies) {
  if (command.count() < 2) {
    append_wrong_arguments(replies, "config");
  } else if (!same_word(command[1], "get")) {
    append_unknown_subcommand(replies, command);
  } else if (command.count() < 3) {
    append_wrong_arguments(replies, "config|get");
  } else {
    config_get(command, replies);
  }
}

/// No command describes itself: an empty list is what every client takes for "no hints to offer".
void command_list(const CommandReader& command, std::string& replies) {
  if (command.count() == 1 || same_word(command[1], "docs") || same_word(command[1], "info")) {
    replies.append("*0\r\n");
  } else if (!same_word(command[1], "count")) {
    append_unknown_subcommand(replies, command);
  } else if (command.count() != 2) {
    append_wrong_arguments(replies, "command|count");
  } else {
    append_number(replies, ':', kCommandCount);
  }
}

void client(const CommandReader& command, std::unique_ptr<std::string>& name, std::string& replies) {
  if (command.count() < 2) {
    append_wrong_arguments(replies, "client");
  } else if (same_word(command[1], "setname")) {
    if (command.count() != 3) return append_wrong_arguments(replies, "client|setname");
    if (set_name(command[2], name, replies)) replies.append("+OK\r\n");
  } else if (same_word(command[1], "getname")) {
    if (command.count() != 2) return append_wrong_arguments(replies, "client|getname");
    if (name == nullptr) {
      replies.append("$-1\r\n");
    } else {
      append_bulk(replies, *name);
    }
  } else if (same_word(command[1], "setinfo")) {
    // Redis has it from 7.2 on; newer clients send it unasked.
    if (command.count() != 4) return append_wrong_arguments(replies, "client|setinfo");
    replies.append("+OK\r\n");
  } else {
    append_unknown_subcommand(replies, command);
  }
}

void hello(const CommandReader& command, std::unique_ptr<std::string>& name, std::string& replies) {
  if (command.count() >= 2) {
    const auto version = parse_integer(command[1]);
    if (!version) return append_error(replies, "Protocol version is not an integer or out of range");
    if (*version != 2) {
      replies.append("-NOPROTO unsupported protocol version\r\n");
      return;
    }
  }
  for (std::size_t i = 2; i < command.count(); i += 2) {
    if (!same_word(command[i], "setname") || i + 1 == command.count()) {
      return append_error(replies, "Syntax error in HELLO option '" + std::string(command[i]) + "'");
    }
    if (!set_name(command[i + 1], name, replies)) return;
  }
  append_number(replies, '*', 12);
  append_bulk(replies, "server");
  append_bulk(replies, "bakeoff");
  append_bulk(replies, "version");
  append_bulk(replies, "7.0.0");  // The Redis whose behaviour this follows; clients compare it.
  append_bulk(replies, "proto");
  append_number(replies, ':', 2);
  append_bulk(replies, "mode");
  append_bulk(replies, "standalone");
  append_bulk(replies, "role");
  append_bulk(replies, "master");
  append_bulk(replies, "modules");
  replies.append("*0\r\n");
}

}  // namespace

bool answer_handshake(const CommandReader& command, std::unique_ptr<std::string>& name, std::string& replies) {
  switch (name_code(command[0])) {
    case name_code("command"):
      command_list(command, replies);
      return true;
    case name_code("config"):
      config(command, replies);
      return true;
    case name_code("client"):
      client(command, name, replies);
      return true;
    case name_code("hello"):
      hello(command, name, replies);
      return true;
    default:
      return false;
  }
}

}  // namespace bakeoff::workloads
