// Finds out which fresh id became which, and puts the old ones in.
#include "runtime/history/fresh_ids.hpp"

#include <algorithm>
#include <map>

#include "messages/canonical.hpp"
#include "runtime/history/fields.hpp"

namespace nightshift::runtime::history {
namespace {

using google::protobuf::Message;
using Ids = std::map<std::string, std::string>;

bool is_fresh_id(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The texts of a message in order; two messages of one shape have the same places.
std::vector<std::string> texts_of(const Message& message) {
  std::vector<std::string> texts;
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  rewrite_texts(*copy, [&](const auto&, const std::string& value) {
    texts.push_back(value);
    return value;
  });
  return texts;
}

void learn(const Message& event, const Message& expected, const std::vector<std::string>& fresh,
           Ids& ids) {
  const auto here = texts_of(event), there = texts_of(expected);
  if (here.size() != there.size()) return;
  for (std::size_t i = 0; i < here.size(); ++i) {
    const bool known = std::ranges::find(fresh, here[i]) != fresh.end();
    if (known && is_fresh_id(there[i])) ids.try_emplace(here[i], there[i]);
  }
}

std::string replaced(std::string text, const Ids& ids) {
  for (const auto& [from, to] : ids) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

void put_in(Message& event, const Ids& ids) {
  std::map<std::string, std::string> digests;
  rewrite_texts(event, [&](const auto&, const std::string& value) {
    auto changed = replaced(value, ids);
    if (changed != value) {
      digests[std::string(as_bytes(content_digest(value)))] = as_bytes(content_digest(changed));
    }
    return changed;
  });
  rewrite_texts(event, [&](const auto&, const std::string& value) {
    const auto digest = digests.find(value);
    return digest == digests.end() ? value : digest->second;
  });
}

}  // namespace

void take_ids(kernel::AnyEvents& events, const std::vector<const Message*>& expected,
              const std::vector<std::string>& fresh) {
  Ids ids;
  const auto both = std::min(events.size(), expected.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (events[i]->GetDescriptor() != expected[i]->GetDescriptor()) continue;
    learn(*events[i], *expected[i], fresh, ids);
  }
  if (ids.empty()) return;
  for (const auto& event : events) put_in(*event, ids);
}

}  // namespace nightshift::runtime::history
