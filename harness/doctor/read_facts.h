// Reading what bakeoff doctor judges. What cannot be read is absent; nothing is guessed, and nothing is changed.
#pragma once

#include <filesystem>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// All but programs, models and what moves (read_programs.h, read_watch.h). A few dozen small files. To know whether a
/// trial's cgroup can be made it makes one and removes it: a directory that is seen says nothing of permission.
DoctorFacts read_doctor_facts();

/// The same from the files below `root`, for tests. What only a system call tells is still this machine's; no cgroup is
/// made.
DoctorFacts read_doctor_facts_below(const std::filesystem::path& root);

}  // namespace bakeoff::doctor
