// A secret in memory: what cannot be done with it, and that nothing stays behind.
#include <ostream>
#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "runtime/secrets/secret_text.hpp"

namespace {

using nightshift::runtime::SecretText;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(Printable<std::string>);
static_assert(!Printable<SecretText>);
static_assert(!fmt::is_formattable<SecretText>::value);
static_assert(!std::is_convertible_v<SecretText, std::string>);
static_assert(!std::is_convertible_v<SecretText, std::string_view>);
static_assert(!std::is_convertible_v<std::string, SecretText>);
static_assert(!std::is_constructible_v<std::string, const SecretText&>);
static_assert(!std::is_copy_constructible_v<SecretText> && !std::is_copy_assignable_v<SecretText>);

}  // namespace

BOOST_AUTO_TEST_CASE(a_secret_moves_and_leaves_nothing) {
  SecretText secret("hunter2");
  SecretText moved = std::move(secret);
  BOOST_TEST((moved.reveal() == "hunter2"));
  BOOST_TEST(secret.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  BOOST_TEST(SecretText("").empty());
}

BOOST_AUTO_TEST_CASE(a_secret_may_hold_any_bytes) {
  const std::string bytes("a\0b\n\xff", 5);
  BOOST_TEST((SecretText(bytes).reveal() == bytes));
}

BOOST_AUTO_TEST_CASE(what_a_secret_was_taken_from_is_wiped_whole) {
  std::string text = "a long text that lies on the heap, and no longer in the object itself";
  text.resize(12);
  const char* buffer = text.data();
  const auto capacity = text.capacity();
  const auto secret = SecretText::taken_from(text);
  BOOST_TEST((secret.reveal() == "a long text "));
  BOOST_TEST(text.empty());
  BOOST_TEST((text.data() == buffer));
  text.resize(capacity, '\0');
  BOOST_TEST((text == std::string(capacity, '\0')));
}

BOOST_AUTO_TEST_CASE(secrets_are_equal_by_their_bytes) {
  const SecretText secret("hunter2");
  BOOST_TEST(secret.equals("hunter2"));
  BOOST_TEST(!secret.equals("hunter3"));
  BOOST_TEST(!secret.equals("hunter"));
  BOOST_TEST(!secret.equals(""));
}
