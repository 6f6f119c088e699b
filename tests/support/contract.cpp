// Checks a kind's lists, walks and recorded matrices.
#include "tests/support/contract.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>

#include "messages/ids.hpp"
#include "messages/options.pb.h"
#include "tests/support/golden.hpp"
#include "tests/support/lifecycle.hpp"
#include "tests/support/wanderer.hpp"

namespace nightshift::tests {
namespace {

using google::protobuf::Descriptor;

constexpr int steps_max = 80;

std::set<std::string> names_of(const auto& infos) {
  std::set<std::string> names;
  for (const auto& info : infos) names.insert(info.name);
  return names;
}

/// The messages of the kind's file that carry an option, nested ones too.
template <class Extension>
void marked_in(const Descriptor& message, const Extension& extension, std::set<std::string>& out) {
  if (message.options().HasExtension(extension)) out.insert(message.name());
  for (int i = 0; i < message.nested_type_count(); ++i) {
    marked_in(*message.nested_type(i), extension, out);
  }
}

template <class Extension>
std::set<std::string> marked(const kernel::Kind& kind, const Extension& extension) {
  std::set<std::string> names;
  const auto& file = *kind.view_descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    marked_in(*file.message_type(i), extension, names);
  }
  return names;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += name + " ";
  return text;
}

void walk(const kernel::Kind& kind, std::uint64_t seed, int steps) {
  Wanderer wanderer(kind, seed, [](const Step&) {});
  for (int i = 0; i < steps; ++i) wanderer.step();
}

}  // namespace

void check_schema(const kernel::Kind& kind) {
  const auto events = names_of(kind.events());
  auto readable = names_of(kind.retired());
  readable.insert(events.begin(), events.end());
  BOOST_TEST(readable.size() == kind.events().size() + kind.retired().size());
  BOOST_TEST(joined(marked(kind, nightshift::command)) == joined(names_of(kind.commands())));
  BOOST_TEST(joined(marked(kind, nightshift::event)) == joined(readable));
  BOOST_TEST(joined(marked(kind, nightshift::status)) == joined(names_of(kind.phases())));
  BOOST_TEST(is_id(kind.name()));
  BOOST_TEST(!kind.summary().empty());
  BOOST_TEST(static_cast<int>(kind.audience()) != AUDIENCE_UNSPECIFIED);
  for (const auto& command : kind.commands()) {
    BOOST_TEST(kind.find_command(command.word) == &command);
    BOOST_TEST((command.scope == SCOPE_HOST || !command.summary.empty()), command.name);
  }
  for (const auto& event : kind.events()) {
    BOOST_TEST(kind.find_event(event.name) == &event);
    BOOST_TEST(!event.sentence.empty(), event.name);
  }
}

void check_walks(const kernel::Kind& kind) {
  if (const auto* fixed = std::getenv("NIGHTSHIFT_SEED")) {
    return walk(kind, std::strtoull(fixed, nullptr, 10), steps_max);
  }
  if (const auto* count = std::getenv("NIGHTSHIFT_SEEDS")) {
    setenv("RC_PARAMS", ("max_success=" + std::string(count)).c_str(), 0);
  }
  const auto name = std::string(kind.name());
  const bool kept = rc::check(name + " keeps what every kind promises", [&kind] {
    const auto seed = *rc::gen::noShrink(rc::gen::inRange<std::uint64_t>(0, UINT64_MAX));
    walk(kind, seed, *rc::gen::inRange(1, steps_max));
  });
  BOOST_TEST(kept, name << ": the lines above name the seed; NIGHTSHIFT_SEED=seed runs it again");
}

void check_lifecycle(const kernel::Kind& kind, bool documented) {
  const auto name = std::string(kind.name());
  const auto lifecycle = explore(kind);
  for (const auto& cell : unreached_cells(kind, lifecycle)) {
    BOOST_ERROR(name << ": no walk reaches " << cell << "; if nothing can, remove the cell");
  }
  check_golden("tests/golden/lifecycle/" + name + ".txt", matrices(kind));
  if (!documented) return;
  check_golden("docs/reference/lifecycle/" + name + ".md", lifecycle_page(kind, lifecycle));
}

}  // namespace nightshift::tests
