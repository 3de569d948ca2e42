#include "harness/commands/report_plots.h"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <stdexcept>

#include "harness/commands/output_file.h"
#include "harness/journal/reader.h"
#include "harness/report/plots/plots.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::commands {
namespace {

constexpr const char* kPlotsFolder = "plots";

void convert(const std::filesystem::path& svg, const std::filesystem::path& pdf) {
  constexpr auto kPatience = std::chrono::seconds(30);
  try {
    subjects::Process converter =
        subjects::Process::start({.argv = {"rsvg-convert", "-f", "pdf", "-o", pdf.string(), svg.string()}});
    const auto ended = converter.wait(kPatience);
    if (ended && ended->exited && ended->status == 0) return;
    throw std::runtime_error(
        fmt::format("{}: rsvg-convert {}", svg.string(), ended ? ended->describe() : "did not end within 30 s"));
  } catch (const subjects::CannotExecute&) {
    throw std::runtime_error("--format pdf: found no rsvg-convert (apt-get install librsvg2-bin)");
  }
}

/// All plots of a result; each has a name of its own.
std::vector<report::plots::PlotsOfTable> named_plots(const RecordedResult& result) {
  std::vector<report::plots::PlotsOfTable> tables =
      report::plots::build_plots(result.journal.trials, result.info, journal::read_histograms(result.folder));
  std::set<std::string> taken;
  for (report::plots::PlotsOfTable& table : tables) {
    for (report::plots::Plot& plot : table.plots) {
      while (!taken.insert(plot.name).second) plot.name += "-";
    }
  }
  return tables;
}

}  // namespace

std::vector<report::TableDrawings> drawings_beside(const RecordedResult& result) {
  std::vector<report::TableDrawings> drawings;
  if (!std::filesystem::is_directory(result.folder / kPlotsFolder)) return drawings;
  for (const report::plots::PlotsOfTable& table : named_plots(result)) {
    report::TableDrawings& of_table = drawings.emplace_back(report::TableDrawings{table.table, {}});
    for (const report::plots::Plot& plot : table.plots) {
      const std::string file = std::string(kPlotsFolder) + "/" + plot.name + ".svg";
      if (std::filesystem::exists(result.folder / file)) of_table.drawings.push_back({plot.title, file});
    }
  }
  return drawings;
}

void write_plots(const RecordedResult& result, const ReportOptions& options) {
  const std::filesystem::path folder = options.out.empty() ? result.folder / kPlotsFolder : options.out;
  std::filesystem::create_directories(folder);
  const subjects::ScratchFolder scratch;
  for (const report::plots::PlotsOfTable& table : named_plots(result)) {
    for (const report::plots::Plot& plot : table.plots) {
      const std::filesystem::path shown = folder / (plot.name + "." + options.format);
      if (options.format == "pdf") {
        write_file(scratch.path() / "plot.svg", plot.svg);  // Beside the folder's own drawings, which stay.
        convert(scratch.path() / "plot.svg", shown);
      } else {
        write_file(shown, plot.svg);
      }
      write_file(folder / (plot.name + ".dat"), report::plots::pgf_table(plot.data));
      fmt::print("{}\n", shown.string());
    }
  }
}

}  // namespace bakeoff::commands
