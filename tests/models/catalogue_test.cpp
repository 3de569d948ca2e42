// The catalogue says of every model what the harness and a reader need to know.
#include "models/catalogue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace bakeoff::models {
namespace {

TEST(ModelCatalogue, HoldsEveryNameOnce) {
  std::set<std::string_view> names;
  for (const auto& model : model_entries()) EXPECT_TRUE(names.insert(model.name).second) << model.name;
  // A model may share its executor's name, so that `job NAME` means one thing.
  for (const auto& executor : executor_entries()) {
    const ModelEntry* model = find_model(executor.name);
    EXPECT_TRUE(names.insert(executor.name).second || model->executor == executor.name) << executor.name;
  }
}

TEST(ModelCatalogue, FindsWhatItHoldsAndNothingElse) {
  for (const auto& model : model_entries()) EXPECT_EQ(find_model(model.name), &model);
  for (const auto& executor : executor_entries()) EXPECT_EQ(find_executor(executor.name), &executor);
  EXPECT_EQ(find_model("nosuch"), nullptr);
  EXPECT_EQ(find_executor(""), nullptr);
}

TEST(ModelCatalogue, LeavesNoFieldOfAModelEmpty) {
  for (const auto& model : model_entries()) {
    SCOPED_TRACE(model.name);
    for (const auto text : {model.name, model.summary, model.like, model.unit, model.who_waits, model.price,
                            model.breaks_under, model.sharing, model.units_meaning, model.executor, model.file}) {
      EXPECT_FALSE(text.empty());
      EXPECT_EQ(text.find('\n'), text.npos);
    }
    EXPECT_EQ(model.make == nullptr, !model.missing.empty());
    for (const auto& setting : model.settings) {
      EXPECT_FALSE(setting.meaning.empty()) << setting.name;
      workloads::Settings settings(model.settings);
      EXPECT_NO_THROW(settings.set(setting.name, setting.default_value)) << setting.name;
    }
    EXPECT_LE(model.default_units, model.max_units);
    EXPECT_NE(find_executor(model.executor), nullptr);
  }
}

TEST(ModelCatalogue, NamesFilesThatExistAndBeginWithTheModelsName) {
  for (const auto& model : model_entries()) {
    std::ifstream file(std::filesystem::path(BAKEOFF_SOURCE_DIR) / model.file);
    std::string first;
    ASSERT_TRUE(std::getline(file, first)) << model.file;
    EXPECT_TRUE(first.starts_with("// " + std::string(model.name) + ":")) << first;
  }
}

TEST(ModelCatalogue, MakesEveryModelAndExecutorWithAStoreThatFitsItsSharing) {
  for (const auto& model : model_entries()) {
    if (!model.make) continue;
    SCOPED_TRACE(model.name);
    const workloads::StoreKind many =
        model.make()->store_kind(ModelSetup{model.max_units, workloads::Settings(model.settings)});
    if (model.sharing == "none") {
      EXPECT_EQ(many, workloads::StoreKind::unshared);
    } else if (model.sharing == "threads") {
      EXPECT_EQ(many, workloads::StoreKind::locked);
    } else {
      EXPECT_EQ(model.sharing, "processes");
      EXPECT_EQ(many, workloads::StoreKind::process_shared);
    }
  }
  for (const auto& executor : executor_entries())
    EXPECT_NE(executor.make(workloads::Settings(executor.settings)), nullptr) << executor.name;
}

TEST(ModelCatalogue, GivesFibersOnOneThreadAStoreWithoutLocks) {
  EXPECT_EQ(make_fibers()->store_kind(ModelSetup{1}), workloads::StoreKind::unshared);
  EXPECT_EQ(make_fibers()->store_kind(ModelSetup{2}), workloads::StoreKind::locked);
}

}  // namespace
}  // namespace bakeoff::models
