#include "harness/report/latex_text.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "harness/measure/plain_text.h"

namespace bakeoff::report {
namespace {

// Those that end in a letter are closed by {}, so that a following space stays. Brackets would be an option of what
// stands before them; the quotes and dashes would join their neighbours to other characters. Signs are taken from the
// mathematical fonts: those of the text companion fonts are bitmaps where no more than the standard fonts is installed.
constexpr std::array<std::pair<char32_t, const char*>, 48> kSpelled{{{U'#', "\\#"},
                                                                     {U'$', "$\\mathdollar$"},
                                                                     {U'%', "\\%"},
                                                                     {U'&', "\\&"},
                                                                     {U'_', "\\_"},
                                                                     {U'{', "\\{"},
                                                                     {U'}', "\\}"},
                                                                     {U'\\', "\\textbackslash{}"},
                                                                     {U'~', "\\textasciitilde{}"},
                                                                     {U'^', "\\textasciicircum{}"},
                                                                     {U'<', "\\textless{}"},
                                                                     {U'>', "\\textgreater{}"},
                                                                     {U'|', "\\textbar{}"},
                                                                     {U'"', "\\char34{}"},
                                                                     {U'`', "\\char96{}"},
                                                                     {U'\'', "'{}"},
                                                                     {U'-', "-{}"},
                                                                     {U',', ",{}"},
                                                                     {U'[', "{[}"},
                                                                     {U']', "{]}"},
                                                                     {U'\u00A0', "~"},
                                                                     {U'·', "$\\cdot$"},
                                                                     {U'±', "$\\pm$"},
                                                                     {U'×', "$\\times$"},
                                                                     {U'÷', "$\\div$"},
                                                                     {U'µ', "$\\mu$"},
                                                                     {U'μ', "$\\mu$"},
                                                                     {U'°', "$^\\circ$"},
                                                                     {U'§', "$\\mathsection$"},
                                                                     {U'©', "(C)"},
                                                                     {U'ß', "\\ss{}"},
                                                                     {U'≤', "$\\leq$"},
                                                                     {U'≥', "$\\geq$"},
                                                                     {U'≠', "$\\neq$"},
                                                                     {U'≈', "$\\approx$"},
                                                                     {U'−', "$-$"},
                                                                     {U'→', "$\\rightarrow$"},
                                                                     {U'←', "$\\leftarrow$"},
                                                                     {U'∞', "$\\infty$"},
                                                                     {U'–', "--{}"},
                                                                     {U'—', "---{}"},
                                                                     {U'…', "\\ldots{}"},
                                                                     {U'•', "$\\bullet$"},
                                                                     {U'‘', "`{}"},
                                                                     {U'’', "'{}"},
                                                                     {U'“', "``{}"},
                                                                     {U'”', "''{}"},
                                                                     {U'\u202F', "\\,"}}};

// Letters with one accent, by the accent's command: names of people and places.
constexpr std::array<std::pair<std::u32string_view, const char*>, 6> kAccented{{{U"àèìòùÀÈÌÒÙ", "\\`"},
                                                                                {U"áéíóúýÁÉÍÓÚÝ", "\\'"},
                                                                                {U"âêîôûÂÊÎÔÛ", "\\^"},
                                                                                {U"ãñõÃÑÕ", "\\~"},
                                                                                {U"äëïöüÿÄËÏÖÜ", "\\\""},
                                                                                {U"çÇ", "\\c "}}};
constexpr std::array kBare{"aeiouAEIOU", "aeiouyAEIOUY", "aeiouAEIOU", "anoANO", "aeiouyAEIOU", "cC"};

std::string spelled(char32_t character) {
  for (const auto& [from, to] : kSpelled) {
    if (from == character) return to;
  }
  if (character < 0x20 || character == 0x7F) return " ";
  if (character < 0x80) return std::string(1, static_cast<char>(character));
  for (std::size_t accent = 0; accent < kAccented.size(); ++accent) {
    const std::size_t letter = kAccented[accent].first.find(character);
    if (letter == std::u32string_view::npos) continue;
    return "{" + std::string(kAccented[accent].second) + kBare[accent][letter] + "}";
  }
  return fmt::format("{{\\tiny U+{:04X}}}\\allowbreak{{}}", static_cast<std::uint32_t>(character));
}

bool joins(char32_t character) {
  return character == '-' || character == '\'' || character == ',';
}

}  // namespace

std::string latex_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = measure::take_character(text, at);
    // Only two of them in a row would join; alone they need no braces, and the source is the more readable.
    if (joins(character) && (at == text.size() || text[at] != text[at - 1])) {
      out += static_cast<char>(character);
      continue;
    }
    out += spelled(character);
  }
  return out;
}

}  // namespace bakeoff::report
