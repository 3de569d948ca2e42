// The parts of a manifest that describe more than a line: what it needs, is built from, can be told. Used by
// manifest.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/input/toml_section.h"
#include "harness/subjects/foreign_server.h"
#include "harness/subjects/manifest_folder.h"
#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// [needs]: a program with its package, or with alternatives and a least version.
std::vector<NeededProgram> read_needs(const input::TomlSection& needs);

/// [settings.NAME]: what the subject's name may say ("go:server=library"). Fills the subject's settings and
/// ForeignServer::settings_with.
void read_settings(const input::TomlSection& settings, const Inventory& known, Subject& subject,
                   ForeignServer& foreign);

/// [runs]: the jobs that it runs, and its command for them.
void read_runs(const input::TomlSection& runs, const Inventory& known, ForeignServer& foreign);

/// [works]: its command for workers of a queue.
void read_works(const input::TomlSection& works, ForeignServer& foreign);

/// [probe]: what it measures, and its command. Makes the subject a probe.
void read_probe(const input::TomlSection& probe, Subject& subject, ForeignServer& foreign);

/// [build]: inputs, steps and results.
BuildRecipe read_build(const input::TomlSection& build, const ManifestFolder& beside,
                       const std::filesystem::path& folder);

/// setup: commands, each with the file of [files] that it reads, which is no file of the server's then.
std::vector<SetupStep> read_setup(const std::vector<input::TomlSection>& setup, ForeignServer& foreign);

/// [files] and the inputs of a build: files beside the manifest, which it names. `to` is where the text goes.
class ManifestFiles {
 public:
  /// The folder is opened already; `path` is its own, for messages.
  ManifestFiles(const ManifestFolder& beside, std::filesystem::path path) : beside_(beside), path_(std::move(path)) {}

  /// Calls `fail(found, expected)`, which throws, for what is no file beside the manifest, and for too much of it.
  FileTemplate read(const std::string& from, const std::string& to,
                    const std::function<void(const std::string&, const std::string&)>& fail);

 private:
  const ManifestFolder& beside_;
  std::filesystem::path path_;
  std::size_t bytes_ = 0;  ///< Of all files so far.
};

/// What a file of a manifest's folder is that could not be read as one; "" where the system alone knows.
std::string what_lies_there(const std::system_error& error);

/// Whether a name stays inside the folder that it is put below.
bool stays_inside(const std::string& name);

/// Whether a text can be the name of a placeholder: small letters, digits and underscores.
bool can_be_placeholder(const std::string& name);

/// A text that has to be there and not empty.
std::string required_text(const input::TomlSection& section, const std::string& key, const std::string& expected);

/// What is shown to people and nothing else, without control characters; "" where it is missing.
std::string shown_text(const input::TomlSection& section, const char* key);
std::vector<std::string> plain_texts(std::vector<std::string> texts);

}  // namespace bakeoff::subjects
