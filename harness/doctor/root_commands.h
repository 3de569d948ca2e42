// Commands that need root, as the user is to type them. Pure.
#pragma once

#include <string>

#include "harness/doctor/facts.h"

namespace bakeoff::doctor {

/// "sudo apt-get ...", or without sudo if the user is root already.
std::string as_root(const DoctorFacts& facts, const std::string& command);

/// "sudo sysctl -w net.core.somaxconn=4096"; a value with a space is quoted.
std::string sysctl(const DoctorFacts& facts, const std::string& key, const std::string& value);

/// Writes a file of /sys or /proc by way of tee, because the shell would make a redirection as the user and not as
/// root.
std::string write_as_root(const DoctorFacts& facts, const std::string& value, const std::string& file);

}  // namespace bakeoff::doctor
