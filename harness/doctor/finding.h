// What bakeoff doctor says about one thing of the machine. Plain data. (The self-test has findings of its own.)
#pragma once

#include <string>

namespace bakeoff::doctor {

enum class Level {
  good,
  note,     ///< Something to know when figures are read, or something that only a part of the experiments needs.
  trouble,  ///< Figures of this machine are worth less than they could be, or experiments end early.
};

struct DoctorFinding {
  std::string area;  ///< programs, cpu, memory, limits, network, kernel, neighbours.
  std::string name;  ///< snake_case; stays what it is between versions.
  Level level = Level::good;
  std::string found;  ///< The value that was seen, in words.
  std::string why;    ///< Why it matters to a measurement here.
  std::string mend;   ///< The command that mends it; "" where there is none, or nothing to mend.
};

}  // namespace bakeoff::doctor
