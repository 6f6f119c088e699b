// Properties of the JSON mapping over random messages of every type.
#include <google/protobuf/util/message_differencer.h>
#include <rapidcheck/boost_test.h>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "messages/approval.pb.h"
#include "messages/authority.pb.h"
#include "messages/host.pb.h"
#include "messages/json.hpp"
#include "messages/principal.pb.h"
#include "messages/record.pb.h"
#include "tests/messages/json_oracle.hpp"
#include "tests/messages/random_message.hpp"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::util::MessageDifferencer;

std::unique_ptr<Message> make(const Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void add_types(const Descriptor* type, std::vector<const Descriptor*>& types) {
  if (type->options().map_entry()) return;
  types.push_back(type);
  for (int i = 0; i < type->nested_type_count(); ++i) add_types(type->nested_type(i), types);
}

/// Every message type of the files that these belong to.
std::vector<const Descriptor*> all_types() {
  std::vector<const Descriptor*> types;
  for (const auto* file :
       {approval::Propose::descriptor()->file(), principal::Issue::descriptor()->file(),
        host::Ended::descriptor()->file(), Record::descriptor()->file(),
        Authority::descriptor()->file(), tests::Sample::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) add_types(file->message_type(i), types);
  }
  return types;
}

BOOST_AUTO_TEST_SUITE(json_properties)

RC_BOOST_PROP(a_message_survives_the_way_to_json_and_back, ()) {
  static const auto types = all_types();
  const auto written = make(*rc::gen::elementOf(types));
  tests::fill_randomly(*written);
  const auto text = to_json(*written);
  const auto read = make(written->GetDescriptor());
  const auto result = from_json(text, *read);
  RC_LOG() << written->GetTypeName() << ' ' << text << '\n';
  if (!result) RC_FAIL(result.error().detail);
  MessageDifferencer differencer;
  differencer.set_float_comparison(MessageDifferencer::EXACT);
  // NaN equals itself here; nothing is drawn that is NaN.
  RC_ASSERT(differencer.Compare(*written, *read));
  RC_ASSERT(to_json(*read) == text);
}

RC_BOOST_PROP(what_is_written_is_json_to_another_reader, ()) {
  tests::Sample sample;
  tests::fill_randomly(sample);
  const auto parsed = nlohmann::json::parse(to_json(sample), nullptr, false);
  RC_ASSERT(parsed.is_object());
  RC_ASSERT(parsed["text"].get<std::string>() == sample.text());
  RC_ASSERT(parsed["i32"].get<std::int32_t>() == sample.i32());
  RC_ASSERT(parsed["children"].size() == static_cast<std::size_t>(sample.children_size()));
}

RC_BOOST_PROP(a_cut_or_changed_text_is_json_to_us_only_if_it_is_to_another_reader, ()) {
  tests::Sample sample;
  tests::fill_randomly(sample, 1);
  auto text = to_json(sample);
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  if (*rc::gen::arbitrary<bool>()) {
    text.resize(at);
  } else {
    text[at] = *rc::gen::arbitrary<char>();
  }
  RC_LOG() << text << '\n';
  tests::Sample read;
  tests::check_against_oracle(text, from_json(text, read));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
