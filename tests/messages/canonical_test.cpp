// Canonical content as a value; its bytes are held by vectors_test.cpp.
#include <rapidcheck/boost_test.h>
#include <boost/test/unit_test.hpp>

#include "messages/canonical.hpp"

namespace nightshift {
namespace {

BOOST_AUTO_TEST_SUITE(canonical)

BOOST_AUTO_TEST_CASE(the_first_of_several_values_is_found) {
  Canonical content;
  content.add("to", "ada");
  content.add("to", "bob");
  BOOST_TEST((content.find("to") == "ada"));
  BOOST_TEST(!content.find("cc"));
  BOOST_TEST(content.fields().size() == 2u);
}

RC_BOOST_PROP(any_content_is_decoded_to_itself, ()) {
  const auto names = *rc::gen::container<std::vector<std::string>>(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abz_")))));
  Canonical content;
  for (const auto& name : names) {
    content.add('a' + name, *rc::gen::arbitrary<std::string>());
  }
  const auto decoded = Canonical::decode(content.encode());
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->fields() == content.fields());
}

RC_BOOST_PROP(whatever_is_decoded_encodes_to_the_same_bytes, ()) {
  Canonical content;
  content.add("to", *rc::gen::arbitrary<std::string>());
  content.add("message", *rc::gen::arbitrary<std::string>());
  auto bytes = content.encode();
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::elementOf(std::string("0123456789 \nab_"));
  const auto decoded = Canonical::decode(bytes);
  if (decoded) RC_ASSERT(decoded->encode() == bytes);
  if (!decoded) RC_ASSERT(decoded.error().code == ErrorCode::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
