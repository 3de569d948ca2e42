// The manual page: bakeoff(1), in the language of man(7). Pure.
#pragma once

#include <string>
#include <string_view>

#include "harness/commands/help/program_help.h"

namespace bakeoff::commands::help {

/// For share/man/man1/bakeoff.1. It has no date, so that the same build always writes the same page.
std::string man_page(const ProgramHelp& program);

/// A text as roff prints it: characters that roff would act on, and those beyond ASCII, are written as escapes.
std::string roff_text(std::string_view text);

}  // namespace bakeoff::commands::help
