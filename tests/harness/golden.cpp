#include "tests/harness/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace bakeoff::test {

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(BAKEOFF_SOURCE_DIR "/tests/harness/golden/") + name;
  const char* update = std::getenv("BAKEOFF_GOLDEN");
  if (update != nullptr && std::string(update) == "update") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: run with BAKEOFF_GOLDEN=update";
  std::ostringstream wanted;
  wanted << file.rdbuf();
  EXPECT_EQ(text, wanted.str()) << path;
}

}  // namespace bakeoff::test
