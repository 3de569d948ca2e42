// bakeoff-subject serve MODEL WORKLOAD: one model serves one workload until SIGTERM or SIGINT.
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/subject/arguments.h"
#include "models/subject/commands.h"

namespace bakeoff {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostMessageBytes = 1024 * 1024;
constexpr std::uint64_t kLeastArenaBytes = 1024 * 1024;
constexpr std::uint64_t kMostArenaBytes = std::uint64_t{64} * 1024 * 1024 * 1024;

/// The Date text is made once a second and thread. Reading the second is no system call; the text is the thread's own,
/// and the session copies it before a fiber could lose the thread. Not strftime(): its first call in a process reads
/// the time zone and the locale, which would be charged to every worker of a model whose units are processes.
class SystemSurroundings final : public Surroundings {
 public:
  std::string_view http_date() const override {
    struct Cached {
      std::time_t second = -1;
      std::array<char, 30> text;
    };
    thread_local Cached cached;
    const std::time_t now = std::time(nullptr);
    if (now != cached.second) {
      write_date(now, cached.text);
      cached.second = now;
    }
    return {cached.text.data(), cached.text.size() - 1};
  }

 private:
  static void write_date(std::time_t now, std::array<char, 30>& text) {
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::sys_seconds moment{std::chrono::seconds{now}};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{moment - day};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
  }
};

// How long a model may take to stop. Only work that is being computed can hold it up for that long: it is run to its
// end, and one request may ask for a second of it, on every connection.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::chrono::milliseconds kStopLimit{8000};
#else
constexpr std::chrono::milliseconds kStopLimit{1900};
#endif

// For the signal handlers.
const StopSource* stop_source = nullptr;
volatile std::sig_atomic_t asked_to_stop = 0;

/// Raises SIGALRM after this time; 0 calls it off.
void set_alarm(std::chrono::milliseconds time) {
  const itimerval once{{0, 0}, {time.count() / 1000, time.count() % 1000 * 1000}};
  ::setitimer(ITIMER_REAL, &once, nullptr);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void take_signals() {
  handle(SIGPIPE, SIG_IGN);
  for (const int signal : {SIGTERM, SIGINT}) {
    handle(signal, [](int) {
      if (!asked_to_stop) set_alarm(kStopLimit);
      asked_to_stop = 1;
      stop_source->request();
    });
  }
  handle(SIGALRM, [](int) {
    constexpr std::string_view kLine =
        "bakeoff-subject: work was still being computed long after the stop: no receipt\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
    ::_exit(0);
  });
}

Json to_json(const ServiceReceipt& served, const ModelReceipt& did) {
  Json receipt = {{"requests", served.requests},        {"bytes_received", served.bytes_received},
                  {"bytes_sent", served.bytes_sent},    {"connections", did.connections},
                  {"units_created", did.units_created}, {"peak_live_units", did.peak_live_units},
                  {"accept_pauses", did.accept_pauses}};
  if (served.final_counter) receipt["final_counter"] = *served.final_counter;
  return {{"receipt", receipt}};
}

}  // namespace

int serve_command(std::span<const char* const> words) {
  const Arguments arguments(words, {"model", "workload"},
                            {"--address", "--port", "--units", "--message-bytes", "--arena-bytes"});
  const ModelEntry* model_entry = find_model(arguments.position(0));
  if (!model_entry) throw unknown("model", arguments.position(0), names_of(models()));
  const WorkloadEntry* workload = find_workload(arguments.position(1));
  if (!workload) throw unknown("workload", arguments.position(1), names_of(workloads()));
  const Units units{arguments.number("--units", model_entry->default_units, 1, model_entry->max_units)};
  const SystemSurroundings surroundings;
  ServiceSettings settings;
  settings.surroundings = &surroundings;
  settings.message_bytes = arguments.number("--message-bytes", settings.message_bytes, 1, kMostMessageBytes);
  settings.arena_bytes = arguments.number("--arena-bytes", settings.arena_bytes, kLeastArenaBytes, kMostArenaBytes);
  const auto port = static_cast<std::uint16_t>(arguments.number("--port", 0, 0, 65535));
  const std::string address = arguments.text("--address", "127.0.0.1");

  raise_descriptor_limit();
  const auto model = model_entry->make();
  settings.store = model->store_kind(units);
  static const StopSource stop;  // A signal may come as late as it likes.
  const Listener listener = listen_on(address, port);
  const auto service = workload->make_service(settings);
  stop_source = &stop;
  take_signals();

  // Whoever reads stdout may be gone: serving goes on all the same.
  const ModelReceipt did = model->serve(listener, *service, units, stop.token(), [&] {
    print_line(Json{{"ready", true}, {"port", listener.port}, {"pid", ::getpid()}}.dump());
  });
  set_alarm(std::chrono::milliseconds{0});
  print_line(to_json(service->receipt(), did).dump());
  return 0;
}

}  // namespace bakeoff
