// PostgreSQL as a back end: protocol 3.0, https://www.postgresql.org/docs/15/protocol.html. One statement, parsed once
// per connection; values as text. Left out: passwords, TLS, everything that a trusted local client does without.
#include <utility>

#include "workloads/back_end_sessions.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeadBytes = 5;  // A type, and a length that counts itself and what follows.
constexpr std::size_t kLengthBytes = 4;

void append_int(std::string& out, std::uint32_t number, unsigned bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(number >> (8 * bytes) & 0xff));
}

std::uint32_t int_at(std::string_view bytes, std::size_t at, unsigned width) {
  std::uint32_t number = 0;
  for (unsigned i = 0; i < width; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void append_typed(std::string& out, char type, std::string_view body) {
  out.push_back(type);
  append_int(out, static_cast<std::uint32_t>(body.size() + kLengthBytes), 4);
  out.append(body);
}

class PostgresBackEnd final : public FramedBackEnd {
 public:
  void greet(std::string& requests) override {
    constexpr std::uint32_t kProtocol = 3 << 16;
    constexpr std::string_view kParameters = "user\0bakeoff\0database\0bakeoff\0\0"sv;
    append_int(requests, static_cast<std::uint32_t>(2 * kLengthBytes + kParameters.size()), 4);
    append_int(requests, kProtocol, 4);
    requests.append(kParameters);
  }
  bool is_ready() const override { return ready_; }

  void ask(std::uint64_t item, std::string& requests) override {
    // Parse: the statement's name, its text, no types of parameters.
    if (!std::exchange(parsed_, true)) {
      append_typed(requests, 'P', "item\0SELECT value FROM items WHERE id = $1\0\0\0"sv);
    }
    // Bind: the unnamed portal; all formats are text; one parameter.
    const Digits digits(item);
    bind_.assign("\0item\0\0\0\0\1"sv);
    append_int(bind_, static_cast<std::uint32_t>(digits.view().size()), 4);
    bind_.append(digits.view()).append("\0\0"sv);
    append_typed(requests, 'B', bind_);
    append_typed(requests, 'E', "\0\0\0\0\0"sv);  // Execute: the unnamed portal, all rows.
    append_typed(requests, 'S', "");
    rows_ = 0;
    failed_ = false;
  }
  std::string_view answer() const override { return answer_; }

 private:
  Taken take(std::string_view bytes) override {
    if (bytes.size() < kHeadBytes) return {0, kHeadBytes};
    const std::size_t size = 1 + std::size_t{int_at(bytes, 1, kLengthBytes)};
    if (size < kHeadBytes || size > 2 * kLongestAnswer) return broken(bytes);
    if (bytes.size() < size) return {0, size};
    const std::string_view body = bytes.substr(kHeadBytes, size - kHeadBytes);
    switch (bytes[0]) {
      case 'R':  // Authentication: 0 is that none is asked for.
        if (ready_ || body.size() < 4 || int_at(body, 0, 4) != 0) return broken(bytes);
        break;
      case 'D':  // A row.
        ++rows_;
        if (!take_row(body)) failed_ = true;
        break;
      case 'E':  // An error. Before the connection is ready, it is the end of it.
        if (!ready_) return broken(bytes);
        failed_ = true;
        break;
      case 'Z':  // Ready for the next query.
        if (!std::exchange(ready_, true)) {
          hear(Heard::ready);
        } else {
          hear(rows_ == 1 && !failed_ ? Heard::answer : Heard::no_value);
        }
        break;
      case 'S':  // A parameter of the server,
      case 'K':  // the key for cancelling,
      case 'N':  // a notice,
      case '1':  // parsed,
      case '2':  // bound,
      case 'C':  // completed.
        break;
      default:
        return broken(bytes);
    }
    return {size, 0};
  }

  /// False unless it is one column with a value.
  bool take_row(std::string_view body) {
    constexpr std::size_t kValueAt = 6;  // Behind the number of columns and the length of the first.
    if (body.size() < kValueAt || int_at(body, 0, 2) != 1 || int_at(body, 2, 4) != body.size() - kValueAt) return false;
    answer_.assign(body.substr(kValueAt));
    return true;
  }

  bool ready_ = false, parsed_ = false;
  bool failed_ = false;     ///< The call that is being made.
  std::uint64_t rows_ = 0;  ///< Its rows.
  std::string bind_;
  std::string answer_;
};

}  // namespace

std::unique_ptr<BackEndSession> make_postgres_back_end() {
  return std::make_unique<PostgresBackEnd>();
}

}  // namespace bakeoff::workloads
