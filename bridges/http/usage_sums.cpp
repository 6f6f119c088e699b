// Groups of calls.
#include "bridges/http/usage_sums.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace nightshift::bridges::http {
namespace {

using runtime::Zone;

struct Period {
  std::string_view word;
  kernel::Span (Zone::*span)(Time) const;
  /// Of its first day's RFC 3339 form.
  std::size_t letters;
};

constexpr std::array periods{Period{"day", &Zone::day, 10}, Period{"week", &Zone::week, 10},
                             Period{"month", &Zone::month, 7}};

struct Name {
  std::string_view word;
  std::uint32_t UsageCall::* number;
};

constexpr std::array names_of_calls{Name{"agent", &UsageCall::agent},
                                    Name{"task_type", &UsageCall::task_type},
                                    Name{"model", &UsageCall::model}};

std::unexpected<Error> too_many() {
  return fail(ErrorCode::invalid,
              "these are more than " + std::to_string(Grouping::groups_max) +
                  " groups; narrow them by from and to",
              "by");
}

class ByPeriod final : public Grouping {
 public:
  ByPeriod(const Period& period, const Zone& zone) : period_(period), zone_(zone) {}

  void add(const UsageCall& call, const Names&) override {
    // Calls that follow each other are mostly of one day.
    if (sum_ == nullptr || !span_.contains(call.at)) {
      if (!find(call.at)) return;
    }
    sum_->add(call);
  }

  Result<std::vector<Group>> groups() const override {
    if (sums_.size() > groups_max) return too_many();
    std::vector<Group> groups;
    for (const auto& [begin, found] : sums_) {
      const auto& [span, sum] = found;
      const std::chrono::sys_days first(zone_.date_of(begin));
      groups.push_back({to_rfc3339(first).substr(0, period_.letters), span, sum});
    }
    return groups;
  }

 private:
  /// False where there are too many already.
  bool find(Time at) {
    auto found = sums_.upper_bound(at);
    if (found == sums_.begin() || !(--found)->second.first.contains(at)) {
      if (sums_.size() > groups_max) return false;
      const auto span = (zone_.*period_.span)(at);
      found = sums_.emplace(span.begin, std::pair(span, Sum())).first;
    }
    span_ = found->second.first;
    sum_ = &found->second.second;
    return true;
  }

  const Period& period_;
  const Zone zone_;
  std::map<Time, std::pair<kernel::Span, Sum>> sums_;
  kernel::Span span_;
  Sum* sum_ = nullptr;
};

class ByName final : public Grouping {
 public:
  explicit ByName(const Name& name) : name_(name) {}

  void add(const UsageCall& call, const Names& names) override {
    const auto number = call.*name_.number;
    if (sums_.size() > groups_max && !sums_.contains(number)) return;
    auto& [text, sum] = sums_[number];
    if (sum.calls == 0) text = names.text(number);
    sum.add(call);
  }

  Result<std::vector<Group>> groups() const override {
    if (sums_.size() > groups_max) return too_many();
    std::vector<Group> groups;
    for (const auto& [number, found] : sums_) groups.push_back({found.first, {}, found.second});
    std::ranges::sort(groups, {}, &Group::key);
    return groups;
  }

 private:
  const Name& name_;
  std::map<std::uint32_t, std::pair<std::string, Sum>> sums_;
};

}  // namespace

void Sum::add(const UsageCall& call) {
  ++calls;
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] += call.tokens[i];
  micro_usd += call.micro_usd;
}

void Sum::add(const Sum& other) {
  calls += other.calls;
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] += other.tokens[i];
  micro_usd += other.micro_usd;
}

std::vector<std::string_view> Grouping::words() {
  std::vector<std::string_view> words;
  for (const auto& period : periods) words.push_back(period.word);
  for (const auto& name : names_of_calls) words.push_back(name.word);
  return words;
}

std::unique_ptr<Grouping> Grouping::make(std::string_view by, const Zone& zone) {
  for (const auto& period : periods) {
    if (period.word == by) return std::make_unique<ByPeriod>(period, zone);
  }
  for (const auto& name : names_of_calls) {
    if (name.word == by) return std::make_unique<ByName>(name);
  }
  return nullptr;
}

}  // namespace nightshift::bridges::http
