// The completions of three shells: what is offered for which word. The shells themselves read them in tests/e2e.
#include "harness/commands/help/completions.h"

#include <gmock/gmock.h>

#include "tests/harness/commands/help/sample_program.h"

namespace bakeoff::commands::help {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Completions, OfBashOfferForEachValueWhatItMayBe) {
  EXPECT_THAT(
      bash_completion(sample_program()),
      AllOf(HasSubstr("_bakeoff_commands='run serve'\n"), HasSubstr("    '') echo '-h --help' ;;\n"),
            HasSubstr("    serve) echo '-h --help --last' ;;\n"),
            HasSubstr("    'run --subjects' | 'run -c' | 'run --connections' | 'run --fail-on-regression-of-this' | "),
            HasSubstr("    'run --subjects') _bakeoff_offer several \"$(_bakeoff_listed subjects)\" ;;\n"),
            HasSubstr("    'run --format') _bakeoff_offer one 'terminal json' ;;\n"),
            HasSubstr("    'run --out') _bakeoff_paths -d ;;\n"),
            HasSubstr("    'run 1') _bakeoff_offer one \"$(_bakeoff_listed experiments)\"; _bakeoff_paths -f ;;\n"),
            HasSubstr("    'serve 2') _bakeoff_offer one \"$(_bakeoff_listed workloads)\" ;;\n")));
}

TEST(Completions, OfZshAreSpecificationsWithTheirColonsAndBracketsEscaped) {
  EXPECT_THAT(
      zsh_completion(sample_program()),
      AllOf(testing::StartsWith("#compdef bakeoff\n"),
            HasSubstr("\n_bakeoff_experiments_or_file() {\n  _bakeoff_listed experiments \"$@\"\n  _files\n}\n"),
            HasSubstr("\n_bakeoff_subjects() {\n  _bakeoff_listed subjects \"$@\"\n}\n"),
            HasSubstr("        'run:Run an experiment'\n"),
            HasSubstr(
                R"( '--subjects=[Run only these \[all\], separated by commas]:SUBJECTS:_sequence _bakeoff_subjects' )"),
            HasSubstr(R"( '(-c --connections)-c+[Connections]:N: ' )"),
            HasSubstr(R"( '(-c --connections)--connections=[Connections]:N: ' )"),
            HasSubstr(R"( '--format=[Output\: terminal, json]:FORMAT:(terminal json)' )"),
            HasSubstr(R"( '--out=[The folder\: for rows]:DIR:_files -/' )"),
            HasSubstr(R"( '1::EXPERIMENT:_bakeoff_experiments_or_file')"),
            HasSubstr(R"( '2:WORKLOAD:_bakeoff_workloads')")));
}

TEST(Completions, OfFishHaveOneLineForEachSubcommandOptionAndArgument) {
  EXPECT_THAT(fish_completion(sample_program()),
              AllOf(HasSubstr("\nset -g __bakeoff_with_value --connections --fail-on-regression-of-this --format --out "
                              "--subjects -c\n"),
                    HasSubstr("\ncomplete -c bakeoff -n __bakeoff_begins -a run -d 'Run an experiment'\n"),
                    HasSubstr("\ncomplete -c bakeoff -n '__bakeoff_in run' -l subjects -x -a '(__bakeoff_several "
                              "(__bakeoff_listed subjects))' -d 'Run only these [all], separated by commas'\n"),
                    HasSubstr("\ncomplete -c bakeoff -n '__bakeoff_in run' -s c -l connections -x -d 'Connections'\n"),
                    HasSubstr("\ncomplete -c bakeoff -n '__bakeoff_in serve' -l last -d 'Take the newest run'\n"),
                    HasSubstr("\ncomplete -c bakeoff -n '__bakeoff_at run 1' -F -a '(__bakeoff_listed experiments)'\n"),
                    HasSubstr("\ncomplete -c bakeoff -n '__bakeoff_at serve 2' -a '(__bakeoff_listed workloads)'\n")));
}

TEST(Completions, OfFishQuoteAQuote) {
  ProgramHelp program = sample_program();
  program.commands[1].options[1].meaning = "Don't";
  EXPECT_THAT(fish_completion(program), HasSubstr("-l last -d 'Don\\'t'\n"));
  EXPECT_THAT(zsh_completion(program), HasSubstr("'--last[Don'\\''t]'"));
}

TEST(Completions, AreExplainedByTheFirstSentence) {
  EXPECT_EQ(first_sentence("One. Two."), "One");
  EXPECT_EQ(first_sentence("One."), "One");
  EXPECT_EQ(first_sentence("Up to 99.9 of 100"), "Up to 99.9 of 100");
}

}  // namespace
}  // namespace bakeoff::commands::help
