// The only list of workloads and jobs. Adding one is a file, a CMake line and a line in catalogue.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/back_end.h"
#include "workloads/faulty.h"
#include "workloads/http_form.h"
#include "workloads/jobs/job.h"
#include "workloads/login.h"
#include "workloads/session.h"

namespace bakeoff::workloads {

class Ledger;

/// How the state of a workload is shared, chosen by the model: the Redis argument, as a setting.
enum class StoreKind : std::uint8_t {
  unshared,        ///< One thread owns it. No lock.
  locked,          ///< Threads of one process. Striped locks.
  process_shared,  ///< Processes after fork. A fixed piece of memory, striped robust locks.
};

/// What a Service needs from outside, because workloads hold no clock.
class ServiceEnvironment {
 public:
  virtual ~ServiceEnvironment() = default;
  /// The present moment as HTTP writes it (RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", 29 bytes).
  /// Never blocks, safe from several threads. Valid until the calling thread asks again: copy it at once.
  virtual std::string_view http_date() const = 0;

  /// The calling process, and whether a process that has called before is still alive: what a dead process held is
  /// taken back. The defaults are right for a server with one process.
  virtual std::int64_t process() const { return 1; }
  virtual bool is_alive(std::int64_t /*process*/) const { return true; }
};

/// Where the files of GET /file/<k> are, and how they are sent.
struct FilesSetting {
  int folder = -1;  ///< A descriptor, which outlives the Service; file k is "k" in it. -1: there are none.
  FileTransfer transfer = FileTransfer::sendfile;
};

struct ServiceSettings {
  StoreKind store = StoreKind::locked;
  std::size_t message_bytes = 64;                ///< echo: the size of a message, 1 to 1 MiB.
  std::size_t store_bytes = 64UL * 1024 * 1024;  ///< What a store may hold, of any kind.
  /// counter: the memory that unread replies larger than kReplyCap may take, over all connections.
  std::size_t unread_bytes = 256UL * 1024 * 1024;
  FilesSetting files{};                             ///< http.
  std::optional<BackEnd> back_end{};                ///< http: what its model calls; see Service::back_end().
  std::chrono::nanoseconds id_delay{0};             ///< http: every GET /id/<k> waits this long; for back ends.
  const ServiceEnvironment* environment = nullptr;  ///< Required; outlives the Service.
  Faults faults{};                                  ///< What is to go wrong, on purpose.
};

/// What sessions of one workload may share, each workload its own.
class ClientShare {
 public:
  virtual ~ClientShare() = default;
};

/// A target as ClientSettings::request has it for http, and how often it is asked for, relative to the others.
struct WeightedTarget {
  std::string target;
  double weight = 1;
};

/// One connection of a load. The pair (seed, connection) fixes every request that it will ever make.
struct ClientSettings {
  std::uint64_t seed = 1;
  std::uint64_t connection = 0;
  std::size_t message_bytes = 64;  ///< echo: as the server's.
  /// What to ask for; "" takes the workload's default.
  ///   echo:    lines: each message is a line of text that ends in a newline; "": any bytes.
  ///   http:    a target. "{k}" in it becomes a number that differs for each request, and the body must be that
  ///            number. /wait/{fixed:US}, /wait/{exponential:MEAN_US} and /wait/{lognormal:MEDIAN_US,SIGMA} draw
  ///            how long each request waits. /file/{zipf:FILES,EXPONENT} asks for files of a set, some more often than
  ///            others. /call/{k}, /calls/N/{k} and /calls-at-once/N/{k} have the server ask its back end for
  ///            items that are drawn. /{mixed:SHARE,ROUNDS}: that share of the requests is GET /work/<ROUNDS>, the
  ///            others are GET /id/<k>. /{mix: WEIGHT KIND [DETAIL], ...}: requests of several kinds (http_requests.h).
  ///            Any other target: the first 2xx body is learnt and every further one must equal it.
  ///   counter: incr/KEY | get/KEY | set/KEY | ping. get and set work on KEY:<connection> with a value of its own.
  ///            kv/KEYS,READS,ZIPF: that share of reads, the others writes, over that number of keys, drawn by Zipf's
  ///            law.
  std::string request{};
  std::string host = "127.0.0.1";      ///< http: the Host field.
  Login login{};                       ///< counter: what each connection begins with.
  HttpForm form{};                     ///< http: method, fields and body of every request.
  std::vector<WeightedTarget> urls{};  ///< http: targets in place of `request`'s own; latencies are those of each.
  bool urls_in_order = false;          ///< Each connection asks for them in their order; otherwise they are drawn.
  /// What the sessions of one thread share: made by the first of them, so that it is read once, and bodies that are
  /// learnt are the same for all. nullptr: the session has its own. Outlives the session.
  std::shared_ptr<ClientShare>* share = nullptr;
  /// Compare each reply with what was asked for. false is for pages that differ each time: replies are framed and
  /// counted, and only errors in the protocol's own words are recognised. Verifiers always compare.
  bool check = true;
  /// For verifiers. true: ask for every kind of reply of PROTOCOLS.md. false: ask only for what `request` needs,
  /// because the server serves nothing else.
  bool whole = true;
  /// counter, incr/KEY, with check: each number that is answered is entered here, and a number that was entered before
  /// is a wrong answer. nullptr: no ledger. Shared by the sessions of one thread; outlives them.
  workloads::Ledger* ledger = nullptr;
};

struct WorkloadEntry {
  std::string_view name;             ///< "echo", "http", "counter".
  std::string_view summary;          ///< One line.
  std::string_view default_request;  ///< What ClientSettings::request "" means.
  std::unique_ptr<Service> (*make_service)(const ServiceSettings&);
  /// A load: asks for ever. Throws std::invalid_argument with one clear line when it does not know the request.
  std::unique_ptr<ClientSession> (*make_client)(const ClientSettings&);
  /// Asks for every kind of reply of PROTOCOLS.md once, one request at a time, and then has nothing more to ask.
  /// Leaves no key behind in a store.
  std::unique_ptr<ClientSession> (*make_verifier)(const ClientSettings&);
  /// How many files of a set such requests ask for, files 0 to this - 1; 0: none. nullptr: never any. Throws as
  /// make_client does.
  std::uint64_t (*files_asked)(std::string_view request) = nullptr;
  /// Whether such requests make the server call its back end. The same.
  bool (*calls_back_end)(std::string_view request) = nullptr;
};

/// The setting that a job is about: its choices are run beside each other where none is asked for.
struct ComparedSetting {
  std::string_view name;                        ///< Of one of the job's settings, which has choices.
  std::span<const std::string_view> figures{};  ///< Names of the job's figures in which the choices differ.
};

struct JobEntry {
  std::string_view name;     ///< "count".
  std::string_view summary;  ///< One line, saying what `size` measures.
  std::uint64_t default_size;
  /// Throws std::invalid_argument in one line for a size, units or settings that it cannot do.
  std::unique_ptr<jobs::Job> (*make)(const jobs::JobSize&);
  std::span<const SettingEntry> settings{};
  bool divides_work = false;   ///< `size` is the work of all units together: more of them may finish sooner.
  ComparedSetting compared{};  ///< Its name is "" where the job is about none.
  std::size_t units = 0;       ///< The only number of units that it can have; 0: any.
  bool repeats_work = false;   ///< Each unit does the whole work: in the same time, more of them may do more.
};

std::span<const WorkloadEntry> workload_entries();
std::span<const JobEntry> job_entries();

/// nullptr when there is none of that name.
const WorkloadEntry* find_workload(std::string_view name);
const JobEntry* find_job(std::string_view name);

}  // namespace bakeoff::workloads
