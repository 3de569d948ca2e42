// A scratch folder as a harness that was killed leaves it.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/experiment/scratch_folder.h"

namespace bakeoff {

class AbandonedFolder {
 public:
  AbandonedFolder() : outer_(parent_.path() / (std::string(ScratchFolder::kPrefix) + "1-left")) {
    std::filesystem::create_directories(path());
    struct stat status {};
    ::stat(outer_.c_str(), &status);
    std::ofstream(outer_ / "owner") << "scratch folder of bakeoff: " << outer_.filename().string() << ", inode "
                                    << status.st_ino << "\n";
  }

  const std::filesystem::path& outer() const { return outer_; }
  std::filesystem::path path() const { return outer_ / outer_.filename(); }

 private:
  ScratchFolder parent_;
  std::filesystem::path outer_;
};

}  // namespace bakeoff
