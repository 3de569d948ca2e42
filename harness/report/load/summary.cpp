// Each part of the page is a function that adds its lines; a part that has nothing to say adds none.
#include "harness/report/load/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/report/load/latency_bars.h"
#include "harness/report/load/latency_table.h"
#include "harness/report/number_format.h"
#include "harness/report/page.h"
#include "harness/report/text_layout.h"
#include "harness/report/void_figures.h"
#include "harness/validity/validity.h"

namespace bakeoff::report::load {
namespace {

constexpr int kNoCpu = -1;  // For threads that are not pinned.

/// For a field of the page.
std::string shown_or_void(const Page& page, const journal::Trial& row, std::string_view metric,
                          const std::string& figure) {
  return validity::void_reason(row, metric).empty() ? figure : page.void_figure(figure);
}

std::string connections(const journal::Trial& row) {
  const std::uint64_t open = row.client->connections_open;
  const std::uint64_t asked = row.params.load.connections != 0 ? row.params.load.connections : open;
  if (row.params.load.churn) {
    return fmt::format("a connection for each request, {} at once", format_count(asked));
  }
  if (row.params.load.has_sessions()) {
    return fmt::format("{:.1f} sessions at once of at most {}", row.client->mean_sessions.value_or(0),
                       format_count(asked));
  }
  if (open == asked) return counted_in_groups(asked, "connection");
  return fmt::format("{} of {} open", format_count(open), counted_in_groups(asked, "connection"));
}

std::vector<std::string> crowd_of(std::uint64_t idle, std::uint64_t senders, std::uint64_t readers) {
  std::vector<std::string> parts;
  if (idle > 0) parts.push_back(counted_in_groups(idle, "idle connection"));
  if (senders > 0) parts.push_back(counted_in_groups(senders, "slow sender"));
  if (readers > 0) parts.push_back(counted_in_groups(readers, "slow reader"));
  return parts;
}

void add_head(Page& page, const journal::Trial& row) {
  const journal::LoadShape& load = row.params.load;
  page.heading(row.subject);
  std::string text = connections(row) + " · " + load_in_words(row.params);
  if (load.message_bytes != 0) text += fmt::format(" · {}-byte messages", format_count(load.message_bytes));
  text += " · " + format_seconds(row.client->window_s);
  if (row.client->warmup_s > 0) text += fmt::format(" after {} of warm-up", format_seconds(row.client->warmup_s));
  const auto crowd = crowd_of(load.idle, load.slow_senders, load.slow_readers);
  if (!crowd.empty()) text += " · beside " + listed(crowd);
  page.paragraph(text);
  page.gap();
}

void add_throughput(Page& page, const journal::Trial& row, const LoadContext& remarks) {
  const journal::ClientRow& client = *row.client;
  const std::string rate = format_rate(client.throughput_rps);
  std::string text = fmt::format("{} req/s · {}{}", shown_or_void(page, row, validity::metric::kThroughput, rate),
                                 format_count(client.replies_ok), client.replies_ok == 1 ? " reply" : " replies");
  if (client.replies_ok > 0 && client.wrong_answers == 0) text += remarks.checked ? ", all checked" : ", unchecked";
  if (client.offered_rps && *client.offered_rps > 0) {
    text += fmt::format(" · {} of {} offered req/s",
                        shown_or_void(page, row, validity::metric::kThroughput,
                                      format_share(client.throughput_rps / *client.offered_rps)),
                        format_rate(*client.offered_rps));
  }
  const bool valid = validity::void_reason(row, validity::metric::kThroughput).empty();
  page.field("throughput", text, {valid ? rate : "", kBold});
}

void add_void(Page& page, const journal::Trial& row) {
  for (const std::string& line : void_lines(row)) page.field("void", line);
}

/// What of the distribution may not be believed.
VoidLatency void_latency(const journal::Trial& row) {
  VoidLatency voids{.all = !validity::void_reason(row, validity::metric::kLatency).empty(), .percentiles = {}};
  constexpr std::array<std::pair<const char*, const char*>, 4> kPercentiles{
      {{"p50", "latency.p50"}, {"p90", "latency.p90"}, {"p99", "latency.p99"}, {"p99.9", "latency.p999"}}};
  for (const auto& [name, metric] : kPercentiles) {
    if (!validity::void_reason(row, metric).empty()) voids.percentiles.insert(name);
  }
  return voids;
}

void add_quotas(Page& page, const journal::Trial& row) {
  const auto add = [&](const char* side, const std::optional<measure::CpuQuota>& quota) {
    if (!quota || !(quota->throttled_us > 0)) return;
    page.field("quota", fmt::format("{:g} CPUs for the {}: held up in {} of {}, for {}", quota->cpus, side,
                                    format_count(quota->throttled_periods), counted_in_groups(quota->periods, "period"),
                                    format_seconds(quota->throttled_us / 1e6)));
  };
  add("server", row.subject_quota);
  add("load", row.load_quota);
}

void add_latency(Page& page, const journal::Trial& row, const std::map<std::string, stats::Histogram>& latency) {
  const journal::ClientRow& client = *row.client;
  const auto total = client.latency_us.find("total");
  if (total == client.latency_us.end() || total->second.count == 0) {
    page.field("latency", "none: no request was answered");
    return;
  }
  page.gap();
  page.raw(latency_table(row, page.style()));
  if (client.replies_ok == 0) {
    page.field("", "No reply was right: these are the times of errors, and of requests when they were given up.");
  } else if (client.unfinished > 0) {
    page.field("", fmt::format("{} of {} never answered; the latencies include them with their age.",
                               counted_in_groups(client.unfinished, "request"), format_count(client.requests)));
  }
  if (client.clamped == 1) page.field("", "1 latency was above 100 s, entered as 100 s.");
  if (client.clamped > 1) {
    page.field("", fmt::format("{} latencies were above 100 s, entered as 100 s.", format_count(client.clamped)));
  }
  const auto histogram = latency.find("total");
  if (histogram != latency.end() && histogram->second.count() > 0) {
    page.gap();
    page.raw(draw_latency_bars(histogram->second, 2, page.style(), void_latency(row)));
  }
  page.gap();
}

void add_generator(Page& page, const journal::Trial& row) {
  const journal::ClientRow& client = *row.client;
  // Threads of several processes may share a CPU; what counts is how busy that is.
  struct Cpu {
    double share = 0;
    std::size_t threads = 0;
  };
  std::map<int, Cpu> cpus;
  double cpu_us = 0;
  for (const journal::GeneratorFacts& generator : client.generators) {
    cpu_us += generator.cpu_us;
    if (!generator.cpu_share) continue;
    Cpu& cpu = cpus[generator.cpu.value_or(kNoCpu)];
    cpu.share += *generator.cpu_share;
    ++cpu.threads;
  }
  std::vector<std::string> parts;
  if (client.replies_ok > 0 && cpu_us > 0) {
    const std::string each = format_latency(cpu_us / static_cast<double>(client.replies_ok));
    parts.push_back(shown_or_void(page, row, validity::metric::kEverything, each) + " of CPU per request");
  }
  constexpr std::size_t kFewCpus = 8;
  if (cpus.size() > kFewCpus) {
    const auto less = [](const auto& a, const auto& b) { return a.second.share < b.second.share; };
    const auto [idlest, busiest] = std::minmax_element(cpus.begin(), cpus.end(), less);
    parts.push_back(fmt::format("{} CPUs, {:.0f} to {:.0f} % busy, most of all CPU {}", cpus.size(),
                                idlest->second.share * 100, busiest->second.share * 100, busiest->first));
  } else if (!cpus.empty()) {
    std::vector<std::string> each;
    each.reserve(cpus.size());
    for (const auto& [cpu, busy] : cpus) {
      each.push_back(fmt::format("{:.0f} %{}{}", busy.share * 100, cpu == kNoCpu ? "" : fmt::format(" on CPU {}", cpu),
                                 busy.threads > 1 ? fmt::format(" in {} threads", busy.threads) : ""));
    }
    parts.push_back(fmt::format("busy {}", fmt::join(each, ", ")));
  }
  if (!parts.empty()) page.field("generator", fmt::format("{}", fmt::join(parts, " · ")));
}

void add_server(Page& page, const journal::Trial& row, const LoadContext& remarks) {
  if (!row.subject_cost) return;
  const journal::SubjectRow& cost = *row.subject_cost;
  if (remarks.server.empty()) {
    if (row.params.transport == journal::Transport::unix_socket) {
      page.field("server", "its processes were not found, so what it costs is not known");
    }
    if (cost.cpu_share)
      page.field("other CPUs", fmt::format("{:.0f} % busy, the busiest of them", *cost.cpu_share * 100));
    return;
  }
  std::vector<std::string> parts;
  if (cost.cpu_us_per_request) {
    parts.push_back(
        shown_or_void(page, row, validity::metric::kCpuPerRequest, format_latency(*cost.cpu_us_per_request)) +
        " of CPU per request");
  }
  if (cost.cpu_share) {
    parts.push_back(
        shown_or_void(page, row, validity::metric::kCpuPerRequest, fmt::format("{:.0f} %", *cost.cpu_share * 100)) +
        " busy");
  }
  if (cost.threads_peak) parts.push_back(counted_in_groups(*cost.threads_peak, "thread"));
  if (cost.pss_end_kib) {
    const std::string pss = format_with_unit(static_cast<double>(*cost.pss_end_kib), "KiB");
    parts.push_back(shown_or_void(page, row, validity::metric::kEverything, pss) + " PSS");
  }
  parts.push_back(remarks.server);
  page.field("server", fmt::format("{}", fmt::join(parts, " · ")));
}

void add_fairness(Page& page, const journal::Trial& row) {
  if (!row.client->fairness || row.client->fairness->connections < 2 || row.client->fairness->best_rps <= 0) return;
  const journal::Fairness& fair = *row.client->fairness;
  const auto rate = [&](double rps) {
    return shown_or_void(page, row, validity::metric::kThroughput, format_rate(rps));
  };
  const auto p99 = [&](double us) { return shown_or_void(page, row, "latency.p99", format_latency(us)); };
  std::string text =
      fmt::format("worst and best connection {} and {} req/s", rate(fair.worst_rps), rate(fair.best_rps));
  if (fair.p99_worst_us && fair.p99_best_us) {
    text += fmt::format(" · p99 {} and {}", p99(*fair.p99_worst_us), p99(*fair.p99_best_us));
  }
  page.field("fairness", text + " · Jain " +
                             shown_or_void(page, row, validity::metric::kThroughput, fmt::format("{:.3f}", fair.jain)));
}

void add_counter(Page& page, const journal::ClientRow& client) {
  if (!client.counter) return;
  const journal::CounterCheck& check = *client.counter;
  const auto key = [](std::int64_t value) {
    return value < 0 ? std::to_string(value) : format_count(static_cast<std::uint64_t>(value));
  };
  std::string text = fmt::format("from {} to {}, {} acknowledged", key(check.initial), key(check.final),
                                 format_count(check.acknowledged));
  if (check.unacknowledged > 0) text += fmt::format(", {} in doubt", format_count(check.unacknowledged));
  if (check.surplus > 0) text += fmt::format(", {} by another client", format_count(check.surplus));
  std::vector<std::string> wrong;
  if (check.lost > 0) wrong.push_back(format_count(check.lost) + " lost");
  if (check.duplicates > 0) wrong.push_back(counted_in_groups(check.duplicates, "duplicate"));
  const std::string verdict = wrong.empty() ? "exact" : fmt::format("{}", fmt::join(wrong, ", "));
  page.field("counter", text + " · " + verdict, {verdict, wrong.empty() ? kGood : kBad});
}

void add_crowd(Page& page, const journal::Trial& row) {
  if (!row.client->crowd) return;
  const journal::CrowdFacts& crowd = *row.client->crowd;
  const auto present = crowd_of(crowd.idle, crowd.slow_senders, crowd.slow_readers);
  std::string text = present.empty() ? "none of it was open" : listed(present);
  if (row.params.load.slow_senders > 0) {
    text +=
        fmt::format(" · {} to slow senders", crowd.replies == 1 ? "1 reply" : format_count(crowd.replies) + " replies");
  }
  const std::string lost = crowd.lost == 0 ? "none lost" : format_count(crowd.lost) + " lost";
  page.field("crowd", text + " · " + lost, {lost, crowd.lost == 0 ? kPlain : kBad});
}

void add_outcome(Page& page, const journal::Trial& row, const LoadContext& remarks) {
  const journal::ClientRow& client = *row.client;
  const std::string outcome(validity::outcome_name(row.outcome));
  const std::string text = row.outcome_detail.empty() ? outcome : outcome + ": " + one_line(row.outcome_detail);
  page.field("outcome", text, {outcome, row.outcome == journal::Outcome::ok ? kGood : kBad});
  if (client.wrong_answers > 0) {
    page.field("", fmt::format("{} x wrong answer", format_count(client.wrong_answers)));
    if (!remarks.wrong_hint.empty()) page.field("", "  " + remarks.wrong_hint);
  }
  for (std::size_t i = 0; i < client.errors.size(); ++i) {
    const journal::ErrorCount& error = client.errors[i];
    page.field("", fmt::format("{} x {}{}{}", format_count(error.count), error.phase, error.code.empty() ? "" : " ",
                               error.code));
    if (i < remarks.hints.size() && !remarks.hints[i].empty()) page.field("", "  " + remarks.hints[i]);
  }
  for (const std::string& event : client.events) page.field("note", event);
  if (row.descriptor_limit) {
    page.field("note", fmt::format("the limit of {} descriptors bound this load", format_count(*row.descriptor_limit)));
  }
}

void add_ceiling(Page& page, const journal::Trial& row) {
  const journal::ClientRow& client = *row.client;
  if (!client.ceiling_rps || !(*client.ceiling_rps > 0)) return;
  page.field("ceiling", fmt::format("{} req/s is what this generator gets out of a server that does nothing: the load "
                                    "above is {} of it",
                                    format_rate(*client.ceiling_rps),
                                    shown_or_void(page, row, validity::metric::kThroughput,
                                                  format_share(client.throughput_rps / *client.ceiling_rps))));
}

}  // namespace

std::string load_in_words(const journal::Params& params) {
  if (params.kind != journal::TrialKind::served) return std::string(name_of(params.kind));
  const journal::LoadShape& load = params.load;
  std::string text = "closed loop";
  if (load.is_open()) {
    const auto rate = [](double per_second) {
      return per_second < 1e15 && per_second == std::floor(per_second)
                 ? format_count(static_cast<std::uint64_t>(per_second)) + "/s"
                 : fmt::format("{:g}/s", per_second);
    };
    const std::string from = rate(load.rate_rps > 0 ? load.rate_rps : 0);
    text = load.ramp_to_rps > 0 ? fmt::format("ramp {} to {}", from, rate(load.ramp_to_rps)) : from;
    text += load.poisson ? ", Poisson" : ", constant";
  }
  if (load.has_sessions()) text += fmt::format(", sessions of {} requests", load.session_requests);
  if (!load.think_us.empty()) text += fmt::format(", think {} us", load.think_us);
  if (load.pipeline > 1) text += fmt::format(", pipeline {}", load.pipeline);
  if (params.transport == journal::Transport::unix_socket) text += ", over a Unix socket";
  return text;
}

std::string load_summary(const journal::Trial& row, const std::map<std::string, stats::Histogram>& latency,
                         const LoadContext& remarks, const TerminalStyle& style) {
  Page page(style);
  add_head(page, row);
  add_throughput(page, row, remarks);
  add_latency(page, row, latency);
  add_void(page, row);
  add_quotas(page, row);
  add_generator(page, row);
  add_server(page, row, remarks);
  add_fairness(page, row);
  add_counter(page, *row.client);
  add_crowd(page, row);
  add_outcome(page, row, remarks);
  add_ceiling(page, row);
  return page.text();
}

}  // namespace bakeoff::report::load
