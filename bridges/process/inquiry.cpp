// Asks in rounds.
#include "bridges/process/inquiry.hpp"

#include <algorithm>

namespace nightshift::bridges::process {
namespace {

bool is_from_outside(const Check& check) {
  return check.way == Check::Way::tcp || check.way == Check::Way::http;
}

std::string silence(const Check& check) {
  switch (check.way) {
    case Check::Way::notify: return "it has not said READY=1 (notify)";
    case Check::Way::ipc: return "it has not sent 'ready' (ipc)";
    default: return "it has not printed \"" + check.text + "\"";
  }
}

}  // namespace

std::optional<Inquiry::Answer> Inquiry::look(Moment now, const HasSaid& has_said) {
  if (const auto entry = said_entry(has_said)) {
    rows_.clear();
    return Answer{entry, {}};
  }
  if (rows_.empty()) {
    if (question_.empty() || now < ask_at_) return std::nullopt;
    begin_round(now, has_said);
  }
  for (auto& row : rows_) {
    for (auto& probe : row) {
      if (probe) probe->go_on(now);
    }
  }
  for (std::size_t entry = 0; entry < rows_.size(); ++entry) {
    if (!holds(entry, has_said)) continue;
    rows_.clear();
    return Answer{entry, {}};
  }
  if (!is_over()) return std::nullopt;
  Answer answer{std::nullopt, take_reasons()};
  rows_.clear();
  if (silent_) return std::nullopt;
  return answer;
}

/// One that the process alone answers, and has answered.
std::optional<std::size_t> Inquiry::said_entry(const HasSaid& has_said) const {
  const auto said = [&has_said](const Check& check) {
    return !is_from_outside(check) && has_said(check);
  };
  for (std::size_t entry = 0; entry < question_.size(); ++entry) {
    if (std::ranges::all_of(question_[entry], said)) return entry;
  }
  return std::nullopt;
}

void Inquiry::begin_round(Moment now, const HasSaid& has_said) {
  silent_ = true;
  for (const auto& all : question_) {
    auto& row = rows_.emplace_back();
    const auto said = [&has_said](const Check& check) {
      return is_from_outside(check) || has_said(check);
    };
    if (!std::ranges::all_of(all, said)) continue;
    silent_ = false;
    for (const auto& check : all) {
      auto& probe = row.emplace_back();
      if (is_from_outside(check)) probe.emplace(check, now, timeout_);
    }
  }
}

bool Inquiry::holds(std::size_t entry, const HasSaid& has_said) const {
  const auto& row = rows_[entry];
  if (row.empty()) return false;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& check = question_[entry][i];
    if (row[i] ? row[i]->state() != ProbeState::holds : !has_said(check)) return false;
  }
  return true;
}

bool Inquiry::is_over() const {
  return std::ranges::all_of(rows_, [](const Row& row) {
    return std::ranges::all_of(
        row, [](const auto& probe) { return !probe || probe->state() != ProbeState::under_way; });
  });
}

std::string Inquiry::take_reasons() {
  std::string text;
  for (std::size_t entry = 0; entry < rows_.size(); ++entry) {
    for (const auto& probe : rows_[entry]) {
      if (!probe || probe->state() != ProbeState::fails) continue;
      reasons_[entry] = probe->reason();
      text += (text.empty() ? "" : ", ") + probe->reason();
      break;
    }
  }
  return text;
}

std::string Inquiry::missing(const HasSaid& has_said) const {
  std::string text;
  for (std::size_t entry = 0; entry < question_.size(); ++entry) {
    const auto& all = question_[entry];
    const auto unsaid = std::ranges::find_if(all, [&has_said](const Check& check) {
      return !is_from_outside(check) && !has_said(check);
    });
    const auto asked = std::ranges::find_if(all, is_from_outside);
    if (!text.empty()) text += ", ";
    if (unsaid != all.end()) {
      text += silence(*unsaid);
    } else if (!reasons_[entry].empty()) {
      text += reasons_[entry];
    } else if (asked != all.end()) {
      text += asked->text + " has not answered yet";
    }
  }
  return text;
}

void Inquiry::add_to(std::vector<pollfd>& watched) const {
  for (const auto& row : rows_) {
    for (const auto& probe : row) {
      if (probe && probe->descriptor() >= 0) {
        watched.push_back({probe->descriptor(), probe->events(), 0});
      }
    }
  }
}

std::optional<Moment> Inquiry::next_look() const {
  if (question_.empty()) return std::nullopt;
  if (rows_.empty()) return silent_ ? std::nullopt : std::optional(ask_at_);
  std::optional<Moment> next;
  for (const auto& row : rows_) {
    for (const auto& probe : row) {
      if (!probe || probe->state() != ProbeState::under_way) continue;
      next = next ? std::min(*next, probe->deadline()) : probe->deadline();
    }
  }
  return next;
}

}  // namespace nightshift::bridges::process
