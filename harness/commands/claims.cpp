// bakeoff claims: what of what is taught about concurrency the recorded rows confirm and refute.
#include <fmt/format.h>

#include <algorithm>

#include "harness/claims/claim_file.h"
#include "harness/claims/ledger.h"
#include "harness/commands/claim_rows.h"
#include "harness/commands/claims_run.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/input/nearest_name.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

/// Where results lie that decide claims: those that were measured for them come first.
std::vector<fs::path> folders_of(const ClaimsOptions& options) {
  if (!options.from.empty()) return options.from;
  std::vector<fs::path> folders;
  std::error_code error;
  for (const fs::path& folder : {subjects::results_directory() / "claims", subjects::results_directory()}) {
    if (fs::is_directory(folder, error)) folders.push_back(folder);
  }
  return folders;
}

const claims::ClaimRuling& ruling_of(const std::vector<claims::ClaimRuling>& rulings, const std::string& id) {
  const auto found = std::ranges::find_if(rulings, [&](const claims::ClaimRuling& one) { return one.claim->id == id; });
  if (found != rulings.end()) return *found;
  std::vector<std::string> ids;
  for (const claims::ClaimRuling& one : rulings) ids.push_back(one.claim->id);
  throw UsageError(fmt::format("claims show: found no claim \"{}\"; bakeoff claims lists all of them{}", id,
                               input::did_you_mean(id, ids)));
}

/// Those of a theme that has the word in its title; all without one.
std::vector<claims::Claim> of_theme(std::vector<claims::Claim> all, const std::string& theme) {
  if (theme.empty()) return all;
  std::vector<std::string> titles;
  for (const claims::Claim& one : all) {
    if (titles.empty() || titles.back() != one.theme) titles.push_back(one.theme);
  }
  std::erase_if(all, [&](const claims::Claim& one) { return one.theme != theme; });
  if (all.empty()) {
    throw UsageError(fmt::format("--theme: found \"{}\", expected one of {}{}", theme, input::join_names(titles),
                                 input::did_you_mean(theme, titles)));
  }
  return all;
}

}  // namespace

namespace {

/// Of `claims run`: the claims that its words name, or all. Throws UsageError for one that is not there.
std::vector<std::string> chosen_ids(const std::vector<claims::Claim>& all, const std::vector<std::string>& words) {
  std::vector<std::string> known, chosen;
  for (const claims::Claim& one : all) known.push_back(one.id);
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (std::ranges::find(known, words[i]) == known.end()) {
      throw UsageError(fmt::format("claims run: found no claim \"{}\"; bakeoff claims lists all of them{}", words[i],
                                   input::did_you_mean(words[i], known)));
    }
    chosen.push_back(words[i]);
  }
  return chosen.empty() ? known : chosen;
}

void refuse_what_does_not_go_together(const ClaimsOptions& options, const std::string& verb) {
  const auto refuse = [](const std::string& found, const std::string& expected) {
    throw UsageError(fmt::format("claims: found {}, expected {}", found, expected));
  };
  if (!verb.empty() && verb != "show" && verb != "run") {
    refuse(fmt::format("\"{}\"", verb), "nothing, or show or run with the ids of claims");
  }
  if (verb == "show" && options.words.size() < 2) refuse("show alone", "the id of a claim behind it");
  if (!verb.empty() && options.format != "terminal") {
    refuse("--format beside " + verb, "it beside the ledger alone");
  }
  if (verb == "run" && !options.from.empty()) refuse("--from beside run", "--out: its results go there");
  if (verb == "run") return;
  if (!options.budget.empty()) refuse("--budget without run", "it beside claims run");
  if (!options.out.empty()) refuse("--out without run", "it beside claims run");
  if (options.dry_run) refuse("--dry-run without run", "it beside claims run");
}

}  // namespace

int claims_command(const ClaimsOptions& options) {
  const std::string verb = options.words.empty() ? "" : options.words.front();
  refuse_what_does_not_go_together(options, verb);
  std::vector<fs::path> places{subjects::reference_directory() / "claims"};
  places.insert(places.end(), options.with.begin(), options.with.end());
  const std::vector<claims::Claim> all = claims::read_claims(places);
  if (verb == "run") {
    const std::vector<claims::Claim> themed = of_theme(all, options.theme);
    return run_claims(options, all, chosen_ids(themed, options.words));
  }
  ClaimRows rows(folders_of(options));
  std::vector<claims::ClaimRuling> rulings =
      claims::judge_all(all, [&](const std::string& experiment) { return rows.of(experiment); });
  const std::size_t width = stdout_style().sentence_width();
  if (verb == "show") {
    for (std::size_t i = 1; i < options.words.size(); ++i) {
      fmt::print("{}{}", i == 1 ? "" : "\n", claims::claim_text(ruling_of(rulings, options.words[i]), width));
    }
    return kDone;
  }
  if (!options.theme.empty()) {
    const std::vector<claims::Claim> themed = of_theme(all, options.theme);
    std::erase_if(rulings, [&](const claims::ClaimRuling& one) { return one.claim->theme != themed.front().theme; });
  }
  if (options.format == "terminal") {
    fmt::print("{}", claims::ledger_text(rulings, width));
  } else {
    fmt::print("{}", render(claims::ledger_report(rulings), options.format));
  }
  return kDone;
}

}  // namespace bakeoff::commands
