// What all meters have counted, added up.
#include <algorithm>
#include <array>

#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "bridges/http/usage_sums.hpp"
#include "messages/nearest.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

struct Question {
  std::string_view by = "day";
  runtime::Zone zone;
  kernel::Span span{Time::min(), Time::max()};
};

/// A time (RFC 3339), or a day (`2026-11-21`) of the zone, which is the moment when it begins.
Result<Time> time_of(std::string_view text, const runtime::Zone& zone, const char* name) {
  if (const auto time = from_rfc3339(text)) return *time;
  if (const auto day = from_rfc3339(std::string(text) + "T00:00:00Z")) {
    return zone.begin(runtime::Date(std::chrono::floor<std::chrono::days>(*day)));
  }
  return fail(ErrorCode::invalid,
              std::string(name) + " must be a day (2026-11-21) or a time (2026-11-21T07:00:00Z)",
              name);
}

Result<void> read_bound(const Target& target, const char* name, const runtime::Zone& zone,
                        Time& bound) {
  const auto text = parameter(target, name);
  if (!text) return std::unexpected(text.error());
  if (!*text) return {};
  const auto time = time_of(**text, zone, name);
  if (!time) return std::unexpected(time.error());
  bound = *time;
  return {};
}

Result<runtime::Zone> read_zone(const Call& call) {
  const auto name = parameter(call.target, "tz");
  if (!name) return std::unexpected(name.error());
  if (!*name) return call.services.options.zone;
  auto zone = runtime::Zone::find(**name);
  if (!zone) return fail(ErrorCode::invalid, zone.error().detail, "tz");
  return zone;
}

Result<Question> read_question(const Call& call) {
  Question question;
  const auto by = parameter(call.target, "by");
  if (!by) return std::unexpected(by.error());
  question.by = by->value_or(question.by);
  const auto words = Grouping::words();
  if (std::ranges::find(words, question.by) == words.end()) {
    return fail(ErrorCode::invalid,
                "by must be day, week, month, agent, task_type or model; did you mean " +
                    nearest(question.by, words) + "?",
                "by");
  }
  const auto zone = read_zone(call);
  if (!zone) return std::unexpected(zone.error());
  question.zone = *zone;
  auto& [begin, end] = question.span;
  if (auto from = read_bound(call.target, "from", *zone, begin); !from) {
    return std::unexpected(from.error());
  }
  if (auto to = read_bound(call.target, "to", *zone, end); !to) return std::unexpected(to.error());
  if (begin < end) return question;
  return fail(ErrorCode::invalid,
              "nothing lies between from and to: `to` is where the sums end, and not part of them; "
              "for one day, name the next as `to`",
              "to");
}

void write_sum(const Sum& sum, runtime::JsonWriter& json) {
  constexpr std::array classes{"input_tokens", "output_tokens", "cache_read_tokens",
                               "cache_write_tokens"};
  json.field("calls", sum.calls);
  for (std::size_t i = 0; i < classes.size(); ++i) json.field(classes[i], sum.tokens[i]);
  json.field("cost_micro_usd", sum.micro_usd);
}

void write_sums(const Question& question, const std::vector<Grouping::Group>& groups,
                std::uint64_t offset, const Call& call, runtime::JsonWriter& json) {
  Sum total;
  json.begin_object().field("by", question.by).field("tz", question.zone.name());
  json.key("items").begin_array();
  for (const auto& [key, span, sum] : groups) {
    json.begin_object().field(question.by, key);
    if (span) json.field("begins", to_rfc3339(span->begin)).field("ends", to_rfc3339(span->end));
    write_sum(sum, json);
    json.end_object();
    total.add(sum);
  }
  json.end_array().key("total").begin_object();
  write_sum(total, json);
  json.end_object();
  json.field("position", call.node().identity().log_id() + ":" + std::to_string(offset));
  json.end_object();
}

}  // namespace

Response get_usage_sums(const Call& call) {
  const auto question = read_question(call);
  if (!question) return call.refuse(question.error());
  const auto grouping = Grouping::make(question->by, question->zone);
  const auto read = call.services.usage.visit(
      question->span,
      [&](const UsageCall& counted, const Names& names) { grouping->add(counted, names); });
  if (!read) return call.refuse(read.error());
  const auto groups = grouping->groups();
  if (!groups) return call.refuse(groups.error());
  Response out;
  runtime::JsonWriter json(out.body);
  write_sums(*question, *groups, *read, call, json);
  return out;
}

}  // namespace nightshift::bridges::http
