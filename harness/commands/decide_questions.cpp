#include "harness/commands/decide_questions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "harness/commands/render.h"
#include "harness/input/input_error.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::commands {
namespace {

struct ProfileQuestion {
  const char* key;
  const char* asks;
  const char* usual;    ///< An empty answer; "" leaves the key out.
  const char* unknown;  ///< What "?" does, in words; it leaves the key out.
};

constexpr std::array<ProfileQuestion, 9> kQuestions{
    {{"mix",
      "What do the requests do, and how many of a hundred each? light, wait:5ms, work:3ms, call, file; of a cache get "
      "and set",
      "wait:5ms@70,work:1ms@5,light@25", "the default is taken"},
     {"connections", "How many connections are open at the same time?", "1000", "1000 are taken"},
     {"rate", "How many requests come per second, at the busiest time? 500, 2k; 0: as many as it can answer", "1k",
      "as many as it can answer"},
     {"slo", "How long may they take? p99=20ms: 99 of 100 within 20 ms; p50, p90, p99.9, max and mean too", "p99=50ms",
      "no limit"},
     {"memory", "How much memory may the service have? 512M, 4G", "1G", "no limit"},
     {"cpus", "How many CPUs may it have?", "", "what this machine gives it"},
     {"isolation", "Must a crash in one request leave the other connections alone? yes, no", "no", "no"},
     {"shared_state", "Do requests share objects in memory? yes, no", "no", "no"},
     {"candidates", "Who is to be compared? @models, @runtimes, @go, names, with commas", "", "eight models"}}};

/// nullopt at the end of the input, or when the user wants to stop.
std::optional<std::string> read_answer() {
  std::string line;
  for (char letter = 0; !subjects::interrupted;) {
    const ssize_t got = ::read(STDIN_FILENO, &letter, 1);
    if (got == 1 && letter != '\n') line += letter;
    if (got == 1 && letter == '\n') return std::string(measure::trimmed(line));
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  return std::nullopt;
}

/// The word of an answer; a text of "" leaves the key out. Throws InputError for what is no value.
decide::ProfileWord word_of(const ProfileQuestion& question, const std::string& answer) {
  decide::ProfileWord word{question.key, answer.empty() ? question.usual : answer, question.key};
  const bool any_rate = word.key == "rate" && word.text == "0";
  if (answer == "?") word.text = word.key == "mix" || word.key == "connections" ? question.usual : "";
  if (any_rate) word.text = "";
  if (!word.text.empty()) decide::check_word(word);
  return word;
}

}  // namespace

std::optional<std::vector<decide::ProfileWord>> ask_profile() {
  std::vector<decide::ProfileWord> words;
  tell("An empty answer takes the default, ? says that you do not know, Ctrl-C ends.");
  for (std::size_t i = 0; i < kQuestions.size();) {
    const ProfileQuestion& question = kQuestions[i];
    const std::string usual =
        question.usual[0] == '\0' ? question.unknown : fmt::format("{}; ?: {}", question.usual, question.unknown);
    tell(fmt::format("{}/{} {}", i + 1, kQuestions.size(), question.asks));
    fmt::print(stderr, "  {} [{}]: ", question.key, usual);
    std::fflush(stderr);
    const auto answer = read_answer();
    if (!answer) {
      fmt::print(stderr, "\n");
      return std::nullopt;
    }
    try {
      const decide::ProfileWord word = word_of(question, *answer);
      if (!word.text.empty()) words.push_back(word);
      ++i;
    } catch (const input::InputError& error) {
      tell(error.what());
    }
  }
  return words;
}

}  // namespace bakeoff::commands
