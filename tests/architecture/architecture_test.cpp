// Holds the rules against the repository, and the rules themselves against samples that break them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/architecture/law.hpp"
#include "tests/architecture/rules.hpp"
#include "tests/architecture/tree.hpp"

namespace nightshift::architecture {
namespace {

const std::filesystem::path home = "tests/architecture";

std::string place(const Finding& finding) {
  return finding.path + (finding.line ? ":" + std::to_string(finding.line) : "");
}

/// A small tree that breaks the rule the file is named after (samples/README.md).
struct Sample {
  std::string rule;
  std::set<std::string> expected;
  Tree tree;
};

Sample read_sample(const std::filesystem::path& path) {
  Sample sample{path.stem().string(), {}, {}};
  sample.rule.resize(std::min(sample.rule.find('-'), sample.rule.size()));  // "includes-unknown"
  std::ifstream stream(path);
  std::string name;
  std::string text;
  const auto close = [&] {
    if (!name.empty()) sample.tree.push_back(make_file(name, text));
    text.clear();
  };
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("=== ")) {
      close();
      name = line.substr(4);
    } else if (name.empty() && line.starts_with("expect ")) {
      sample.expected.insert(line.substr(7));
    } else {
      text += line + "\n";
    }
  }
  close();
  return sample;
}

std::vector<Sample> read_samples() {
  std::vector<Sample> samples;
  for (const auto& entry : std::filesystem::directory_iterator(home / "samples")) {
    if (entry.path().extension() == ".sample") samples.push_back(read_sample(entry.path()));
  }
  return samples;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(architecture)

BOOST_AUTO_TEST_CASE(the_repository_keeps_every_rule) {
  const auto law = read_law(home);
  const auto tree = load_tree(".");
  BOOST_REQUIRE_GT(tree.size(), 20);
  std::set<const Exception*> used;
  for (const auto& rule : rules()) {
    for (const auto& finding : rule.check(tree, law)) {
      const auto excuse = std::ranges::find_if(law.exceptions, [&](const Exception& exception) {
        return exception.rule == rule.name && fits(exception.pattern, finding.path);
      });
      if (excuse != law.exceptions.end()) {
        used.insert(&*excuse);
      } else if (rule.warning) {
        std::cout << "warning: " << place(finding) << ": " << finding.text << "\n";
      } else {
        BOOST_ERROR(place(finding) << ": " << rule.name << ": " << finding.text);
      }
    }
  }
  for (const auto& exception : law.exceptions) {
    BOOST_TEST(used.contains(&exception), "exceptions.txt excuses nothing with "
                                              << exception.rule << " " << exception.pattern);
  }
}

BOOST_AUTO_TEST_CASE(every_rule_finds_what_its_sample_breaks_and_nothing_else) {
  const auto law = read_law(home / "samples");
  std::set<std::string> shown;
  for (const auto& sample : read_samples()) {
    const auto rule = std::ranges::find(rules(), sample.rule, &Rule::name);
    BOOST_REQUIRE_MESSAGE(rule != rules().end(), sample.rule << " is no rule");
    std::set<std::string> found;
    for (const auto& finding : rule->check(sample.tree, law)) found.insert(place(finding));
    BOOST_TEST_CONTEXT("sample of " << sample.rule)
    BOOST_TEST(found == sample.expected, boost::test_tools::per_element());
    if (!sample.expected.empty()) shown.insert(sample.rule);
  }
  for (const auto& rule : rules()) {
    BOOST_TEST(shown.contains(std::string(rule.name)), rule.name << " has no sample");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::architecture
