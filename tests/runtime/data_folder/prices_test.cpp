// The price table: what the program knows, what the owner says, and which of both holds.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "runtime/settings.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;

Result<Settings> load(const std::string& text) {
  const TemporaryFolder folder;
  SettingsSources sources;
  sources.file = folder / "nightshift.toml";
  write_file(*sources.file, text);
  return load_settings(sources);
}

std::vector<Price> prices_of(const PriceTable& table, const std::string& model) {
  std::vector<Price> found;
  std::ranges::copy_if(table.prices(), std::back_inserter(found),
                       [&](const Price& price) { return price.model() == model; });
  return found;
}

bool is_called(const Price& price, const std::string& name) {
  return std::ranges::find(price.aliases(), name) != price.aliases().end();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_program_knows_the_models_of_the_seeds_by_all_their_names) {
  const auto settings = load("");
  BOOST_TEST_REQUIRE(settings.has_value(), (settings ? "" : settings.error().detail));
  const auto sonnet = prices_of(settings->prices, "claude-sonnet-4.5");
  BOOST_TEST_REQUIRE(sonnet.size() == 1u);
  BOOST_TEST(is_called(sonnet[0], "claude-sonnet-4-5-20250929"));
  BOOST_TEST(sonnet[0].rates().input_micro_usd() == 3'000'000u);
  BOOST_TEST(sonnet[0].rates().output_micro_usd() == 15'000'000u);
  BOOST_TEST(sonnet[0].rates().cache_read_micro_usd() == 300'000u);
  BOOST_TEST(sonnet[0].rates().cache_write_micro_usd() == 3'750'000u);
  for (const auto* model : {"claude-opus-4", "claude-haiku-3.5"}) {
    BOOST_TEST(prices_of(settings->prices, model).size() == 1u, model);
  }
  for (const auto& price : settings->prices.prices()) {
    BOOST_TEST(!price.source().empty(), price.model() << " does not say where it is from");
    BOOST_TEST(price.valid_from().seconds() > 0, price.model());
  }
}

BOOST_AUTO_TEST_CASE(what_the_owner_says_of_a_model_holds_alone_under_all_its_names) {
  const auto settings = load(R"([prices."claude-sonnet-4-5"]
input_micro_usd = 1
output_micro_usd = 2
[prices.cheaper-sonnet]
model = "claude-sonnet-4.5"
valid_from = "2026-06-01"
input_micro_usd = 0
output_micro_usd = 1
cache_read_micro_usd = 3
[prices.llama]
aliases = ["llama-3"]
input_micro_usd = 0
output_micro_usd = 0
source = "own hardware"
)");
  BOOST_TEST_REQUIRE(settings.has_value(), (settings ? "" : settings.error().detail));
  const auto sonnet = prices_of(settings->prices, "claude-sonnet-4.5");
  BOOST_TEST_REQUIRE(sonnet.size() == 2u);
  BOOST_TEST(is_called(sonnet[0], "claude-sonnet-4-5-20250929"));
  BOOST_TEST(sonnet[0].rates().cache_write_micro_usd() == 1u);
  BOOST_TEST(sonnet[0].valid_from().seconds() == 0);
  BOOST_TEST(to_rfc3339(from_proto(sonnet[1].valid_from())) == "2026-06-01T00:00:00Z");
  BOOST_TEST(sonnet[1].rates().cache_read_micro_usd() == 3u);
  BOOST_TEST(sonnet[1].rates().cache_write_micro_usd() == 0u);
  BOOST_TEST(prices_of(settings->prices, "llama").size() == 1u);
  BOOST_TEST(prices_of(settings->prices, "claude-opus-4").size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_table_has_another_version) {
  const std::string section = "[prices.llama]\noutput_micro_usd = 0\ninput_micro_usd = ";
  const auto version = [](const std::string& text) { return load(text)->prices.version(); };
  BOOST_TEST(version("").size() == 12u);
  BOOST_TEST(version("") == version(""));
  BOOST_TEST(version(section + "1") != version(""));
  BOOST_TEST(version(section + "1") != version(section + "2"));
}

BOOST_AUTO_TEST_CASE(prices_that_contradict_each_other_are_refused) {
  const std::string cost = "input_micro_usd = 1\noutput_micro_usd = 1\n";
  const auto refused = [](const std::string& text, const std::string& word) {
    const auto loaded = load(text);
    BOOST_TEST_REQUIRE(!loaded.has_value());
    BOOST_TEST((loaded.error().detail.find(word) != std::string::npos), loaded.error().detail);
  };
  refused("[prices.a]\n" + cost + "[prices.b]\nmodel = \"a\"\n" + cost,
          "two prices from 1970-01-01");
  refused("[prices.a]\naliases = [\"gpt-5\"]\n" + cost, "gpt-5 means both");
  refused("[prices.a]\ninput_micro_usd = 1\n", "no output_micro_usd");
  refused("[prices.a]\noutput_micro_usd = 1\n", "no input_micro_usd");
}

BOOST_AUTO_TEST_CASE(budgets_are_read_by_their_names) {
  const auto settings = load(R"([budget.mail]
window = "day"
micro_usd = 5_000_000
[budget.mail-month]
meter = "mail"
window = "month"
micro_usd = 0
)");
  BOOST_TEST_REQUIRE(settings.has_value(), (settings ? "" : settings.error().detail));
  BOOST_TEST(settings->budgets.size() == 2u);
  BOOST_TEST(settings->budgets.at("mail").micro_usd.value() == 5'000'000u);
  BOOST_TEST(settings->budgets.at("mail-month").meter == "mail");
  BOOST_TEST(settings->budgets.at("mail-month").window == "month");
  BOOST_TEST(!load("[budget.mail]\nwindow = \"day\"\n").has_value());
  BOOST_TEST(!load("[budget.mail]\nmicro_usd = 1\n").has_value());
}
