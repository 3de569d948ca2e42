// A pseudo-terminal for bakeoff to write to, and the screen that its bytes make.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::e2e {

/// A terminal whose other side is read here.
class PseudoTerminal {
 public:
  explicit PseudoTerminal(unsigned short columns = 80) : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) throw std::runtime_error("no terminal");
    path_ = ::ptsname(master_);
    slave_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // Kept, so that reading never ends.
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(slave_, TIOCSWINSZ, &size);
  }
  ~PseudoTerminal() {
    ::close(slave_);
    ::close(master_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  const std::string& path() const { return path_; }

  /// Takes what has been written, waiting for the first of it.
  void read(int timeout_ms) {
    pollfd ready{.fd = master_, .events = POLLIN, .revents = 0};
    while (::poll(&ready, 1, timeout_ms) > 0) {
      char part[4096];
      const ssize_t got = ::read(master_, part, sizeof part);
      if (got <= 0) return;
      text += std::string(part, static_cast<std::size_t>(got));
      timeout_ms = 0;
    }
  }
  /// As if somebody typed it.
  void type(std::string_view typed) {
    if (::write(master_, typed.data(), typed.size()) < 0) throw std::runtime_error("nothing can be typed");
  }
  std::string text;

 private:
  int master_, slave_ = -1;
  std::string path_;
};

/// What a terminal shows after some bytes, as far as ours use it: CR, LF, the cursor up (A), erase in line (K) and to
/// the end of the screen (J), colours (m). It is as high as it needs to be.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void write(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      if (bytes.substr(at).starts_with("\x1b[")) {
        const std::size_t end = bytes.find_first_of("ABCDHJKfmhl", at);
        if (end == std::string_view::npos) throw std::runtime_error("an escape that does not end");
        escape(bytes.substr(at + 2, end - at - 2), bytes[end]);
        at = end + 1;
        continue;
      }
      std::size_t end = at + 1;
      while (end < bytes.size() && (static_cast<unsigned char>(bytes[end]) & 0xC0) == 0x80) ++end;
      put(bytes.substr(at, end - at));
      at = end;
    }
  }

  /// Lines that were too long, so that the terminal broke them.
  std::size_t broken_lines() const { return broken_lines_; }
  /// The lines without spaces at their ends, and without empty lines at the end.
  std::string text() const {
    std::string all;
    for (const auto& cells : lines_) {
      std::string line;
      for (const std::string& cell : cells) line += cell;
      all += line.erase(line.find_last_not_of(' ') + 1) + "\n";
    }
    return all.erase(all.find_last_not_of('\n') + 1);
  }

 private:
  std::vector<std::string>& line() {
    if (row_ >= lines_.size()) lines_.resize(row_ + 1);
    return lines_[row_];
  }
  void put(std::string_view character) {
    if (character == "\r") {
      column_ = 0;
    } else if (character == "\n") {
      ++row_;
    } else {
      if (column_ == columns_) {
        ++broken_lines_;
        ++row_;
        column_ = 0;
      }
      if (line().size() <= column_) line().resize(column_ + 1, " ");
      line()[column_++] = character;
    }
  }
  void escape(std::string_view parameter, char what) {
    if (what == 'A') {
      const auto up = static_cast<std::size_t>(std::atoi(std::string(parameter).c_str()));
      row_ -= std::min(row_, up);
    } else if (what == 'K') {
      line().resize(parameter == "2" ? 0 : std::min(line().size(), column_));
    } else if (what == 'J') {
      line().resize(std::min(line().size(), column_));
      lines_.resize(row_ + 1);
    } else if (what != 'm') {
      throw std::runtime_error(std::string("an escape that nothing of ours uses: ") + what);
    }
  }

  std::size_t columns_, row_ = 0, column_ = 0, broken_lines_ = 0;
  std::vector<std::vector<std::string>> lines_;  ///< By row, by column: a character.
};

}  // namespace bakeoff::e2e
