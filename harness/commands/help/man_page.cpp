#include "harness/commands/help/man_page.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "harness/commands/help/glossary.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::commands::help {
namespace {

/// What is shown beside its explanation.
struct Explained {
  std::string_view what, meaning;
};

constexpr std::array kFiles{
    Explained{"./bakeoff-results/NAME/TIME-HOST/",
              "What a run of the experiment NAME writes, unless --out names another folder: a line per trial "
              "(trials.jsonl), the facts of the machine and the build (manifest.json), the experiment and the report."},
    Explained{"~/.config/bakeoff/subjects/", "Folders with servers of your own, which are found without being named."},
};

constexpr std::array kEnvironment{
    Explained{"BAKEOFF_REDIS_PASSWORD",
              "The password for bakeoff load redis://HOST, if the URL has none: other users see a command line."},
    Explained{"NO_COLOR", "Not empty: no colours on a terminal."},
    Explained{"TMPDIR", "Where servers get their private folders; /tmp if it is not set."},
    Explained{"XDG_CONFIG_HOME", "Where the folder bakeoff/subjects is; ~/.config if it is not set."},
};

constexpr std::array kExamples{
    Explained{"bakeoff", "The quick experiment: four models, three workloads and a job."},
    Explained{"bakeoff run apache-vs-nginx --subjects prefork,event-loop", "Part of an experiment."},
    Explained{"bakeoff report --last --format md", "The tables of the newest run again, as Markdown."},
    Explained{"bakeoff serve event-loop counter --port 7000", "A model in the foreground, for any client."},
    Explained{"bakeoff load http://127.0.0.1:8080/ -c 64 --slo p99=5ms",
              "The highest rate at which 99 of 100 requests are answered within 5 ms."},
};

std::string bold(std::string_view text) {
  return "\\fB" + roff_text(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + roff_text(text) + "\\fR";
}

/// A section. A heading ends the paragraph before it, so that the first one needs no request of its own.
std::string man_section(std::string_view title, std::string_view body) {
  constexpr std::string_view kParagraph = ".PP\n";
  if (body.starts_with(kParagraph)) body.remove_prefix(kParagraph.size());
  return ".SH " + roff_text(title) + "\n" + std::string(body);
}

std::string man_paragraph(std::string_view text) {
  return ".PP\n" + roff_text(text) + "\n";
}

/// A paragraph with a tag. `tag` is roff.
std::string tagged(const std::string& tag, std::string_view meaning) {
  return ".TP\n" + tag + "\n" + roff_text(as_sentence(std::string(meaning))) + "\n";
}

template <typename Entries>
std::string tagged_list(const Entries& entries) {
  std::string text;
  for (const Explained& one : entries) text += tagged(bold(one.what), one.meaning);
  return text;
}

/// "-c, --connections N" with the names as they are typed and the value as a placeholder.
std::string parameter_tag(const ParameterHelp& parameter) {
  std::string tag;
  for (const std::string& name : parameter.names) tag += (tag.empty() ? "" : ", ") + bold(name);
  if (!parameter.value.empty()) tag += (tag.empty() ? "" : " ") + italic(parameter.value);
  return tag;
}

std::string tagged_parameters(const std::vector<ParameterHelp>& parameters) {
  std::string text;
  for (const ParameterHelp& one : parameters) text += tagged(parameter_tag(one), meaning_in_words(one));
  return text;
}

std::string man_command(const ProgramHelp& program, const CommandHelp& command) {
  return ".SS " + roff_text(command.name) + "\n" + bold(usage_of(program, command)) + "\n" +
         man_paragraph(as_sentence(command.summary)) + tagged_parameters(command.arguments) +
         tagged_parameters(command.options);
}

std::string exit_statuses(const ProgramHelp& program) {
  std::string text;
  for (const ExitStatusHelp& one : program.exit_statuses) {
    text += tagged(bold(std::to_string(one.status)), as_sentence(one.meaning));
  }
  return text;
}

std::string man_words() {
  std::string text;
  for (const GlossaryEntry& entry : glossary()) text += tagged(bold(entry.word), entry.meaning);
  return text;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string roff;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = measure::take_character(text, at);
    // At the beginning of a line, "." and "'" begin a request.
    if (begin == 0 && (character == '.' || character == '\'')) roff += "\\&";
    if (character == '\\') {
      roff += "\\e";
    } else if (character == '-') {
      roff += "\\-";  // A hyphen may be shown as another character, which no shell takes for the one of an option.
    } else if (character == '\'') {
      roff += "\\(aq";
    } else if (character == '`') {
      roff += "\\(ga";
    } else if (character == '~') {
      roff += "\\(ti";
    } else if (character == '^') {
      roff += "\\(ha";
    } else if (character < 0x80) {
      roff += character == '\n' ? ' ' : static_cast<char>(character);
    } else {
      roff += fmt::format("\\[u{:04X}]", static_cast<std::uint32_t>(character));
    }
  }
  return roff;
}

std::string man_page(const ProgramHelp& program) {
  std::string notes, commands;
  for (const std::string& note : program.notes) notes += man_paragraph(note);
  for (const CommandHelp& command : program.commands) commands += man_command(program, command);
  // No hyphenation, and lines are not stretched: options and command lines stay as they are typed.
  return fmt::format(".TH BAKEOFF 1 \"\" \"{} {}\" \"User Commands\"\n.nh\n.ad l\n", roff_text(program.name),
                     roff_text(program.version)) +
         man_section("NAME", roff_text(program.name) + " \\- " + roff_text(program.summary) + "\n") +
         man_section("SYNOPSIS", bold(usage_of(program)) + "\n") + man_section("DESCRIPTION", notes) +
         man_section("OPTIONS", tagged_parameters(program.options)) + man_section("SUBCOMMANDS", commands) +
         man_section("WORDS", man_words()) + man_section("EXIT STATUS", exit_statuses(program)) +
         man_section("FILES", tagged_list(kFiles)) + man_section("ENVIRONMENT", tagged_list(kEnvironment)) +
         man_section("EXAMPLES", tagged_list(kExamples));
}

}  // namespace bakeoff::commands::help
