// One function per phase. What is certain is said as a fact, what is likely as "usually".
#include "harness/load/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "workloads/http_requests.h"
#include "workloads/refusal.h"

namespace bakeoff::load {
namespace {

std::uint64_t refused_by_queue(const HintContext& context) {
  if (!context.local || context.unix_socket) return 0;
  return context.listen_overflows.value_or(0) > 0 ? *context.listen_overflows : context.listen_drops.value_or(0);
}

// What the server's kernel counted, or where to look when that is another machine.
std::string accept_queue(const HintContext& context) {
  if (const std::uint64_t refused = refused_by_queue(context); refused > 0) {
    return fmt::format("the server's accept queue overflowed {} times: raise its listen backlog{}", refused,
                       context.somaxconn ? fmt::format(" and net.core.somaxconn ({})", *context.somaxconn) : "");
  }
  if (context.local) return "";
  return "look at TcpExtListenOverflows on the server (nstat -az): if it rises, raise its listen backlog";
}

std::string out_of_descriptors(const HintContext& context, bool whole_machine) {
  if (whole_machine) return "The machine has no descriptor left: raise fs.file-max, or open fewer connections.";
  std::string limit = "its limit of open descriptors";
  if (context.descriptors_soft) limit += fmt::format(", {}", *context.descriptors_soft);
  std::string way = "raise it (ulimit -n)";
  if (context.descriptors_hard && context.descriptors_soft == context.descriptors_hard) {
    way = "which is the hard limit: raise it as root (ulimit -Hn, or the container's --ulimit nofile)";
  }
  return fmt::format("The generator met {}; {}, or open fewer connections.", limit, way);
}

std::string out_of_ports(const HintContext& context) {
  std::string text = "No local port is left for this server";
  if (context.ports) text += fmt::format(", all {} are taken", *context.ports * context.sources);
  text += context.churn ? "; closed connections keep theirs for a minute: lower the rate, widen "
                          "net.ipv4.ip_local_port_range, set net.ipv4.tcp_tw_reuse=1, or connect from more addresses "
                          "(--source)."
                        : "; widen net.ipv4.ip_local_port_range, or connect from more addresses (--source).";
  return text;
}

// "" for what is the same as with TCP.
std::string on_connect_to_unix_socket(const std::string& code, const HintContext& context) {
  if (code == "EAGAIN") {
    return fmt::format("The server's accept queue was full: raise its listen backlog{}, or add workers.",
                       context.somaxconn ? fmt::format(" and net.core.somaxconn ({})", *context.somaxconn) : "");
  }
  if (code == "ECONNREFUSED") return "Nothing listens on that socket any more: the server has ended and left its file.";
  if (code == "ENOENT") return "The socket's file is gone: the server has stopped.";
  if (code == "EACCES") return "This user may not write to the socket: see the permissions of its file and folder.";
  return "";
}

std::string on_connect(const std::string& code, const HintContext& context) {
  if (context.unix_socket) {
    if (std::string hint = on_connect_to_unix_socket(code, context); !hint.empty()) return hint;
  }
  if (code == "ECONNREFUSED") return "Nothing listens on that port; see that the server is up, and the address right.";
  if (code == "ETIMEDOUT" || code == "EINPROGRESS" || code.empty()) {
    const std::string queue = accept_queue(context);
    return fmt::format("No connection within {:g} s; {}.", context.connect_timeout_s,
                       queue.empty() ? "the server accepts too slowly, or a firewall drops packets" : queue);
  }
  if (code == "EADDRNOTAVAIL") return out_of_ports(context);
  if (code == "EMFILE") return out_of_descriptors(context, false);
  if (code == "ENFILE") return out_of_descriptors(context, true);
  if (code == "ECONNRESET" || code == "ECONNABORTED") {
    const std::string queue = accept_queue(context);
    return queue.empty() ? "The server hung up before it accepted: it is at its own limit of connections, or restarts."
                         : fmt::format("The server hung up before it accepted; {}.", queue);
  }
  if (code == "ENETUNREACH" || code == "EHOSTUNREACH") return "There is no way to that address: check host and route.";
  if (code == "EACCES" || code == "EPERM") return "A rule of this machine (firewall, sandbox) forbids the connection.";
  if (code == "ENOSPC") {
    return "The user's limit of watched sockets is met: raise fs.epoll.max_user_watches, or open fewer connections.";
  }
  if (code == "ENOBUFS" || code == "ENOMEM") {
    return "The kernel has no memory for another socket: open fewer connections, or raise net.ipv4.tcp_mem.";
  }
  return "";
}

// A connection that stood and was cut.
std::string cut_off(const HintContext& context) {
  if (refused_by_queue(context) > 0) return fmt::format("The server reset connections; {}.", accept_queue(context));
  return "The server reset connections: it died, restarted or is at a limit of its own; see its log.";
}

// The client's side of the handshake can be done while the server's accept queue is full: connected, and never served.
std::string on_timeout(const HintContext& context) {
  if (refused_by_queue(context) > 0) {
    return fmt::format("No reply within {:g} s; {}.", context.timeout_s, accept_queue(context));
  }
  return fmt::format(
      "No reply within {:g} s: the server is overloaded or holds these connections unserved; lower the load, or raise "
      "the timeout.",
      context.timeout_s);
}

struct ReplyHint {
  std::string_view code, hint;
};

/// HTTP statuses, and the first words of Redis errors.
constexpr std::array kReplyHints{
    ReplyHint{"304", "Not modified: the request is conditional; leave out If-None-Match and If-Modified-Since."},
    ReplyHint{"400", "The server cannot read the request: check its target and its header fields."},
    ReplyHint{"401", "The server wants to know who asks: -H 'Authorization: ...'."},
    ReplyHint{"403", "The server lets nobody have this target, or not this client: check the URL, and its rules."},
    ReplyHint{"404", "The server has no such target: check the URL's path."},
    ReplyHint{"405", "The target does not take this method: check --method."},
    ReplyHint{"408", "The server waited too long for a request: it does not hold idle or slow connections that long."},
    ReplyHint{"411", "The server wants to know the length of a body: send one with --body."},
    ReplyHint{"413", "The server takes no body of this size: send a smaller one, or raise its limit."},
    ReplyHint{"414", "The server takes no target of this length: shorten the URL."},
    ReplyHint{"415", "The server takes no body of this type: say which it is, with -H 'Content-Type: ...'."},
    ReplyHint{"421", "The server does not answer for this host: give the name that it serves."},
    ReplyHint{"426", "The server wants another protocol, such as HTTP/2 or TLS; the load speaks HTTP/1.1."},
    ReplyHint{"429", "The server limits the rate of its clients: lower the load, or turn the limit off."},
    ReplyHint{"431", "The server takes no header of this size: send less of it, or raise its limit."},
    ReplyHint{"500", "The server failed inside: see its error log."},
    ReplyHint{"501", "The server does not know this method: check --method."},
    ReplyHint{"502", "A proxy got no proper answer from the server behind it: look there."},
    ReplyHint{"503", "The server says that it is overloaded or not ready: lower the load, or add workers."},
    ReplyHint{"504", "A proxy did not hear from the server behind it in time: look there."},
    ReplyHint{"505", "The server does not speak HTTP/1.1, and the load nothing else."},
    ReplyHint{"ASK", "The server is one node of a cluster, which moves the key: give the node that the reply names."},
    ReplyHint{"DENIED", "The server is in protected mode and lets in nobody from elsewhere: give it a password."},
    ReplyHint{"LOADING", "The server still reads its data from disk: wait until it is ready."},
    ReplyHint{"MISCONF", "The server cannot save its data, and takes no writes until it can: see its log."},
    ReplyHint{"MOVED",
              "The server is one node of a cluster, and another has the key: give the node that the reply names."},
    ReplyHint{"NOAUTH", "The server wants a password: redis://:PASSWORD@host, or the variable BAKEOFF_REDIS_PASSWORD."},
    ReplyHint{"NOPERM", "The server does not let this user do that: check the rules for the user (ACL GETUSER)."},
    ReplyHint{"OOM", "The server has no memory left for writes: raise its maxmemory, or let it evict keys."},
    ReplyHint{"READONLY", "The server is a replica and takes no writes: give its master, or ask for get/KEY."},
    ReplyHint{"WRONGPASS", "The server refuses the password: check the URL, or the variable BAKEOFF_REDIS_PASSWORD."},
    ReplyHint{"WRONGTYPE", "The key has a value of another type: choose another key."},
    ReplyHint{"maxclients",
              "The server has no room for so many clients: raise its maxclients, or open fewer connections."}};

std::string_view on_reply(const std::string& code) {
  const auto known = std::ranges::find(kReplyHints, std::string_view(code), &ReplyHint::code);
  if (known != kReplyHints.end()) return known->hint;
  const bool status = code.size() == 3 && code.find_first_not_of("0123456789") == std::string::npos;
  if (status && code.starts_with('5')) return "The server could not do what was asked: see its error log.";
  if (status && code.starts_with('4')) return "The server refuses the request itself: check the URL.";
  if (status && code.starts_with('3')) return "The server sends clients elsewhere: give the URL that it redirects to.";
  return "The server answered with its protocol's error; see the one above, and its log.";
}

/// What the client could not read (workloads/refusal.h). The row's detail has the bytes.
std::string on_refusal(std::string_view code) {
  namespace refusal = workloads::refusal;
  struct Hint {
    std::string_view code;
    const char* text;
  };
  static constexpr std::array kHints{
      Hint{refusal::kUnasked,
           "The server spoke before it was asked, or more than once: one that is full of clients does, and one of "
           "another protocol."},
      Hint{refusal::kReplyTooLong,
           "Replies are compared whole, up to 4 MiB: --no-verify counts longer ones without comparing."},
      Hint{refusal::kNotHttp, "The server does not speak HTTP on this port: check scheme and port of the URL."},
      Hint{refusal::kOtherVersion,
           "The server answers in another version of HTTP; only HTTP/1.0 and HTTP/1.1 are read."},
      Hint{refusal::kBadStatus,
           "The first line of the reply has no status of three digits: the server, or what is in "
           "front of it, is at fault."},
      Hint{refusal::kBadField,
           "A line in the head of the reply is no field: the server, or what is in front of it, is "
           "at fault."},
      Hint{refusal::kBadLength, "The reply says its length wrongly or in two ways: nobody can know where it ends."},
      Hint{refusal::kHeadTooLong, "The head of the reply has more than 64 KiB: look at the cookies that it sets."},
      Hint{refusal::kBadChunk, "The body is not in chunks as its head says, or its trailers have more than 16 KiB."},
      Hint{refusal::kSwitched, "The server switched to another protocol: leave the field Upgrade out of the request."},
      Hint{refusal::kInterim, "The server sent 64 interim replies (1xx) and not the one that was asked for."},
      Hint{refusal::kNotResp, "The server does not speak RESP2 on this port: check scheme and port of the URL."},
  };
  const auto found = std::ranges::find(kHints, code, &Hint::code);
  return found == kHints.end() ? "The server does not speak this protocol." : found->text;
}

}  // namespace

std::string hint_for(const journal::ErrorCount& error, const HintContext& context) {
  if (error.phase == "connect") return on_connect(error.code, context);
  if (error.phase == "reply") return std::string(on_reply(error.code));
  if (error.phase == "parse") return on_refusal(error.code);
  if (error.phase == "closed") {
    return "The server closed connections with a request open: it limits the requests per connection, timed out, or "
           "died.";
  }
  if (error.phase == "timeout") return on_timeout(context);
  if (error.phase == "late") {
    return fmt::format("Requests waited {:g} s for a free connection: add connections, or lower the rate.",
                       context.timeout_s);
  }
  if (error.phase == "shed") {
    return "More requests came due than could be held back: the rate is above what the server takes; lower it.";
  }
  if (error.phase == "write" || error.phase == "read") {
    if (error.code == "ECONNRESET") return cut_off(context);
    if (error.code == "EPIPE") return "The server had closed the connection before the request was sent whole.";
    if (error.code == "ETIMEDOUT" || error.code == "EHOSTUNREACH") {
      return "The network lost the server: packets are not acknowledged any more.";
    }
    if (error.code == "ENOBUFS" || error.code == "ENOMEM") {
      return "The kernel has no memory for socket buffers: open fewer connections, or raise net.ipv4.tcp_mem.";
    }
  }
  return "";
}

std::string hint_for_wrong(const AgentPlan& plan) {
  if (plan.workload != "http" || !workloads::HttpRequests(client_settings(plan, 0)).learns()) return "";
  return "The page changes from reply to reply: --no-verify counts it without comparing.";
}

std::vector<std::string> hints_for(const std::vector<journal::ErrorCount>& errors, const HintContext& context) {
  std::vector<std::string> hints;
  hints.reserve(errors.size());
  for (const journal::ErrorCount& error : errors) hints.push_back(hint_for(error, context));
  return hints;
}

}  // namespace bakeoff::load
