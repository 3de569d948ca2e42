// Holds the names of the design: a namespace per folder, a type name once per program, a helper once per folder. Each
// rule is also tried on examples that break it.
#include "tests/layering/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/layering/tree.h"

namespace bakeoff::layering {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Names, EveryFileOpensTheNamespaceOfItsFolder) {
  const auto found = misplaced_namespaces(source_tree());
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(Names, NoTypeIsDefinedTwiceInAProgram) {
  const auto found = repeated_types(source_tree());
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(Names, NoHelperIsDefinedTwiceInAFolder) {
  const auto found = clashing_helpers(source_tree());
  EXPECT_TRUE(found.empty()) << joined(found);
}

// The rules themselves.

TEST(NamespaceOf, IsTheFoldersPath) {
  EXPECT_EQ(namespace_of("harness/main.cpp"), "bakeoff");
  EXPECT_EQ(namespace_of("harness/report/load/series.h"), "bakeoff::report::load");
  EXPECT_EQ(namespace_of("workloads/store/store.h"), "bakeoff::workloads::store");
  EXPECT_EQ(namespace_of("models/threads.cpp"), "bakeoff::models");
  EXPECT_EQ(namespace_of("tests/harness/load/slo_test.cpp"), "bakeoff::load");
  EXPECT_EQ(namespace_of("tests/models/net_test.cpp"), "bakeoff::models");
  EXPECT_EQ(namespace_of("tests/harness/fixtures/golden.h"), "bakeoff::test");
  EXPECT_EQ(namespace_of("tests/text_file.h"), "bakeoff::test");
}

std::vector<std::string> misplaced_in(const std::string& path, const std::string& text) {
  return misplaced_namespaces({{"harness/report/load/series.h", "namespace bakeoff::report::load {\n"}, {path, text}});
}

TEST(NamespaceRule, FindsANamespaceOfAnotherFolder) {
  EXPECT_THAT(misplaced_in("harness/report/table.h", "#pragma once\nnamespace bakeoff::load {\n"),
              ElementsAre("harness/report/table.h:2 opens bakeoff::load, its folder is bakeoff::report"));
  EXPECT_THAT(misplaced_in("harness/report/table.h", "namespace bakeoff {\n"), SizeIs(1));
  EXPECT_THAT(misplaced_in("harness/report/table.h", "namespace bakeoff::report::load {\n"), SizeIs(1));
  EXPECT_THAT(misplaced_in("harness/report/table.h", "namespace bakeoff::report {\n}\nnamespace bakeoff::load {\n"),
              SizeIs(1));
  EXPECT_THAT(misplaced_in("harness/report/table.h", "struct Table {};\n"), ElementsAre(HasSubstr("no namespace")));
}

TEST(NamespaceRule, AllowsTheFoldersOwnAPartOfItAndForeignOnes) {
  EXPECT_THAT(misplaced_in("harness/report/table.h", "namespace bakeoff::report {\nnamespace {\n"), IsEmpty());
  EXPECT_THAT(misplaced_in("harness/journal/json.h", "namespace bakeoff::journal::fields {\n"), IsEmpty());
  EXPECT_THAT(misplaced_in("harness/report/table.h",
                           "namespace std {\n}\n// namespace bakeoff {\nnamespace bakeoff::report {\n"),
              IsEmpty());
  EXPECT_THAT(misplaced_in("tests/refuse_calls.cpp", "int main() {}\n"), IsEmpty());
}

std::vector<std::string> repeated_in(const std::string& one, const std::string& other, const std::string& second,
                                     const std::string& first = "struct Table {\n};\n") {
  return repeated_types({{one, first}, {other, second}});
}

TEST(TypeRule, FindsATypeThatTwoHeadersOfAProgramDefine) {
  const std::string report = "harness/report/table.h", store = "workloads/store/table.h";
  EXPECT_THAT(repeated_in(report, store, "\nclass Table final : public Base {\n};\n"),
              ElementsAre(AllOf(HasSubstr("Table"), HasSubstr(report + ":1"), HasSubstr(store + ":2"))));
  for (const char* second :
       {"enum class Table : int {", "enum Table {", "template <typename T> class Table {", "using Table = int;",
        "template <typename T>\nstruct Table\n{", "union Table {", "struct alignas(64) Table {", "struct Table {};",
        "template <typename T> using Table = T;", "template <typename T>\nconcept Table = true;"}) {
    EXPECT_THAT(repeated_in(report, store, std::string(second) + "\n"), SizeIs(1)) << second;
  }
  EXPECT_THAT(repeated_in("models/worker.h", "workloads/store/table.h", "struct Table {\n"), SizeIs(1));
}

TEST(TypeRule, AllowsDeclarationsMembersSourcesAndOtherPrograms) {
  const std::string report = "harness/report/table.h", store = "workloads/store/table.h";
  for (const char* second : {"struct Table;", "enum class Table : int;", "  struct Table {", "// struct Table {",
                             "struct Tables {", "Table make();", "extern const char* kText = \"\\nstruct Table {\";"}) {
    EXPECT_THAT(repeated_in(report, store, std::string(second) + "\n"), IsEmpty()) << second;
  }
  EXPECT_THAT(repeated_in(report, "workloads/store/table.cpp", "struct Table {\n"), IsEmpty());
  EXPECT_THAT(repeated_in(report, "models/table.h", "struct Table {\n"), IsEmpty());
  EXPECT_THAT(repeated_in(report, "tests/table.h", "struct Table {\n"), IsEmpty());
  EXPECT_THAT(
      repeated_in(report, store, "\n", "template <typename T>\nstruct Table {\n};\ntemplate <>\nstruct Table {\n"),
      IsEmpty());
}

std::vector<std::string> clashing_in(const std::string& first, const std::string& second,
                                     const std::string& other = "harness/load/b.cpp") {
  const auto source = [](const std::string& text) {
    return "namespace bakeoff::load {\nnamespace {\n\n" + text +
           "\n\n}  // namespace\n\n}  // namespace bakeoff::load\n";
  };
  return clashing_helpers({{"harness/load/a.cpp", source(first)}, {other, source(second)}});
}

TEST(HelperRule, FindsWhatTwoSourcesOfAFolderDefine) {
  EXPECT_THAT(
      clashing_in("constexpr int kMost = 1;", "constexpr double kMost = 2;"),
      ElementsAre(AllOf(HasSubstr("kMost"), HasSubstr("harness/load/a.cpp:4"), HasSubstr("harness/load/b.cpp:4"))));
  EXPECT_THAT(clashing_in("struct Reading {\n  int x;\n};", "class Reading {\n};"), SizeIs(1));
  for (const char* helper :
       {"int count_of(int x) {", "std::optional<std::string> count_of(const char* a,", "const Row* count_of(int x) {",
        "[[noreturn]] void count_of() {", "constexpr std::uint64_t count_of() {", "std::vector<int>& count_of(int a) {",
        "std::map<int, std::vector<int>> count_of() {"}) {
    EXPECT_THAT(clashing_in("bool count_of() {", helper), SizeIs(1)) << helper;
  }
}

TEST(HelperRule, AllowsOverloadsOfOneFileMembersAliasesCallsAndOtherFolders) {
  EXPECT_THAT(clashing_in("int a() {\n}\nint a(int x) {\n}", "int b() {\n}"), IsEmpty());
  EXPECT_THAT(clashing_in("using Clock = int;", "using Clock = int;"), IsEmpty());
  EXPECT_THAT(clashing_in("struct A {\n  void run() {\n  }\n};", "struct B {\n  void run() {\n  }\n};"), IsEmpty());
  EXPECT_THAT(clashing_in("int a() {\n  return find(1);\n}", "int b() {\n  return find(1);\n}"), IsEmpty());
  EXPECT_THAT(clashing_in("constexpr int kMost = 1;", "constexpr int kMost = 1;", "harness/report/b.cpp"), IsEmpty());
  EXPECT_THAT(clashing_in("constexpr int kMost = 1;", "constexpr int kMost = 1;", "tests/harness/load/b.cpp"),
              IsEmpty());
  // What stands behind the anonymous namespace is declared in a header.
  EXPECT_THAT(clashing_in("}  // namespace\n\nint a() {\n}", "}  // namespace\n\nint a() {\n}"), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::layering
