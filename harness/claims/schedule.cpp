#include "harness/claims/schedule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace bakeoff::claims {
namespace {

using Places = std::set<std::size_t>;  // Of steps.

/// Tables that a cell compares belong together: each names another one of its group, or itself.
class Groups {
 public:
  using Table = std::pair<std::string, std::string>;  // Experiment and table.
  const Table& of(const Table& table) {
    const auto place = parent_.emplace(table, table).first;
    if (place->second == table) return place->second;
    place->second = of(Table(place->second));
    return place->second;
  }
  void join(const Table& one, const Table& other) {
    const Table root = of(one);
    parent_[of(other)] = root;
  }

 private:
  std::map<Table, Table> parent_;
};

std::set<std::string> set_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

bool is_of(const ClaimStep& step, const ClaimCell& cell) {
  return step.experiment == cell.result && std::ranges::find(step.tables, cell.table) != step.tables.end();
}

const Claim* named(std::span<const Claim> claims, const std::string& id) {
  const auto found = std::ranges::find(claims, id, &Claim::id);
  return found == claims.end() ? nullptr : &*found;
}

Places needs_of(std::span<const Claim> claims, const Claim& claim, const std::vector<ClaimStep>& steps) {
  Places needed;
  for (const ClaimCell& cell : claim.cells) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (is_of(steps[i], cell)) needed.insert(i);
    }
  }
  for (const std::string& other : claim.same_as) {
    if (const Claim* same = named(claims, other)) needed.merge(needs_of(claims, *same, steps));
  }
  return needed;
}

}  // namespace

std::vector<ClaimStep> all_steps(std::span<const Claim> claims) {
  Groups groups;
  for (const Claim& claim : claims) {
    for (const ClaimCell& cell : claim.cells) {
      if (!cell.against_table.empty()) groups.join({cell.result, cell.table}, {cell.result, cell.against_table});
    }
  }
  std::map<Groups::Table, ClaimStep> steps;
  std::vector<Groups::Table> order;
  for (const Claim& claim : claims) {
    for (const ClaimCell& cell : claim.cells) {
      const Groups::Table group = groups.of({cell.result, cell.table});
      const auto [place, is_new] = steps.try_emplace(group);
      ClaimStep& step = place->second;
      if (is_new) {
        order.push_back(group);
        step.experiment = cell.result;
        step.file = claim.file;
      }
      for (const std::string& table : {cell.table, cell.against_table}) {
        if (!table.empty()) step.tables.push_back(table);
      }
      for (const std::string& subject : {cell.subject, cell.against}) {
        if (!subject.empty()) step.subjects.push_back(subject);
      }
    }
  }
  std::vector<ClaimStep> all;
  for (const Groups::Table& group : order) {
    ClaimStep step = steps.at(group);
    for (std::vector<std::string>* names : {&step.tables, &step.subjects}) {
      const std::set<std::string> once = set_of(*names);
      names->assign(once.begin(), once.end());
    }
    all.push_back(std::move(step));
  }
  return all;
}

std::vector<ClaimStep> scheduled(std::span<const Claim> claims, const std::vector<ClaimStep>& steps,
                                 std::span<const std::string> chosen) {
  std::map<std::string, Places> waiting;  // What each chosen claim still needs.
  for (const std::string& id : chosen) {
    const Claim* claim = named(claims, id);
    if (claim == nullptr) continue;
    if (Places needed = needs_of(claims, *claim, steps); !needed.empty()) waiting.emplace(id, std::move(needed));
  }
  const auto further_s = [&](const Places& needed) {
    double total = 0;
    for (const std::size_t place : needed) total += steps[place].estimate_s;
    return total;
  };
  std::vector<ClaimStep> order;
  while (!waiting.empty()) {
    const auto next = std::ranges::min_element(waiting, {}, [&](const auto& one) {
      const auto also = std::ranges::count_if(
          waiting, [&](const auto& other) { return std::ranges::includes(one.second, other.second); });
      return std::pair(further_s(one.second) / static_cast<double>(also), one.first);
    });
    const Places taken = next->second;
    for (const std::size_t place : taken) {
      order.push_back(steps[place]);
      order.back().decides.clear();
    }
    for (auto one = waiting.begin(); one != waiting.end();) {
      std::erase_if(one->second, [&](std::size_t place) { return taken.contains(place); });
      const bool decided = one->second.empty();
      if (decided) order.back().decides.push_back(one->first);
      one = decided ? waiting.erase(one) : std::next(one);
    }
  }
  return order;
}

}  // namespace bakeoff::claims
