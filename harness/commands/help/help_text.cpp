#include "harness/commands/help/help_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/report/text_layout.h"

namespace bakeoff::commands::help {
namespace {

constexpr std::size_t kIndent = 2;         ///< Of what is explained.
constexpr std::size_t kGap = 2;            ///< Between it and its explanation, at least.
constexpr std::size_t kWidestName = 24;    ///< A name that is wider has its explanation below.
constexpr std::size_t kLeastMeaning = 30;  ///< Columns; where fewer are left, all explanations are below.
constexpr std::size_t kBelow = 6;          ///< Their indent then.

/// What is explained, and its explanation.
struct Row {
  std::string name, meaning;
};

/// The column in which the explanations of these rows begin.
std::size_t meaning_column(const std::vector<Row>& rows, std::size_t width) {
  std::size_t widest = 0;
  for (const Row& row : rows) {
    if (const std::size_t name = report::display_width(row.name); name <= kWidestName) widest = std::max(widest, name);
  }
  const std::size_t column = kIndent + widest + kGap;
  return width == 0 || width >= column + kLeastMeaning ? column : kBelow;
}

std::string paragraph(std::string_view text, std::size_t width, std::size_t indent = 0) {
  std::string lines;
  for (const std::string& line : report::wrap(text, width, indent)) lines += line + "\n";
  return lines;
}

std::string section(std::string_view title, const std::vector<Row>& rows, std::size_t width) {
  if (rows.empty()) return "";
  std::string text = title.empty() ? "" : "\n" + std::string(title) + ":\n";
  const std::size_t column = meaning_column(rows, width);
  // At least one column, because 0 would be unlimited.
  const std::size_t left = width == 0 ? 0 : std::max<std::size_t>(width, column + 1) - column;
  for (const Row& row : rows) {
    std::string line = std::string(kIndent, ' ') + row.name;
    if (report::display_width(line) + kGap > column) {
      text += line + "\n";
      line.clear();
    }
    for (const std::string& part : report::wrap(row.meaning, left, 0)) {
      line.append(column - report::display_width(line), ' ');
      text += line + part + "\n";
      line.clear();
    }
  }
  return text;
}

std::vector<Row> rows_of(const std::vector<ParameterHelp>& parameters) {
  std::vector<Row> rows;
  for (const ParameterHelp& one : parameters) rows.push_back({names_in_words(one), meaning_in_words(one)});
  return rows;
}

/// Its second and further lines begin behind "Usage: ".
std::string usage_line(const std::string& usage, std::size_t width) {
  constexpr std::string_view kUsage = "Usage: ";
  return "\n" + paragraph(std::string(kUsage) + usage, width, kUsage.size());
}

std::string exit_statuses_in_words(const ProgramHelp& program) {
  std::string text;
  for (const ExitStatusHelp& one : program.exit_statuses) {
    text += (text.empty() ? "Exit status: " : ", ") + std::to_string(one.status) + " " + one.meaning;
  }
  return text + ".";
}

}  // namespace

std::string program_text(const ProgramHelp& program, std::size_t width) {
  std::string text =
      paragraph(as_sentence(program.name + ": " + program.summary), width) + usage_line(usage_of(program), width);
  text += section("Options", rows_of(program.options), width);
  std::vector<Row> commands;
  for (const CommandHelp& command : program.commands) commands.push_back({command.name, command.summary});
  text += section("Subcommands", commands, width);
  for (const std::string& note : program.notes) text += "\n" + paragraph(note, width);
  return text + "\n" + paragraph(exit_statuses_in_words(program), width);
}

std::string command_text(const ProgramHelp& program, const CommandHelp& command, std::size_t width) {
  return paragraph(as_sentence(command.summary), width) + usage_line(usage_of(program, command), width) +
         section("Arguments", rows_of(command.arguments), width) + section("Options", rows_of(command.options), width);
}

std::string words_text(std::span<const GlossaryEntry> entries, std::size_t width) {
  std::vector<Row> rows;
  for (const GlossaryEntry& entry : entries) rows.push_back({std::string(entry.word), std::string(entry.meaning)});
  return section("", rows, width);
}

}  // namespace bakeoff::commands::help
