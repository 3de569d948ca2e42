#include "models/catalogue.h"

#include <algorithm>
#include <array>

#include "models/executors/executors.h"
#ifdef BAKEOFF_LIBURING
#include "models/uring/ring.h"
#endif

namespace bakeoff::models {
namespace {

constexpr std::string_view kTransfers[] = {"sendfile", "read"};
constexpr std::string_view kTransferMeanings[] = {"has the kernel copy it from its page cache",
                                                  "copies it through the server's memory"};
/// Of every model but io-uring, whose ring has only the one way.
constexpr workloads::SettingEntry kFilesSetting{
    .name = kFilesSettingName,
    .meaning = "how the file of GET /file/<k> gets to the client: by sendfile(), or by read() and send()",
    .default_value = "sendfile",
    .choices = kTransfers,
    .choice_meanings = kTransferMeanings};
constexpr workloads::SettingEntry kOnlyFilesSetting[] = {kFilesSetting};
constexpr std::string_view kReactor[] = {"asio", "epoll"};
constexpr workloads::SettingEntry kReactorSetting{
    "reactor", "what a loop is made of: Boost.Asio, or epoll without a library", "asio", kReactor};
constexpr workloads::SettingEntry kEventLoopSettings[] = {kReactorSetting, kFilesSetting};
constexpr std::string_view kDispatch[] = {"epoll", "queue"};
constexpr workloads::SettingEntry kRequestPoolSettings[] = {
    {"dispatch",
     "where an idle thread gets its next request from: the epoll instance, or a queue that one listener thread fills",
     "epoll", kDispatch},
    kFilesSetting,
};
constexpr std::string_view kBy[] = {"processes", "threads"};
constexpr std::string_view kListen[] = {"shared", "reuseport", "dealt"};
constexpr workloads::SettingEntry kEventLoopsSettings[] = {
    kReactorSetting,
    {"by", "what a loop runs in, a process or a thread of its own", "processes", kBy},
    {"listen", "one listener for all loops, one each, or one thread that deals connections to loops on threads",
     "shared", kListen},
    kFilesSetting,
};
constexpr workloads::SettingEntry kPreforkSettings[] = {
    {"spare-min", "idle workers below which more are made (MinSpareServers); 0: all units at once", "0", {}, 0, 10'000},
    {"spare-max", "idle workers above which some go (MaxSpareServers); 0: none goes", "0", {}, 0, 10'000},
    {"recycle",
     "connections that a worker serves in its life (MaxConnectionsPerChild); 0: any",
     "0",
     {},
     0,
     UINT32_MAX},
    kFilesSetting,
};
constexpr workloads::SettingEntry kFibersSettings[] = {
    {"pinned", "whether a fiber stays on the thread that it began on", "no", workloads::kYesOrNo},
    {"stack-kib", "KiB of stack per fiber", "64", {}, 16, 8192},
    {"guard", "whether a stack ends in a page that may not be touched, as far as vm.max_map_count allows", "yes",
     workloads::kYesOrNo},
    kFilesSetting,
};
constexpr workloads::SettingEntry kThreadPoolSettings[] = {
    {"queue", "accepted connections that may wait for a thread (acceptCount)", "100", {}, 0, 1'000'000},
    kFilesSetting,
};

constexpr std::array kModels{
    ModelEntry{.name = "process-per-connection",
               .summary = "a process forked for every connection",
               .like = "inetd, sshd, PostgreSQL, CGI, a browser's tab",
               .unit = "process",
               .who_waits = "the connection's own process, blocked in recv()",
               .price = "one fork and one reaping per connection, one context switch per request, process-shared locks",
               .breaks_under = "churn; more connections than the cap: the rest wait in the listen queue",
               .sharing = "processes",
               .holds_connection = true,
               .default_units = 256,
               .units_meaning = "the cap on processes, which is the most connections served at a time",
               .max_units = 30'000,  // By default Linux has 32,768 for all programs together.
               .unit_resource = Resource::process,
               .settings = kOnlyFilesSetting,
               .executor = "process",
               .file = "models/process_per_connection.cpp",
               .make = make_process_per_connection},
    ModelEntry{.name = "prefork",
               .summary = "processes made beforehand, each serves one connection",
               .like = "Apache prefork, PHP-FPM, gunicorn sync workers",
               .unit = "process",
               .who_waits = "the worker process, blocked in accept() or recv()",
               .price = "one context switch per request, one process per connection, process-shared locks",
               .breaks_under = "more connections than workers: the rest starve in the listen queue",
               .sharing = "processes",
               .holds_connection = true,
               .default_units = 64,
               .units_meaning = "worker processes, which is the most connections served at a time",
               .max_units = 30'000,  // By default Linux has 32,768 for all programs together.
               .unit_resource = Resource::process,
               .settings = kPreforkSettings,
               .executor = "process",
               .file = "models/prefork.cpp",
               .make = make_prefork},
    ModelEntry{.name = "threads",
               .summary = "a thread for every connection",
               .like = "MySQL, MariaDB, Java servers before NIO",
               .unit = "thread",
               .who_waits = "the connection's own thread, blocked in recv()",
               .price = "one context switch per request, one stack per connection, locks around shared state",
               .breaks_under = "many idle connections (memory, thread limit), churn",
               .sharing = "threads",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "accepting threads, always 1: each connection gets a thread of its own besides",
               .max_units = 1,
               .unit_resource = Resource::thread,
               .settings = kOnlyFilesSetting,
               .executor = "thread",
               .file = "models/threads.cpp",
               .make = make_threads},
    ModelEntry{.name = "thread-pool",
               .summary = "N threads made beforehand, a bounded queue before them",
               .like = "Tomcat before NIO, Apache worker, Jetty",
               .unit = "thread",
               .who_waits = "the connection's thread, blocked in recv(); a connection without one, in the queue",
               .price = "one context switch per request, one stack per connection, locks around shared state",
               .breaks_under = "more connections than threads: the next is accepted and gets no reply",
               .sharing = "threads",
               .holds_connection = true,
               .default_units = 200,  // Tomcat's maxThreads
               .units_meaning = "threads, which is the most connections served at a time",
               .max_units = 30'000,
               .unit_resource = Resource::thread,
               .settings = kThreadPoolSettings,
               .executor = "pool",
               .file = "models/thread_pool.cpp",
               .make = make_thread_pool},
    ModelEntry{.name = "request-pool",
               .summary = "N threads take whole requests from one shared epoll",
               .like = "Apache event, Tomcat and Jetty on Java NIO",
               .unit = "thread",
               .who_waits = "the idle threads, all in epoll_wait() on the same instance",
               .price = "two more system calls per request than a loop, locks around shared state",
               .breaks_under = "as many requests that block as there are threads",
               .sharing = "threads",
               .holds_connection = false,
               .default_units = 8,
               .units_meaning = "threads, which is the most requests served, waited for or computed at a time",
               .max_units = 10'000,
               .unit_resource = Resource::thread,
               .settings = kRequestPoolSettings,
               .executor = "thread",
               .file = "models/request_pool.cpp",
               .make = make_request_pool},
    ModelEntry{.name = "event-loop",
               .summary = "one thread, one loop, callbacks",
               .like = "Redis, Node.js, nginx with one worker",
               .unit = "loop",
               .who_waits = "only the loop, in epoll_wait()",
               .price = "one CPU at most; a computation holds up every connection; code cut into callbacks",
               .breaks_under = "long computation, blocking calls, more load than one CPU carries",
               .sharing = "none",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "loops, always 1",
               .max_units = 1,
               .unit_resource = Resource::thread,
               .settings = kEventLoopSettings,
               .executor = "sequential",
               .file = "models/event_loop.cpp",
               .make = make_event_loop},
    ModelEntry{.name = "event-loops",
               .summary = "N loops, each in a process or on a thread of its own",
               .like = "nginx, HAProxy, Envoy, Seastar, memcached",
               .unit = "loop",
               .who_waits = "only the loops, each in epoll_wait()",
               .price = "a store in shared memory or behind locks; an idle loop takes no work from a busy one",
               .breaks_under = "long computation: it holds up every connection of its loop",
               .sharing = "processes",
               .holds_connection = false,
               .default_units = kAsManyUnitsAsCpus,
               .units_meaning = "loops, each in a process of its own, or on a thread with by=threads",
               .max_units = 256,
               .unit_resource = Resource::process,
               .settings = kEventLoopsSettings,
               .executor = "process",
               .file = "models/event_loops.cpp",
               .make = make_event_loops},
    ModelEntry{.name = "hybrid",
               .summary = "one loop for connections, N threads for what blocks it",
               .like = "Node.js with libuv's pool, Redis with threaded modules",
               .unit = "loop",
               .who_waits = "the loop, in epoll_wait(); a pool thread for each request that blocks",
               .price = "two hand-overs between threads per heavy request",
               .breaks_under = "more blocking requests at once than pool threads",
               .sharing = "none",
               .holds_connection = false,
               .default_units = 4,  // UV_THREADPOOL_SIZE
               .units_meaning = "threads of the pool beside the loop",
               .max_units = 1024,
               .unit_resource = Resource::thread,
               .settings = kOnlyFilesSetting,
               .executor = "thread",
               .file = "models/hybrid.cpp",
               .make = make_hybrid},
    ModelEntry{.name = "coroutines",
               .summary = "a C++20 coroutine for every connection, on Asio loops",
               .like = "Rust's tokio, Python's asyncio, JavaScript's async/await",
               .unit = "coroutine",
               .who_waits = "the connection's own coroutine, suspended; its loop in epoll_wait()",
               .price = "one frame per connection; every function that waits has to be a coroutine too",
               .breaks_under = "computation or blocking calls on a loop's thread",
               .sharing = "threads",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "loops, a thread each; one needs no lock around its store",
               .max_units = 256,
               .unit_resource = Resource::thread,
               .settings = kOnlyFilesSetting,
               .executor = "coroutine",
               .file = "models/coroutines.cpp",
               .make = make_coroutines},
    ModelEntry{.name = "fibers",
               .summary = "a fiber for every connection, carried by whichever of N threads is free",
               .like = "Go's netpoller, Java virtual threads, OpenResty (pinned)",
               .unit = "fiber",
               .who_waits = "the connection's own fiber, suspended; idle threads in one epoll_wait()",
               .price = "one small stack per connection, switches in user space, a scheduler of its own",
               .breaks_under = "calls that block all its threads, deep recursion",
               .sharing = "threads",
               .holds_connection = false,
               .default_units = kAsManyUnitsAsCpus,
               .units_meaning = "threads that carry the fibers; one needs no lock around its store",
               .max_units = 256,
               .unit_resource = Resource::thread,
               .settings = kFibersSettings,
               .executor = "fiber",
               .file = "models/fibers.cpp",
               .make = make_fibers},
    ModelEntry{.name = "io-uring",
               .summary = "one thread, one io_uring: asks the kernel for outcomes, not for readiness",
               .like = "TigerBeetle, newer Seastar; Windows' completion ports",
               .unit = "ring",
               .who_waits = "only the thread, in io_uring_enter()",
               .price = "every operation's buffers must outlive it; one CPU at most; a recent Linux",
               .breaks_under = "long computation, systems that forbid io_uring",
               .sharing = "none",
               .holds_connection = false,
               .default_units = 1,
               .units_meaning = "rings, always 1",
               .max_units = 1,
               .unit_resource = Resource::thread,
               .executor = "sequential",
               .file = "models/io_uring.cpp",
#ifdef BAKEOFF_LIBURING
               .make = make_io_uring,
               .missing = "",
               .refusal = uring::uring_refusal},
#else
               .make = nullptr,
               .missing = "liburing (apt install liburing-dev) when it is built"},
#endif
    ModelEntry{.name = "sequential",
               .summary = "one connection after another: the floor",
               .like = "Python's http.server, php -S, textbook servers",
               .unit = "process",
               .who_waits = "the one process, blocked in recv(); every other peer waits for the one that it serves",
               .price = "only the work itself",
               .breaks_under = "a second connection: it waits until the first has gone",
               .sharing = "none",
               .holds_connection = true,
               .default_units = 1,
               .units_meaning = "processes, always 1, which serves one connection at a time",
               .max_units = 1,
               .unit_resource = Resource::process,
               .settings = kOnlyFilesSetting,
               .executor = "sequential",
               .file = "models/sequential.cpp",
               .make = make_sequential},
};

constexpr workloads::SettingEntry kThreadExecutorSettings[] = {
    {"stack-kib", "KiB of stack per thread; 0: what the system gives (ulimit -s)", "0", {}, 0, 65'536},
};
constexpr workloads::SettingEntry kFiberExecutorSettings[] = {
    {"threads", "threads that carry the fibers and take each other's", "1", {}, 1, 1024},
    {"stack-kib", "KiB of stack per fiber", "64", {}, 16, 8192},
};

constexpr std::array kExecutors{
    ExecutorEntry{.name = "thread",
                  .summary = "one thread per unit",
                  .max_units = 100'000,  // Two mappings each: the system's limits come first, and are told.
                  .settings = kThreadExecutorSettings,
                  .make = executors::make_thread_executor},
    ExecutorEntry{.name = "process",
                  .summary = "one forked process per unit",
                  .max_units = 100'000,
                  .make = executors::make_process_executor},
    ExecutorEntry{.name = "fiber",
                  .summary = "one fiber per unit, on the calling thread or on several",
                  .max_units = 1'000'000,
                  .settings = kFiberExecutorSettings,
                  .make = executors::make_fiber_executor},
    ExecutorEntry{.name = "coroutine",
                  .summary = "one C++20 coroutine per unit, all on the calling thread",
                  .max_units = 1'000'000,
                  .make = executors::make_coroutine_executor},
    ExecutorEntry{.name = "sequential",
                  .summary = "one call after the other on the calling thread: the work without any concurrency",
                  .max_units = 1'000'000,
                  .make = executors::make_sequential_executor},
    ExecutorEntry{.name = "pool",
                  .summary = "one task per unit, in a queue that one thread per CPU works off",
                  .max_units = 1'000'000,
                  .make = executors::make_pool_executor},
};

template <typename Entries>
auto find(const Entries& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, [](const auto& entry) { return entry.name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

std::span<const ModelEntry> model_entries() {
  return kModels;
}
std::span<const ExecutorEntry> executor_entries() {
  return kExecutors;
}

const ModelEntry* find_model(std::string_view name) {
  return find(kModels, name);
}
const ExecutorEntry* find_executor(std::string_view name) {
  return find(kExecutors, name);
}

}  // namespace bakeoff::models
