// what-if: in what the same history would differ under another policy.
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "runtime/audit.hpp"
#include "runtime/history/what_if.hpp"
#include "runtime/replay.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::history::Amounts;
using runtime::history::EntityDifference;
using runtime::history::Finding;
using runtime::history::Sort;
using runtime::history::Total;

/// Changes of one finding that people are shown.
constexpr std::size_t changes_shown_max = 6;

constexpr std::string_view refused_then =
    "what was refused then is not in the journal: whether it would have been accepted cannot be "
    "told";
constexpr std::string_view refused_now =
    "what would have been refused counts as not done: what its caller would have done instead "
    "cannot be told";

// ---- for programs

Json json_of(const Finding& finding) {
  Json json{{"sort", word(finding.sort)},       {"event", finding.event},
            {"count", finding.count},           {"first", to_rfc3339(finding.first)},
            {"last", to_rfc3339(finding.last)}, {"sequences", finding.places}};
  if (!finding.code.empty()) json["code"] = finding.code;
  if (!finding.detail.empty()) json["detail"] = finding.detail;
  if (finding.changes.empty()) return json;
  json["changes"] = Json::array();
  for (const auto& change : finding.changes) {
    json["changes"].push_back(
        {{"field", change.path}, {"was", change.was}, {"would", change.would}});
  }
  return json;
}

Json json_of(const Amounts& amounts) {
  auto json = Json::object();
  for (const auto& [path, amount] : amounts) {
    json[path] = {{"was_micro_usd", amount.was}, {"would_micro_usd", amount.would}};
  }
  return json;
}

Json json_of(const EntityDifference& difference) {
  Json json{{"entity", to_string(difference.entity)}, {"findings", Json::array()}};
  for (const auto& finding : difference.findings) json["findings"].push_back(json_of(finding));
  json["amounts"] = json_of(difference.amounts);
  return json;
}

Json json_of(const Total& total, const std::vector<std::string>& notes) {
  return {{"total",
           {{"entities", total.entities},
            {"records", total.records},
            {"decisions", total.decisions},
            {"different", total.different},
            {"untold", total.untold},
            {"passed_over", total.passed_over},
            {"amounts", json_of(total.amounts)}}},
          {"notes", notes}};
}

// ---- for people

std::string plain(std::string_view text) { return sanitise(text, Lines::escape); }

/// Micro-dollars as dollars, exactly: `1.234567`.
std::string dollars(std::uint64_t micro_usd) {
  const auto below = std::to_string(micro_usd % 1'000'000);
  return std::to_string(micro_usd / 1'000'000) + "." + std::string(6 - below.size(), '0') + below;
}

/// What calls cost, of all amounts: ` cost 1.000000 -> 2.000000 USD`; empty where it is the same.
std::string cost_of(const Amounts& amounts) {
  runtime::history::Amount cost;
  for (const auto& [path, amount] : amounts) {
    if (!path.ends_with(".call.micro_usd")) continue;
    cost.was += amount.was;
    cost.would += amount.would;
  }
  if (!cost.differs()) return {};
  return "cost " + dollars(cost.was) + " -> " + dollars(cost.would) + " USD";
}

std::string sentence_of(const Finding& finding) {
  switch (finding.sort) {
    case Sort::refused: return "would have been refused (" + finding.code + ")";
    case Sort::changed: return "would have been otherwise";
    case Sort::not_dispatched: return "would not have been sent (" + finding.code + ")";
    case Sort::follows: return "would not have happened as it did: it rests on what differs";
    case Sort::overruled: return "is replaced by the policy's own";
    case Sort::untold: return "cannot be told";
  }
  return {};
}

void show_changes(Session& session, const Finding& finding) {
  std::size_t shown = 0;
  for (const auto& change : finding.changes) {
    if (shown++ == changes_shown_max) break;
    session.out << "      " << plain(change.path) << ": "
                << (change.was.empty() ? "-" : plain(change.was)) << " -> "
                << (change.would.empty() ? "-" : plain(change.would)) << "\n";
  }
  if (finding.changes.size() > changes_shown_max) {
    session.out << "      and " << finding.changes.size() - changes_shown_max
                << " fields more: --json\n";
  }
}

void show(Session& session, const EntityDifference& difference) {
  session.out << to_string(difference.entity);
  if (const auto cost = cost_of(difference.amounts); !cost.empty()) session.out << ": " << cost;
  session.out << "\n";
  for (const auto& finding : difference.findings) {
    session.out << "  " << local_time(to_rfc3339(finding.first)) << "  " << finding.event << " "
                << sentence_of(finding);
    if (finding.count > 1) {
      session.out << ", " << finding.count << " times until "
                  << local_time(to_rfc3339(finding.last));
    }
    session.out << "\n";
    if (!finding.detail.empty()) session.out << "      " << plain(finding.detail) << "\n";
    show_changes(session, finding);
  }
}

void show(Session& session, const Total& total, const std::vector<std::string>& notes) {
  session.out << "entities that would differ: " << total.different << " of " << total.entities
              << ", with " << total.decisions << " decisions since then";
  if (const auto cost = cost_of(total.amounts); !cost.empty()) session.out << "; " << cost;
  session.out << "\n";
  if (total.untold > 0) session.out << "decisions that cannot be told: " << total.untold << "\n";
  for (const auto& kind : total.passed_over) {
    session.out << "note: " << kind << " was not looked at: it does not say what its events were "
                << "asked by\n";
  }
  for (const auto& note : notes) session.out << "note: " << plain(note) << "\n";
}

}  // namespace

Result<void> what_if(Session& session, const WhatIfFlags& flags) {
  const auto since = runtime::parse_moment(flags.since, "--since");
  if (!since) return std::unexpected(since.error());
  const auto read = session.program.read_policy(flags.policy);
  if (!read) return std::unexpected(read.error());
  const auto journal = runtime::find_journal(session.folder.root());
  if (!journal) return std::unexpected(journal.error());
  const auto past =
      runtime::history::WhatIf::open(*journal, session.program.catalog, session.program.retraces);
  if (!past) return std::unexpected(past.error());
  const bool progress = session.look().columns.has_value() && !session.json;
  const auto visit = [&](const EntityDifference& difference) {
    if (session.json) {
      session.out << json_of(difference).dump() << "\n";
    } else {
      show(session, difference);
    }
  };
  const auto report = [&](const Total& so_far) {
    if (progress) {
      session.err << "\r" << so_far.records << " records read\033[K\r" << std::flush;
    }
  };
  const auto total = past->run(read->policy, *since, visit, report);
  if (!total) return std::unexpected(total.error());
  auto notes = read->notes;
  notes.emplace_back(refused_then);
  notes.emplace_back(refused_now);
  if (progress) session.err << "\033[K" << std::flush;
  if (session.json) {
    session.out << json_of(*total, notes).dump() << "\n";
  } else {
    show(session, *total, notes);
  }
  return {};
}

}  // namespace nightshift::bridges::cli
