// Golden files: tests/harness/golden. After a wanted change, BAKEOFF_GOLDEN=update harness_test writes them anew; read
// the difference before it is committed.
#pragma once

#include <string>

namespace bakeoff::test {

/// Fails the test unless `text` is the content of the file of this name; with BAKEOFF_GOLDEN=update it becomes that.
void expect_golden(const std::string& name, const std::string& text);

}  // namespace bakeoff::test
