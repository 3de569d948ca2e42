// A back end of HTTP that is right or wrong as a test wants it, in the test's own process: a thread per connection.
// Who waits: its threads, and the calls that say so. Who owns: it owns its port from its beginning to its end, also
// while it does not listen.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bakeoff::conformance {

class ScriptedBackEnd {
 public:
  enum class Answer : std::uint8_t {
    right,
    silent,    ///< None at all.
    closing,   ///< The end of the connection.
    nonsense,  ///< No HTTP.
    no_value,  ///< 404.
  };

  /// Listens on a free port of 127.0.0.1.
  ScriptedBackEnd();
  ScriptedBackEnd(const ScriptedBackEnd&) = delete;
  ScriptedBackEnd& operator=(const ScriptedBackEnd&) = delete;
  ~ScriptedBackEnd();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// How it answers the questions that come from now on.
  void set_answer(Answer answer) { answer_ = answer; }

  /// Ends all connections and refuses new ones; blocks until its threads have ended.
  void go_away();
  /// Listens again, on the same port.
  void come_back();

  /// Waits until that many questions have come, for as long as it takes a patient client to give up.
  bool await_questions(std::size_t questions);
  /// The most connections that were open at once.
  std::size_t most_connections();

 private:
  void accept_all(int listener);
  void serve(int socket);
  bool answer(int socket, const std::string& item) const;

  std::uint16_t port_ = 0;
  int reserved_ = -1;  // Bound to the port, and never listening.
  int listener_ = -1;
  std::atomic<Answer> answer_{Answer::right};
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<std::thread> threads_;
  std::vector<int> open_;
  std::size_t questions_ = 0, most_ = 0;
};

}  // namespace bakeoff::conformance
