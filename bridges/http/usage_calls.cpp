// Reads the calls of meters out of the journal.
#include "bridges/http/usage_calls.hpp"

#include <algorithm>

#include "messages/usage.pb.h"

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t page = 4096;
constexpr std::chrono::seconds patience{5};

const usage::Call* call_in(const runtime::EventView& view) {
  if (view.record.kind() != "usage" || view.event == nullptr) return nullptr;
  const auto* event = view.event.get();
  if (const auto* recorded = dynamic_cast<const usage::Recorded*>(event)) return &recorded->call();
  if (const auto* settled = dynamic_cast<const usage::Settled*>(event)) return &settled->call();
  return nullptr;
}

UsageCall short_form(const usage::Call& call, const std::string& agent, Names& names) {
  const auto& tokens = call.tokens();
  return {.at = from_proto(call.at()),
          .micro_usd = call.micro_usd(),
          .tokens = {tokens.input(), tokens.output(), tokens.cache_read(), tokens.cache_write()},
          .agent = names.number(agent),
          .model = names.number(call.model()),
          .task_type = names.number(call.task_type())};
}

/// Every call after `offset`, which follows.
template <class Take>
Result<void> read_calls(const runtime::Node& node, std::uint64_t& offset, Take take) {
  while (true) {
    const auto events = node.events(offset, page);
    if (!events) return std::unexpected(events.error());
    for (const auto& view : *events) {
      if (const auto* call = call_in(view)) take(*call, view.record.entity());
      offset = view.offset;
    }
    if (events->empty()) return {};
  }
}

}  // namespace

std::uint32_t Names::number(std::string_view text) {
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(&numbers_.emplace(text, number).first->first);
  return number;
}

Result<std::uint64_t> UsageCalls::visit(const kernel::Span& span, const Visitor& visitor) {
  const std::unique_lock lock(mutex_, patience);
  if (!lock) {
    return fail(ErrorCode::overloaded,
                "the journal is being read for the first sums; ask again in a moment");
  }
  if (auto read = catch_up(); !read) return std::unexpected(read.error());
  if (span.begin >= kept_from_) {
    for (const auto& call : calls_) {
      if (span.contains(call.at)) visitor(call, names_);
    }
    return offset_;
  }
  Names names;
  std::uint64_t offset = 0;
  auto read = read_calls(node_, offset, [&](const usage::Call& call, const std::string& agent) {
    const auto brief = short_form(call, agent, names);
    if (span.contains(brief.at)) visitor(brief, names);
  });
  if (!read) return std::unexpected(read.error());
  return offset;
}

Result<void> UsageCalls::catch_up() {
  return read_calls(node_, offset_, [this](const usage::Call& call, const std::string& agent) {
    if (calls_.size() >= kept_max_) forget_half();
    calls_.push_back(short_form(call, agent, names_));
  });
}

void UsageCalls::forget_half() {
  const auto first_kept = calls_.begin() + static_cast<std::ptrdiff_t>((calls_.size() + 1) / 2);
  for (auto call = calls_.begin(); call != first_kept; ++call) {
    kept_from_ = std::max(kept_from_, call->at + std::chrono::microseconds(1));
  }
  calls_.erase(calls_.begin(), first_kept);
  // With the calls go the names that only they had.
  Names names;
  for (auto& call : calls_) {
    for (auto* number : {&call.agent, &call.model, &call.task_type}) {
      *number = names.number(names_.text(*number));
    }
  }
  names_ = std::move(names);
}

}  // namespace nightshift::bridges::http
