#include "harness/journal/trial_json.h"

#include "harness/journal/json.h"
#include "harness/journal/load_shape_fields.h"

namespace bakeoff::journal {
namespace {

using fields::field;
using fields::FieldTable;
using fields::NameOf;

constexpr fields::EnumNames kOutcomeNames{
    "one of the outcomes of this version", NameOf{Outcome::ok, "ok"},
    NameOf{Outcome::errors, "errors"},     NameOf{Outcome::overloaded, "overloaded"},
    NameOf{Outcome::starved, "starved"},   NameOf{Outcome::limit, "limit"},
    NameOf{Outcome::died, "died"},         NameOf{Outcome::not_run, "not-run"}};

// Version 1 has one word for the kind of a trial and for the loop of its load, and keeps the load's fields flat.
enum class LoadWord : std::uint8_t { closed, open, job, probe, queue, startup };

LoadWord word_of_load(const Params& params) {
  switch (params.kind) {
    case TrialKind::served:
      return params.load.is_open() ? LoadWord::open : LoadWord::closed;
    case TrialKind::job:
      return LoadWord::job;
    case TrialKind::probe:
      return LoadWord::probe;
    case TrialKind::queue:
      return LoadWord::queue;
    case TrialKind::startup:
      return LoadWord::startup;
  }
  return LoadWord::closed;
}

void set_load_word(Params& params, LoadWord word) {
  params.kind = word == LoadWord::job       ? TrialKind::job
                : word == LoadWord::probe   ? TrialKind::probe
                : word == LoadWord::queue   ? TrialKind::queue
                : word == LoadWord::startup ? TrialKind::startup
                                            : TrialKind::served;
  // The rate follows, where the row has one.
  params.load.rate_rps = word == LoadWord::open ? kUnknownRate : 0;
}

constexpr fields::EnumNames kLoadWords{"closed, open, job, probe, queue or startup",
                                       NameOf{LoadWord::closed, "closed"},
                                       NameOf{LoadWord::open, "open"},
                                       NameOf{LoadWord::job, "job"},
                                       NameOf{LoadWord::probe, "probe"},
                                       NameOf{LoadWord::queue, "queue"},
                                       NameOf{LoadWord::startup, "startup"}};

// TCP is what a row means that says nothing.
constexpr fields::EnumNames kTransportNames{"unix", NameOf{Transport::unix_socket, "unix"}};

constexpr FieldTable kFilesFields{
    field<&FilesFacts::count>("count"),
    field<&FilesFacts::bytes>("bytes"),
    field<&FilesFacts::page_cache>("page_cache"),
};

constexpr FieldTable kBackEndFactsFields{
    field<&BackEndFacts::name>("name"),
    field<&BackEndFacts::delay_us>("delay_us"),
    field<&BackEndFacts::pool>("pool"),
    field<&BackEndFacts::timeout_ms>("timeout_ms"),
};

constexpr FieldTable kQueueParamsFields{
    field<&QueueParams::jobs>("jobs"),
    field<&QueueParams::rate_rps>("rate_rps").unless_zero(),
    field<&QueueParams::poisson>("poisson").unless_zero(),
    field<&QueueParams::acknowledge>("acknowledge"),
    field<&QueueParams::kill>("kill"),
};

constexpr FieldTable kParamsFields{
    fields::computed<&word_of_load, &set_load_word, kLoadWords>("load"),
    fields::embedded<&Params::load, kRequestFields>(),
    field<&Params::units>("units"),
    field<&Params::job_size>("job_size"),
    field<&Params::files, kFilesFields>("files"),
    field<&Params::back_end, kBackEndFactsFields>("back_end"),
    field<&Params::memory_mib>("memory_mib"),
    field<&Params::heap_mib>("heap_mib"),
    field<&Params::rest_s>("rest_s"),
    field<&Params::p99_limit_ms>("p99_limit_ms"),
    field<&Params::transport, kTransportNames>("transport"),
    field<&Params::queue, kQueueParamsFields>("queue"),
    fields::embedded<&Params::load, kArrivalFields>(),
};

constexpr FieldTable kLatencySummaryFields{
    field<&stats::LatencySummary::p50>("p50"),     field<&stats::LatencySummary::p90>("p90"),
    field<&stats::LatencySummary::p99>("p99"),     field<&stats::LatencySummary::p999>("p999"),
    field<&stats::LatencySummary::max>("max"),     field<&stats::LatencySummary::mean>("mean"),
    field<&stats::LatencySummary::count>("count"),
};

constexpr FieldTable kGeneratorFields{
    field<&GeneratorFacts::cpu>("cpu"),
    field<&GeneratorFacts::cpu_share>("cpu_share"),
    field<&GeneratorFacts::cpu_us>("cpu_us"),
};

constexpr FieldTable kErrorCountFields{
    field<&ErrorCount::phase>("phase"),
    field<&ErrorCount::code>("code"),
    field<&ErrorCount::count>("count"),
};

constexpr FieldTable kFairnessFields{
    field<&Fairness::connections>("connections"),   field<&Fairness::worst_rps>("worst_rps"),
    field<&Fairness::best_rps>("best_rps"),         field<&Fairness::jain>("jain"),
    field<&Fairness::p99_worst_us>("p99_worst_us"), field<&Fairness::p99_best_us>("p99_best_us"),
};

constexpr FieldTable kCounterCheckFields{
    field<&CounterCheck::initial>("initial"),           field<&CounterCheck::final>("final"),
    field<&CounterCheck::acknowledged>("acknowledged"), field<&CounterCheck::unacknowledged>("unacknowledged"),
    field<&CounterCheck::duplicates>("duplicates"),     field<&CounterCheck::lost>("lost"),
    field<&CounterCheck::surplus>("surplus"),
};

constexpr FieldTable kCrowdFields{
    field<&CrowdFacts::idle>("idle"),
    field<&CrowdFacts::slow_senders>("slow_senders"),
    field<&CrowdFacts::slow_readers>("slow_readers"),
    field<&CrowdFacts::lost>("lost"),
    field<&CrowdFacts::replies>("replies"),
};

constexpr FieldTable kSubjectPausesFields{
    field<&SubjectPauses::count>("count"),
    field<&SubjectPauses::longest_us>("longest_us"),
    field<&SubjectPauses::total_us>("total_us"),
};

constexpr FieldTable kClientRowFields{
    field<&ClientRow::generators, kGeneratorFields>("generators"),
    field<&ClientRow::requests>("requests"),
    field<&ClientRow::replies_ok>("replies_ok"),
    field<&ClientRow::wrong_answers>("wrong_answers"),
    field<&ClientRow::unfinished>("unfinished"),
    field<&ClientRow::errors, kErrorCountFields>("errors"),
    field<&ClientRow::connections_open>("connections_open"),
    field<&ClientRow::connections_served>("connections_served"),
    field<&ClientRow::connections_asked>("connections_asked"),
    field<&ClientRow::outstanding_at_end>("outstanding_at_end"),
    field<&ClientRow::warmup_s>("warmup_s"),
    field<&ClientRow::window_s>("window_s"),
    field<&ClientRow::throughput_rps>("throughput_rps"),
    field<&ClientRow::offered_rps>("offered_rps"),
    field<&ClientRow::ceiling_rps>("ceiling_rps"),
    field<&ClientRow::mean_outstanding>("mean_outstanding"),
    field<&ClientRow::mean_sessions>("mean_sessions"),
    field<&ClientRow::paused_share>("paused_share"),
    field<&ClientRow::subject_pauses, kSubjectPausesFields>("subject_pauses"),
    field<&ClientRow::latency_us, kLatencySummaryFields>("latency_us"),
    field<&ClientRow::clamped>("clamped"),
    field<&ClientRow::events>("events"),
    field<&ClientRow::fairness, kFairnessFields>("fairness"),
    field<&ClientRow::counter, kCounterCheckFields>("counter"),
    field<&ClientRow::crowd, kCrowdFields>("crowd"),
};

constexpr FieldTable kWarmUpRowFields{
    field<&WarmUpRow::slice_s>("slice_s"),           field<&WarmUpRow::cpu_us_per_request>("cpu_us_per_request"),
    field<&WarmUpRow::reference_us>("reference_us"), field<&WarmUpRow::steady_from>("steady_from"),
    field<&WarmUpRow::over_earlier>("over_earlier"), field<&WarmUpRow::first_us, kLatencySummaryFields>("first_us"),
};

constexpr FieldTable kSubjectRowFields{
    field<&SubjectRow::cpu_us>("cpu_us"),
    field<&SubjectRow::cpu_user_us>("cpu_user_us"),
    field<&SubjectRow::cpu_system_us>("cpu_system_us"),
    field<&SubjectRow::cpu_us_per_request>("cpu_us_per_request"),
    field<&SubjectRow::cpu_source>("cpu_source"),
    field<&SubjectRow::cpu_window_s>("cpu_window_s"),
    field<&SubjectRow::cpu_share>("cpu_share"),
    field<&SubjectRow::cpu_at_rest_share>("cpu_at_rest_share"),
    field<&SubjectRow::cpu_at_rest_us>("cpu_at_rest_us"),
    field<&SubjectRow::switches_voluntary>("switches_voluntary"),
    field<&SubjectRow::switches_involuntary>("switches_involuntary"),
    field<&SubjectRow::pss_begin_kib>("pss_begin_kib"),
    field<&SubjectRow::pss_end_kib>("pss_end_kib"),
    field<&SubjectRow::pss_file_kib>("pss_file_kib"),
    field<&SubjectRow::kernel_begin_kib>("kernel_begin_kib"),
    field<&SubjectRow::kernel_end_kib>("kernel_end_kib"),
    field<&SubjectRow::pss_after_kib>("pss_after_kib"),
    field<&SubjectRow::kernel_after_kib>("kernel_after_kib"),
    field<&SubjectRow::pss_per_connection_kib>("pss_per_connection_kib"),
    field<&SubjectRow::kernel_per_connection_kib>("kernel_per_connection_kib"),
    field<&SubjectRow::rss_end_kib>("rss_end_kib"),
    field<&SubjectRow::threads_peak>("threads_peak"),
    field<&SubjectRow::processes_peak>("processes_peak"),
    field<&SubjectRow::minor_faults>("minor_faults"),
    field<&SubjectRow::major_faults>("major_faults"),
    field<&SubjectRow::startup_ms>("startup_ms"),
    field<&SubjectRow::stop_ms>("stop_ms"),
};

constexpr FieldTable kJobFigureFields{
    field<&JobFigure::name>("name"),
    field<&JobFigure::value, fields::kAnySign>("value"),
};

constexpr FieldTable kJobRowFields{
    field<&JobRow::executor>("executor"),         field<&JobRow::answer>("answer"),
    field<&JobRow::answer_right>("answer_right"), field<&JobRow::elapsed_ns>("elapsed_ns"),
    field<&JobRow::lived_ns>("lived_ns"),         field<&JobRow::figures, kJobFigureFields>("figures"),
    field<&JobRow::evidence>("evidence"),
};

constexpr FieldTable kBackEndRowFields{
    field<&BackEndRow::cpu_us>("cpu_us"),
    field<&BackEndRow::cpu_us_per_request>("cpu_us_per_request"),
};

constexpr FieldTable kQueueRowFields{
    field<&QueueRow::jobs>("jobs"),
    field<&QueueRow::done>("done"),
    field<&QueueRow::lost>("lost"),
    field<&QueueRow::done_twice>("done_twice"),
    field<&QueueRow::put_back>("put_back"),
    field<&QueueRow::wrong>("wrong"),
    field<&QueueRow::kills>("kills"),
    field<&QueueRow::restarts>("restarts"),
    field<&QueueRow::elapsed_s>("elapsed_s"),
    field<&QueueRow::jobs_per_s>("jobs_per_s"),
    field<&QueueRow::offered_per_s>("offered_per_s"),
    field<&QueueRow::queue_cpu_us>("queue_cpu_us"),
    field<&QueueRow::queue_cpu_us_per_job>("queue_cpu_us_per_job"),
    field<&QueueRow::latency_us, kLatencySummaryFields>("latency_us"),
};

constexpr FieldTable kRuntimeFactsFields{
    field<&RuntimeFacts::name>("name"),           field<&RuntimeFacts::version>("version"),
    field<&RuntimeFacts::cpus>("cpus"),           field<&RuntimeFacts::threads>("threads"),
    field<&RuntimeFacts::collector>("collector"), field<&RuntimeFacts::heap_limit_mib>("heap_limit_mib"),
    field<&RuntimeFacts::flags>("flags"),
};

constexpr FieldTable kServerReceiptFields{
    field<&ServerReceipt::requests>("requests"),
    field<&ServerReceipt::bytes_received>("bytes_received"),
    field<&ServerReceipt::bytes_sent>("bytes_sent"),
    field<&ServerReceipt::files>("files"),
    field<&ServerReceipt::calls>("calls"),
    field<&ServerReceipt::back_end_connections>("back_end_connections"),
    field<&ServerReceipt::call_waits>("call_waits"),
    field<&ServerReceipt::call_wait_us>("call_wait_us"),
    field<&ServerReceipt::calls_refused>("calls_refused"),
    field<&ServerReceipt::calls_broken>("calls_broken"),
    field<&ServerReceipt::calls_without_value>("calls_without_value"),
    field<&ServerReceipt::calls_late>("calls_late"),
    field<&ServerReceipt::final_counter>("final_counter"),
    field<&ServerReceipt::connections>("connections"),
    field<&ServerReceipt::units_created>("units_created"),
    field<&ServerReceipt::peak_live_units>("peak_live_units"),
    field<&ServerReceipt::accept_pauses>("accept_pauses"),
    field<&ServerReceipt::kept_waiting>("kept_waiting"),
    field<&ServerReceipt::limit>("limit"),
    field<&ServerReceipt::settings>("settings"),
};

constexpr FieldTable kClientReceiptFields{
    field<&ClientReceipt::requests>("requests"),
    field<&ClientReceipt::acknowledged>("acknowledged"),
    field<&ClientReceipt::abandoned>("abandoned"),
    field<&ClientReceipt::bytes_sent>("bytes_sent"),
    field<&ClientReceipt::bytes_received>("bytes_received"),
    field<&ClientReceipt::files>("files").unless_zero(),
    field<&ClientReceipt::calls>("calls").unless_zero(),
    field<&ClientReceipt::increments_acknowledged>("increments_acknowledged"),
};

constexpr FieldTable kCpuQuotaFields{
    field<&measure::CpuQuota::cpus>("cpus"),
    field<&measure::CpuQuota::periods>("periods"),
    field<&measure::CpuQuota::throttled_periods>("throttled_periods"),
    field<&measure::CpuQuota::throttled_us>("throttled_us"),
};

constexpr FieldTable kSliceFactsFields{
    field<&SliceFacts::round>("round"),
    field<&SliceFacts::place>("place"),
    field<&SliceFacts::window_s>("window_s"),
    field<&SliceFacts::replies>("replies"),
    field<&SliceFacts::throughput_rps>("throughput_rps"),
    field<&SliceFacts::cpu_us>("cpu_us"),
    field<&SliceFacts::foreign_cpu_share>("foreign_cpu_share"),
    field<&SliceFacts::load_foreign_share>("load_foreign_share"),
    field<&SliceFacts::steal_share>("steal_share"),
    field<&SliceFacts::left_out>("left_out").unless_zero(),
};

constexpr FieldTable kTrialFields{
    field<&Trial::schema>("schema"),
    field<&Trial::trial_id>("trial_id"),
    field<&Trial::attempt>("attempt"),
    field<&Trial::experiment>("experiment"),
    field<&Trial::table>("table"),
    field<&Trial::block>("block"),
    field<&Trial::order>("order"),
    field<&Trial::subject>("subject"),
    field<&Trial::workload>("workload"),
    field<&Trial::params, kParamsFields>("params"),
    field<&Trial::seed>("seed"),
    field<&Trial::started_at>("started_at"),
    field<&Trial::harness_hash>("harness_hash"),
    field<&Trial::subject_hash>("subject_hash"),
    field<&Trial::subject_cpus>("subject_cpus"),
    field<&Trial::load_cpus>("load_cpus"),
    field<&Trial::outcome, kOutcomeNames>("outcome"),
    field<&Trial::outcome_detail>("outcome_detail"),
    field<&Trial::validity>("validity"),
    field<&Trial::client, kClientRowFields>("client"),
    field<&Trial::subject_cost, kSubjectRowFields>("subject_cost"),
    field<&Trial::warm_up, kWarmUpRowFields>("warm_up"),
    field<&Trial::back_end, kBackEndRowFields>("back_end"),
    field<&Trial::job, kJobRowFields>("job"),
    field<&Trial::queue, kQueueRowFields>("queue"),
    field<&Trial::slices, kSliceFactsFields>("slices"),
    field<&Trial::one_by_one>("one_by_one"),
    field<&Trial::runtime, kRuntimeFactsFields>("runtime"),
    field<&Trial::server_receipt, kServerReceiptFields>("server_receipt"),
    field<&Trial::client_receipt, kClientReceiptFields>("client_receipt"),
    field<&Trial::foreign_cpu_share>("foreign_cpu_share"),
    field<&Trial::load_foreign_share>("load_foreign_share"),
    field<&Trial::steal_share>("steal_share"),
    field<&Trial::subject_quota, kCpuQuotaFields>("subject_quota"),
    field<&Trial::load_quota, kCpuQuotaFields>("load_quota"),
    field<&Trial::frequency_mhz>("frequency_mhz"),
    field<&Trial::load_average_before>("load_average_before"),
    field<&Trial::load_average_after>("load_average_after"),
    field<&Trial::descriptor_limit>("descriptor_limit"),
};

}  // namespace

std::string_view name_of(TrialKind kind) {
  switch (kind) {
    case TrialKind::served:
      return "workload";
    case TrialKind::job:
      return "job";
    case TrialKind::probe:
      return "probe";
    case TrialKind::queue:
      return "queue";
    case TrialKind::startup:
      return "startup";
  }
  return "";
}

std::string_view load_word(const Params& params) {
  const fields::Field& field = kParamsFields.fields.front();
  return fields::name_of(*field.type, field.of(&params));
}

std::string trial_to_json(const Trial& trial) {
  return fields::write_json(kTrialFields, trial);
}

Trial trial_from_json(std::string_view line) {
  Trial trial;
  fields::read_json(kTrialFields, line, trial,
                    {.newest_schema = kTrialSchema, .key = "trial_id", .without_key = "this is no row"});
  return trial;
}

std::vector<fields::FlatColumn> flat_columns(std::span<const Trial> trials) {
  return fields::flat_columns(kTrialFields, trials);
}

std::vector<fields::Difference> differences(const Params& one, const Params& other) {
  return fields::differences(kParamsFields, one, other);
}

}  // namespace bakeoff::journal
