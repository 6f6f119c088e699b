// Look-ups by name, and how texts stand in index rows.
#include "runtime/kernel/kind.hpp"

#include <algorithm>

#include "messages/crypto.hpp"

namespace nightshift::kernel {
namespace {

template <class Info>
const Info* find_by(const std::vector<Info>& infos, std::string Info::* member,
                    std::string_view value) {
  const auto found = std::ranges::find(infos, value, member);
  return found == infos.end() ? nullptr : &*found;
}

}  // namespace

std::string index_value(std::string_view text) {
  if (text.size() <= index_value_bytes_max) return std::string(text);
  const auto hash = to_hex(as_bytes(sha256(text)));
  return std::string(text.substr(0, index_value_bytes_max - hash.size())) + hash;
}

const CommandInfo* Kind::find_command(std::string_view name) const {
  const auto* found = find_by(commands(), &CommandInfo::name, name);
  return found != nullptr ? found : find_by(commands(), &CommandInfo::word, name);
}

const EventInfo* Kind::find_event(std::string_view name) const {
  const auto* found = find_by(events(), &EventInfo::name, name);
  return found != nullptr ? found : find_by(retired(), &EventInfo::name, name);
}

}  // namespace nightshift::kernel
