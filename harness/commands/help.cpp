// bakeoff help, and --help of every subcommand: the command line explained, on a terminal, as a manual page, or as the
// completions of a shell.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/help/completions.h"
#include "harness/commands/help/glossary.h"
#include "harness/commands/help/help_text.h"
#include "harness/commands/help/man_page.h"
#include "harness/commands/render.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"

namespace bakeoff::commands {
namespace {

/// Columns of what is no terminal, or one that does not tell its width.
constexpr std::size_t kPipeWidth = 80;

std::string whole_program(const help::ProgramHelp& program, const std::string& format) {
  if (format == "man") return help::man_page(program);
  if (format == "bash") return help::bash_completion(program);
  if (format == "zsh") return help::zsh_completion(program);
  return help::fish_completion(program);
}

const help::CommandHelp* find_command(const help::ProgramHelp& program, const std::string& name) {
  const auto found = std::ranges::find(program.commands, name, &help::CommandHelp::name);
  return found == program.commands.end() ? nullptr : &*found;
}

/// The topic that is meant. The message lists the subcommands, but not every word.
std::string check_topic(const help::ProgramHelp& program, const std::string& given) {
  std::vector<std::string> topics;
  for (const help::CommandHelp& command : program.commands) topics.push_back(command.name);
  topics.emplace_back(kWordsTopic);
  const std::string expected = input::join_names(topics);
  for (const help::GlossaryEntry& entry : help::glossary()) {
    // Some words are subcommands too, which the subcommand's help explains.
    if (!input::contains(topics, entry.word)) topics.emplace_back(entry.word);
  }
  const input::ResolvedName topic = input::resolve_name(given, topics, tell_user);
  if (topic.fault) {
    throw UsageError(
        fmt::format("found topic \"{}\", expected one of {}{}", given, expected, input::did_you_mean(given, topics)));
  }
  input::tell_substitution(tell_user, "", given, topic.name);
  return topic.name;
}

std::string text_of(const help::ProgramHelp& program, const std::string& topic, std::size_t width) {
  if (topic.empty()) return help::program_text(program, width);
  if (const help::CommandHelp* command = find_command(program, topic)) {
    return help::command_text(program, *command, width);
  }
  const std::span<const help::GlossaryEntry> words = help::glossary();
  if (topic == kWordsTopic) return help::words_text(words, width);
  const auto word = std::ranges::find(words, topic, &help::GlossaryEntry::word);
  return help::words_text(words.subspan(static_cast<std::size_t>(word - words.begin()), 1), width);
}

}  // namespace

int help_command(const HelpOptions& options, const help::ProgramHelp& program) {
  const std::string topic = options.topic.empty() ? "" : check_topic(program, options.topic);
  if (options.format != "terminal") {
    if (!topic.empty()) {
      throw UsageError(fmt::format("--format {}: found the topic \"{}\", expected none: it is of the whole program",
                                   options.format, topic));
    }
    fmt::print("{}", whole_program(program, options.format));
    return kDone;
  }
  const std::size_t width = stdout_style().width;
  fmt::print("{}", text_of(program, topic, width == 0 ? kPipeWidth : width));
  return kDone;
}

}  // namespace bakeoff::commands
