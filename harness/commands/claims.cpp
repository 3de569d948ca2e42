// bakeoff claims: what of what is taught about concurrency the recorded rows confirm and refute.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "harness/claims/claim_file.h"
#include "harness/claims/ledger.h"
#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/input/nearest_name.h"
#include "harness/journal/reader.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

/// Results by the names of their experiments, each read once and only if a claim asks for it.
class RecordedRows {
 public:
  /// A folder is a result itself, or has results in folders that have the names of their experiments.
  explicit RecordedRows(std::vector<fs::path> folders) : folders_(std::move(folders)) {}

  const std::vector<journal::Trial>* of(const std::string& experiment) {
    const auto [place, is_new] = rows_.emplace(experiment, nullptr);
    if (is_new) place->second = read(experiment);
    return place->second.get();
  }

 private:
  std::unique_ptr<std::vector<journal::Trial>> read(const std::string& experiment) const {
    for (const fs::path& folder : folders_) {
      for (const fs::path& place : {folder / experiment, folder}) {
        if (!holds_a_run(place) || journal::read_manifest(place).experiment != experiment) continue;
        return std::make_unique<std::vector<journal::Trial>>(journal::read_journal(place).trials);
      }
    }
    return nullptr;
  }

  std::vector<fs::path> folders_;
  std::map<std::string, std::unique_ptr<std::vector<journal::Trial>>> rows_;
};

std::vector<fs::path> folders_of(const ClaimsOptions& options) {
  const std::vector<fs::path> folders =
      options.from.empty() ? std::vector<fs::path>{subjects::results_directory()} : options.from;
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::is_directory(folder, error)) continue;
    throw UsageError(
        fmt::format("--from: found no folder \"{}\"; expected one with results of bakeoff run", folder.string()));
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

int claims_command(const ClaimsOptions& options) {
  const bool shows = !options.words.empty();
  if (shows && (options.words.front() != "show" || options.words.size() < 2)) {
    throw UsageError(
        fmt::format("claims: found \"{}\", expected nothing, or show with the id of a claim", options.words.front()));
  }
  if (shows && options.format != "terminal") {
    throw UsageError(
        fmt::format("--format: found {} beside show, expected it beside the ledger alone", options.format));
  }
  const std::vector<claims::Claim> all =
      of_theme(claims::read_claims(subjects::reference_directory() / "claims"), options.theme);
  RecordedRows rows(folders_of(options));
  std::vector<claims::ClaimRuling> rulings;
  for (const claims::Claim& claim : all) {
    rulings.push_back(claims::judge(claim, [&](const std::string& experiment) { return rows.of(experiment); }));
  }
  const std::size_t width = stdout_style().sentence_width();
  if (shows) {
    for (std::size_t i = 1; i < options.words.size(); ++i) {
      fmt::print("{}{}", i == 1 ? "" : "\n", claims::claim_text(ruling_of(rulings, options.words[i]), width));
    }
    return kDone;
  }
  if (options.format == "terminal") {
    fmt::print("{}", claims::ledger_text(rulings, width));
  } else {
    fmt::print("{}", render(claims::ledger_report(rulings), options.format));
  }
  return kDone;
}

}  // namespace bakeoff::commands
