// Foreign servers as their manifests describe them (the keys: reference/README.md). A folder has one, subject.toml, or
// several that share its files: go.subject.toml.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

inline constexpr const char* kManifestName = "subject.toml";
inline constexpr const char* kManifestEnding = ".subject.toml";

/// By its name alone.
bool is_manifest(const std::filesystem::path& file);

/// Reads one manifest and looks for the programs that it needs; what is missing is in Subject::missing. `known` has the
/// models that it may be like and the workloads that there are. Starts nothing. Throws input::InputError
/// "FILE:LINE: key: found X, expected Y" for a fault of the manifest or of a template that it names; neither may be a
/// link (manifest_folder.h).
Subject read_subject(const std::filesystem::path& manifest, const Inventory& known);

/// The same from text; its templates lie beside `manifest`, which need not be there itself.
Subject parse_subject(std::string_view toml, const std::filesystem::path& manifest, const Inventory& known);

/// Adds the subjects of a folder: its own manifests and those of the folders in it, by name. A folder that is not there
/// adds nothing; it may be a link itself, those in it may not. Throws InputError, also for a name that the inventory
/// has already. Returns the names.
std::vector<std::string> add_subjects_in(const std::filesystem::path& folder, Inventory& inventory);

/// Adds the subjects that are shipped and the user's own ($XDG_CONFIG_HOME/bakeoff/subjects, by default below
/// ~/.config).
void add_foreign_subjects(Inventory& inventory);

}  // namespace bakeoff::subjects
