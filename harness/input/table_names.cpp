#include "harness/input/table_names.h"

#include <algorithm>

namespace bakeoff::input {
namespace {

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '"' || c == '\'';
}

/// Reads TOML as far as to know where a statement begins: behind the end of a line that is in no string and no array.
class Statements {
 public:
  explicit Statements(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  std::optional<MissingTableName> find() {
    while (at_ < text_.size()) {
      skip_blanks();
      if (next_is('[')) {
        if (!has_name()) return MissingTableName{line_of(at_), rest_of_line()};
      }
      skip_statement();
    }
    return std::nullopt;
  }

 private:
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size()); }

  /// At the bracket of a table: moves to where its name has to begin. What toml++ refuses in words is left to it.
  bool has_name() {
    ++at_;
    const std::size_t begin = at_;
    skip_blanks();
    if (next_is('[')) {
      if (at_ != begin) return true;
      ++at_;
      skip_blanks();
    }
    return at_ == text_.size() || text_[at_] == ']' || begins_name(text_[at_]);
  }

  /// To the end of the line that ends the statement, over strings, comments and arrays of several lines.
  void skip_statement() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      ++at_;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') depth = std::max(depth - 1, 0);
      if (c == '\n' && depth == 0) return;
    }
  }

  void skip_string(char quote) {
    const std::string_view three = text_.substr(at_, 3);
    const bool multi_line = three.size() == 3 && three[1] == quote && three[2] == quote;
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\') {
        at_ += 2;
      } else if (multi_line ? text_.substr(at_).starts_with(three) : text_[at_] == quote) {
        at_ += multi_line ? 3 : 1;
        // Up to two quotes before the three that end it belong to the text.
        while (multi_line && next_is(quote)) ++at_;
        return;
      } else if (!multi_line && text_[at_] == '\n') {
        return;
      } else {
        ++at_;
      }
    }
    at_ = text_.size();
  }

  std::size_t line_of(std::size_t at) const {
    return 1 +
           static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  std::string_view rest_of_line() const {
    const std::string_view rest = text_.substr(at_);
    return rest.substr(0, rest.find_first_of("\r\n"));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<MissingTableName> find_missing_table_name(std::string_view toml) {
  return Statements(toml).find();
}

}  // namespace bakeoff::input
