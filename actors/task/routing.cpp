// Counts keywords.
#include "actors/task/routing.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace nightshift::actors {
namespace {

/// Only so much of a long text is looked at: what a task is about stands at its beginning.
constexpr std::size_t text_bytes_max = 16'384;

constexpr std::array channel_words{
    std::pair{std::string_view("facebook"), CHANNEL_FACEBOOK},
    std::pair{std::string_view("instagram"), CHANNEL_INSTAGRAM},
    std::pair{std::string_view("twitter"), CHANNEL_X},
    std::pair{std::string_view("linkedin"), CHANNEL_LINKEDIN},
    std::pair{std::string_view("whatsapp"), CHANNEL_WHATSAPP},
    std::pair{std::string_view("odoo"), CHANNEL_ODOO},
};

/// Letters, digits and all that is not ASCII.
bool is_of_a_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Where a whole word stands first.
using Words = std::map<std::string, std::size_t, std::less<>>;

Words words_of(const Assignment& content) {
  auto text = content.type() + "\n" + content.title() + "\n" + content.subject() + "\n" +
              content.text().substr(0, text_bytes_max);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  Words words;
  std::size_t begin = 0;
  while (begin < text.size()) {
    if (!is_of_a_word(text[begin])) {
      ++begin;
      continue;
    }
    auto end = begin;
    while (end < text.size() && is_of_a_word(text[end])) ++end;
    words.try_emplace(text.substr(begin, end - begin), begin);
    begin = end;
  }
  return words;
}

struct Match {
  const AgentRoute* agent = nullptr;
  std::size_t count = 0;
  std::size_t first_at = 0;
  std::string_view first = {};

  bool better_than(const Match& other) const {
    if (other.agent == nullptr) return true;
    return std::pair(other.count, first_at) < std::pair(count, other.first_at);
  }
};

std::optional<Match> match(const AgentRoute& agent, const Words& words) {
  Match found{.agent = &agent};
  for (const auto& keyword : agent.keywords()) {
    const auto word = words.find(keyword);
    if (word == words.end()) continue;
    if (found.count == 0 || word->second < found.first_at) {
      found.first_at = word->second;
      found.first = word->first;
    }
    ++found.count;
  }
  if (found.count == 0) return std::nullopt;
  found.first = *std::ranges::find(agent.keywords(), found.first);
  return found;
}

/// Of the keyword that is a channel and comes first.
std::optional<Channel> channel_of(const AgentRoute& agent, const Words& words) {
  std::optional<std::pair<std::size_t, Channel>> first;
  for (const auto& [word, channel] : channel_words) {
    const auto at = words.find(word);
    const bool known = std::ranges::find(agent.keywords(), word) != agent.keywords().end();
    if (at == words.end() || !known) continue;
    if (!first || at->second < first->first) first = {at->second, channel};
  }
  if (!first) return std::nullopt;
  return first->second;
}

task::Route routed(const Assignment& content, const AgentRoute& agent, const Words& words,
                   Channel wanted, std::string why) {
  task::Route route;
  route.set_agent(agent.name());
  if (wanted == CHANNEL_UNSPECIFIED) wanted = content.channel();
  if (wanted == CHANNEL_UNSPECIFIED) wanted = channel_of(agent, words).value_or(agent.channel());
  route.set_channel(wanted);
  route.set_why(std::move(why));
  return route;
}

task::Route to_a_person(std::string why) {
  task::Route route;
  route.set_why(std::move(why));
  return route;
}

const AgentRoute* find_agent(std::string_view name, const RoutingTable& table) {
  const auto found = std::ranges::find(table.agents(), name, &AgentRoute::name);
  return found == table.agents().end() ? nullptr : &*found;
}

std::string not_configured(std::string_view agent) {
  return "no agent '" + std::string(agent) + "' is configured";
}

}  // namespace

task::Route route(const Assignment& content, std::string_view named, const RoutingTable& table) {
  const auto words = words_of(content);
  if (!named.empty()) {
    const auto* agent = find_agent(named, table);
    if (agent == nullptr) return to_a_person(not_configured(named));
    return routed(content, *agent, words, CHANNEL_UNSPECIFIED, "it names the agent");
  }
  Match best;
  for (const auto& agent : table.agents()) {
    const auto found = match(agent, words);
    if (found && found->better_than(best)) best = *found;
  }
  if (best.agent == nullptr) return to_a_person("it holds no keyword of an agent");
  return routed(content, *best.agent, words, CHANNEL_UNSPECIFIED,
                "keyword " + std::string(best.first));
}

task::Route route_to(const Assignment& content, std::string_view agent, Channel channel,
                     const RoutingTable& table) {
  const auto* found = find_agent(agent, table);
  if (found == nullptr) return to_a_person(not_configured(agent));
  return routed(content, *found, words_of(content), channel, "a person chose the agent");
}

}  // namespace nightshift::actors
