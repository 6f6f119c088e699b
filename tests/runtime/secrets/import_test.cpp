// Files of other programs: `.env`, JSON, values that are sealed one by one.
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/secrets/dotenv.hpp"
#include "runtime/secrets/import.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs shown(const Result<NamedSecrets>& secrets) {
  BOOST_TEST_REQUIRE(secrets.has_value(), secrets.error().detail);
  Pairs pairs;
  for (const auto& [name, secret] : *secrets) pairs.emplace_back(name, secret.reveal());
  return pairs;
}

}  // namespace

BOOST_AUTO_TEST_CASE(env_files_are_read_as_shells_and_libraries_read_them) {
  struct Case {
    std::string text;
    Pairs secrets;
  };
  for (const auto& [text, secrets] : std::vector<Case>{
           {"", {}},
           {"A=1\nB=2", {{"A", "1"}, {"B", "2"}}},
           {"\xef\xbb\xbf"
            "A=1\r\nB=2\r\n",
            {{"A", "1"}, {"B", "2"}}},
           {"# note\n\n  export A = 1 # why\nexported=2\nexport=3\n",
            {{"A", "1"}, {"exported", "2"}, {"export", "3"}}},
           {"A=a#b\nB=#c\nC= \nD=\"\"\n", {{"A", "a#b"}}},
           {"A='x \\n $Y # z'  # c\n", {{"A", "x \\n $Y # z"}}},
           {"A=\"x\\n\\\"q\\\" \\\\ \\$y\"\n", {{"A", "x\n\"q\" \\ $y"}}},
           {"A=\"line\nline\"\nB=1\n", {{"A", "line\nline"}, {"B", "1"}}},
           {"A=1\nB=2\nA=3\n", {{"B", "2"}, {"A", "3"}}},
           {"A=p=q==\n", {{"A", "p=q=="}}},
       }) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST((shown(read_dotenv(text)) == secrets)); }
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_is_wrong_is_named_by_its_number_alone) {
  for (const auto& [text, line] : {
           std::pair{"A=1\ncanary\n", "line 2"},
           std::pair{"A=1\n\n=canary\n", "line 3"},
           std::pair{"A=\"a\nb\"\nB='canary", "line 3"},
           std::pair{"A='canary' x\n", "line 1"},
           std::pair{"ca nary=1\n", "line 1"},
       }) {
    const auto secrets = read_dotenv(text);
    BOOST_TEST_REQUIRE(!secrets.has_value());
    BOOST_TEST((secrets.error().code == ErrorCode::invalid));
    BOOST_TEST((secrets.error().detail.find(line) != std::string::npos), secrets.error().detail);
    BOOST_TEST((secrets.error().detail.find("nary") == std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_json_object_of_texts_is_read_and_anything_else_is_refused) {
  BOOST_TEST((shown(read_import({.text = " {\"A\": \"x\\ny\", \"E\": \"\"}\n", .name = {}})) ==
              Pairs{{"A", "x\ny"}}));
  for (const char* wrong : {"{\"A\": 1, \"B\": \"canary\"}", "{\"A\": {\"B\": \"canary\"}}",
                            "{\"A\": \"canary\"", "{\"A\": \"canary\"},\"x\":{}", "{\"canary\"}"}) {
    const auto secrets = read_import({.text = wrong, .name = {}});
    BOOST_TEST_REQUIRE(!secrets.has_value());
    BOOST_TEST((secrets.error().code == ErrorCode::invalid));
    BOOST_TEST((secrets.error().detail.find("canary") == std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(sealed_values_of_an_env_file_are_opened_with_the_key) {
  const std::string token =
      "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0OD8gXZJwhbyPnj2O7dvxE_KMx1Ee17SMjEf49Ulw-6_Wv-H4vX_8_"
      "ShfrXILcoAKZmuwOxK4hLvvi09IUpZiOd7gBjy51NS627GMg8-J1zbua";
  const auto text = "PORT=80\nTOKEN=" + token + "\n";
  const SecretText key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  BOOST_TEST((shown(read_import({.text = text, .key = &key, .name = {}})) ==
              Pairs{{"PORT", "80"}, {"TOKEN", "API_KEY=k-123\nSMTP_PASSWORD=\"hunter2\"\n"}}));
  BOOST_TEST(
      (shown(read_import({.text = text, .name = {}})) == Pairs{{"PORT", "80"}, {"TOKEN", token}}));
  const SecretText other("BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  const auto refused = read_import({.text = text, .key = &other, .name = {}});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.starts_with("TOKEN: "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_one_secret_takes_a_name_and_an_empty_one_is_refused) {
  BOOST_TEST((shown(read_import({.text = "-----BEGIN KEY-----\nx\n", .name = "pem"})) ==
              Pairs{{"pem", "-----BEGIN KEY-----\nx"}}));
  const auto nothing = read_import({.text = "# only a note\nA=\n", .name = {}});
  BOOST_TEST_REQUIRE(!nothing.has_value());
  BOOST_TEST((nothing.error().detail.find("--name") != std::string::npos));
}
