// The JSON of a load's shape: flat, in an agent's plan and among the params of a row. What is zero is absent.
#pragma once

#include <cstdint>

#include "harness/journal/fields.h"
#include "harness/journal/load_shape.h"

namespace bakeoff::journal {

/// The word that a row has for the times between requests; a closed loop has none.
enum class ArrivalsWord : std::uint8_t { constant, poisson, none };

inline ArrivalsWord arrivals_word(const LoadShape& load) {
  if (!load.is_open()) return ArrivalsWord::none;
  return load.poisson ? ArrivalsWord::poisson : ArrivalsWord::constant;
}
inline void set_arrivals(LoadShape& load, ArrivalsWord word) {
  load.poisson = word == ArrivalsWord::poisson;
}

inline constexpr fields::EnumNames kArrivalsNames{"constant or poisson",
                                                  fields::NameOf{ArrivalsWord::constant, "constant"},
                                                  fields::NameOf{ArrivalsWord::poisson, "poisson"}};

/// What is asked, on how many connections. In a row the units stand between this and the arrivals.
inline constexpr fields::FieldTable kRequestFields{
    fields::field<&LoadShape::connections>("connections").unless_zero(),
    fields::field<&LoadShape::pipeline>("pipeline").unless_zero(),
    fields::field<&LoadShape::message_bytes>("message_bytes").unless_zero(),
    fields::field<&LoadShape::request>("request"),
};

/// How requests arrive, and who else is there.
inline constexpr fields::FieldTable kArrivalFields{
    fields::field<&LoadShape::rate_rps>("rate_rps").unless_zero(),
    fields::field<&LoadShape::ramp_to_rps>("ramp_to_rps").unless_zero(),
    fields::computed<&arrivals_word, &set_arrivals, kArrivalsNames>("arrivals"),
    fields::field<&LoadShape::spin>("spin").unless_zero(),
    fields::field<&LoadShape::churn>("churn").unless_zero(),
    fields::field<&LoadShape::requests_per_connection>("requests_per_connection").unless_zero(),
    fields::field<&LoadShape::session_requests>("session_requests"),
    fields::field<&LoadShape::think_us>("think_us"),
    fields::field<&LoadShape::idle>("idle").unless_zero(),
    fields::field<&LoadShape::idle_asks>("idle_asks").unless_zero(),
    fields::field<&LoadShape::slow_senders>("slow_senders").unless_zero(),
    fields::field<&LoadShape::slow_readers>("slow_readers").unless_zero(),
};

}  // namespace bakeoff::journal
