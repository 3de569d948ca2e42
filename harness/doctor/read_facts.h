// Reads what bakeoff doctor judges. What cannot be read is absent. Nothing is guessed, and nothing is changed.
#pragma once

#include <filesystem>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// Everything except programs, models and what moves (read_programs.h, read_watch.h). Reads a few dozen small files.
/// Makes a cgroup like a trial's and removes it, because a directory that can be seen says nothing about permission.
DoctorFacts read_doctor_facts();

/// The same from the files below `root`, for tests. Facts that only a system call gives are still those of this
/// machine. Makes no cgroup.
DoctorFacts read_doctor_facts_below(const std::filesystem::path& root);

}  // namespace bakeoff::doctor
