// The readers of bytes that others wrote, each as a function of one input. A source in targets/ has one of them or a
// few that read the same; tests/fuzz/README.md says what each holds its reader to.
//
// A target throws BrokenPromise (oracle.h), or whatever its reader throws and should not.
#pragma once

#include <array>
#include <string_view>

namespace bakeoff::fuzz::targets {

// What comes over connections.
void echo_server(std::string_view input);
void echo_client(std::string_view input);
void http_server(std::string_view input);
void http_client(std::string_view input);
void counter_server(std::string_view input);
void counter_client(std::string_view input);
void conversation(std::string_view input);
void back_end_answers(std::string_view input);
void queue_replies(std::string_view input);
void conform_replies(std::string_view input);

// What people write.
void manifest(std::string_view input);
void experiment(std::string_view input);
void claims(std::string_view input);
void profile(std::string_view input);
void url(std::string_view input);
void quantities(std::string_view input);
void requests(std::string_view input);
void request_form(std::string_view input);
void url_list(std::string_view input);

// What programs write.
void rows(std::string_view input);
void histograms(std::string_view input);
void run_manifest(std::string_view input);
void agent_talk(std::string_view input);
void program_lines(std::string_view input);
void plain_text(std::string_view input);

struct FuzzEntry {
  std::string_view name;
  void (*run)(std::string_view input);
};

inline constexpr std::array kTargets{
    FuzzEntry{"echo_server", echo_server},
    FuzzEntry{"echo_client", echo_client},
    FuzzEntry{"http_server", http_server},
    FuzzEntry{"http_client", http_client},
    FuzzEntry{"counter_server", counter_server},
    FuzzEntry{"counter_client", counter_client},
    FuzzEntry{"conversation", conversation},
    FuzzEntry{"back_end_answers", back_end_answers},
    FuzzEntry{"queue_replies", queue_replies},
    FuzzEntry{"conform_replies", conform_replies},
    FuzzEntry{"manifest", manifest},
    FuzzEntry{"experiment", experiment},
    FuzzEntry{"claims", claims},
    FuzzEntry{"profile", profile},
    FuzzEntry{"url", url},
    FuzzEntry{"quantities", quantities},
    FuzzEntry{"requests", requests},
    FuzzEntry{"request_form", request_form},
    FuzzEntry{"url_list", url_list},
    FuzzEntry{"rows", rows},
    FuzzEntry{"histograms", histograms},
    FuzzEntry{"run_manifest", run_manifest},
    FuzzEntry{"agent_talk", agent_talk},
    FuzzEntry{"program_lines", program_lines},
    FuzzEntry{"plain_text", plain_text},
};

}  // namespace bakeoff::fuzz::targets
