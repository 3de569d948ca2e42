#include "workloads/back_end.h"

#include <array>
#include <stdexcept>

#include "workloads/back_end_sessions.h"
#include "workloads/client.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

struct SchemeOfProtocol {
  std::string_view scheme;
  BackEndProtocol protocol;
};
constexpr std::array kSchemes{SchemeOfProtocol{"http://", BackEndProtocol::http},
                              SchemeOfProtocol{"redis://", BackEndProtocol::redis},
                              SchemeOfProtocol{"postgres://", BackEndProtocol::postgres}};

/// By CallOutcome.
constexpr std::array<std::string_view, kCallOutcomes> kWords{"answered", "refused", "broken", "no value", "late"};

}  // namespace

BackEnd parse_back_end(std::string_view url) {
  for (const auto& [scheme, protocol] : kSchemes) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view place = url.substr(scheme.size());
    const std::size_t colon = place.rfind(':');
    if (colon == std::string_view::npos || colon == 0) break;
    const auto port = parse_unsigned(place.substr(colon + 1));
    if (!port || *port == 0 || *port > UINT16_MAX) break;
    BackEnd back_end;
    back_end.protocol = protocol;
    back_end.address = place.substr(0, colon);
    back_end.port = static_cast<std::uint16_t>(*port);
    return back_end;
  }
  throw std::invalid_argument("found '" + printable(url) +
                              "', expected http://ADDRESS:PORT, redis://ADDRESS:PORT or postgres://ADDRESS:PORT");
}

std::string_view word_of(CallOutcome outcome) {
  return kWords[static_cast<std::size_t>(outcome)];
}

CallOutcome outcome_of(std::string_view result) {
  if (result.starts_with(kAnsweredMark)) return CallOutcome::answered;
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    if (kWords[i] == result) return static_cast<CallOutcome>(i);
  }
  return CallOutcome::broken;
}

std::unique_ptr<BackEndSession> make_back_end_session(BackEndProtocol protocol) {
  switch (protocol) {
    case BackEndProtocol::http:
      return make_http_back_end();
    case BackEndProtocol::redis:
      return make_redis_back_end();
    case BackEndProtocol::postgres:
      break;
  }
  return make_postgres_back_end();
}

}  // namespace bakeoff::workloads
