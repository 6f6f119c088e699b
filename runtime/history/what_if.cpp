// Goes through the entities of a journal, one after the other.
#include "runtime/history/what_if.hpp"

#include <algorithm>

#include "messages/record.pb.h"
#include "runtime/history/retelling.hpp"
#include "runtime/host/entity_state.hpp"
#include "storage/rocks.hpp"

namespace nightshift::runtime::history {
namespace {

/// Ids that are taken from the log at once.
constexpr std::size_t ids_at_once = 1024;
constexpr std::uint64_t records_between_reports = 20'000;

bool is_told(const Finding& finding) { return finding.sort != Sort::untold; }

}  // namespace

class WhatIf::Run {
 public:
  Run(const WhatIf& all, const Policy& policy, Moment since, const Visitor& visit,
      const Progress& progress, AuthorityPast authority)
      : all_(all),
        policy_(policy),
        since_(since),
        visit_(visit),
        progress_(progress),
        authority_(std::move(authority)),
        facts_(facts_of(all.log_->identity())) {}

  Result<Total> go() {
    for (const auto* kind : all_.catalog_->all()) {
      if (!all_.retraces_.contains(kind->name())) {
        total_.passed_over.emplace_back(kind->name());
        continue;
      }
      std::string after;
      while (true) {
        const auto ids = next_ids(*kind, after);
        if (!ids) return std::unexpected(ids.error());
        for (const auto& id : *ids) {
          if (auto told = tell(*kind, {std::string(kind->name()), id}); !told) {
            return std::unexpected(told.error());
          }
        }
        if (after.empty()) break;
      }
    }
    return total_;
  }

 private:
  /// A page of entities that were touched since; `after` becomes empty at the end.
  Result<std::vector<std::string>> next_ids(const kernel::Kind& kind, std::string& after) {
    std::vector<std::string> ids;
    std::size_t seen = 0;
    std::string last;
    auto scanned = all_.log_->scan_states(kind.name(), after, [&](std::string_view id, auto row) {
      if (is_touched(row)) ids.emplace_back(id);
      last = id;
      return ++seen < ids_at_once;
    });
    if (!scanned) return std::unexpected(scanned.error());
    after = seen < ids_at_once ? std::string() : last;
    return ids;
  }

  /// Only a small row says for certain when the entity last changed.
  bool is_touched(std::string_view bytes) const {
    StateRow row;
    if (bytes.size() > host::small_row_bytes ||
        !row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return true;
    }
    if (const auto* offset = std::get_if<std::uint64_t>(&since_)) return row.offset() >= *offset;
    return time_from_us(row.updated_at_us()) >= std::get<Time>(since_);
  }

  bool counts(const Step& step) const {
    if (const auto* offset = std::get_if<std::uint64_t>(&since_)) return step.offset() >= *offset;
    return step.decided_at() >= std::get<Time>(since_);
  }

  Result<void> tell(const kernel::Kind& kind, EntityRef entity) {
    auto retrace = all_.retraces_.find(kind.name())->second();
    Retelling retelling(kind, entity, std::move(retrace), facts_, policy_, authority_);
    bool counted = false;
    auto walked = walk(*all_.log_, *all_.catalog_, entity, [&](const Step& step) {
      counted = counted || counts(step);
      retelling.take(step, counted);
      report(step.records.size());
      return true;
    });
    if (!walked) return walked;
    conclude(retelling);
    return {};
  }

  void report(std::size_t records) {
    const auto before = total_.records / records_between_reports;
    total_.records += records;
    if (progress_ && total_.records / records_between_reports != before) progress_(total_);
  }

  void conclude(const Retelling& retelling) {
    const auto& difference = retelling.difference();
    ++total_.entities;
    total_.decisions += retelling.decisions();
    total_.untold += retelling.untold();
    bool differs = std::ranges::any_of(difference.findings, is_told);
    for (const auto& [path, amount] : difference.amounts) {
      total_.amounts[path].was += amount.was;
      total_.amounts[path].would += amount.would;
      differs = differs || amount.differs();
    }
    if (differs) ++total_.different;
    if (differs || !difference.findings.empty()) visit_(difference);
  }

  const WhatIf& all_;
  const Policy& policy_;
  const Moment since_;
  const Visitor& visit_;
  const Progress& progress_;
  AuthorityPast authority_;
  const kernel::NodeFacts facts_;
  Total total_;
};

Result<WhatIf> WhatIf::open(const std::filesystem::path& journal,
                            std::shared_ptr<const Catalog> catalog, kernel::Retraces retraces) {
  auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  return WhatIf(std::move(*log), std::move(catalog), std::move(retraces));
}

WhatIf::WhatIf(std::shared_ptr<const storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
               kernel::Retraces retraces)
    : log_(std::move(log)), catalog_(std::move(catalog)), retraces_(std::move(retraces)) {}

Result<Total> WhatIf::run(const Policy& policy, Moment since, const Visitor& visit,
                          const Progress& progress) const {
  auto authority = AuthorityPast::read(*log_, *catalog_);
  if (!authority) return std::unexpected(authority.error());
  return Run(*this, policy, since, visit, progress, std::move(*authority)).go();
}

}  // namespace nightshift::runtime::history
