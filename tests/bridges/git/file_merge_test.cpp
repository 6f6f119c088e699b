// One file, merged.
#include "bridges/git/file_merge.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/crypto.hpp"

namespace nightshift::bridges::git {
namespace {

MergedFile merged(std::string_view path, const Versions& versions, Role role = Role::local) {
  auto result = merge_file(path, versions, role);
  BOOST_REQUIRE(result.has_value());
  return *result;
}

BOOST_AUTO_TEST_SUITE(file_merge)

BOOST_AUTO_TEST_CASE(changes_of_different_lines_meet) {
  const auto file =
      merged("Plans/a.md", {"1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n"});
  BOOST_TEST(file.bytes == "one\n2\n3\n4\nfive\n");
  BOOST_TEST(!file.loser.has_value());
}

BOOST_AUTO_TEST_CASE(where_lines_contradict_the_local_side_wins_on_both_machines) {
  const auto here = merged("Plans/a.md", {"x\n", "local\n", "cloud\n"}, Role::local);
  BOOST_TEST(here.bytes == "local\n");
  BOOST_TEST((here.loser == Side::theirs));
  const auto there = merged("Plans/a.md", {"x\n", "cloud\n", "local\n"}, Role::cloud);
  BOOST_TEST(there.bytes == "local\n");
  BOOST_TEST((there.loser == Side::ours));
}

BOOST_AUTO_TEST_CASE(the_cloud_owns_the_updates_of_the_dashboard_and_the_local_side_the_rest) {
  const std::string_view base = "# D\n\ntable\n\n## Updates\n- old\n\n## More\nx\n";
  const std::string_view local = "# D\n\nTABLE\n\n## Updates\n- old\n\n## More\nX\n";
  const std::string_view cloud = "# D\n\ntable\n\n## Updates\n- new\n- old\n\n## More\nx\n";
  const std::string_view both = "# D\n\nTABLE\n\n## Updates\n- new\n- old\n\n## More\nX\n";
  for (const auto& file : {merged("Dashboard.md", {base, local, cloud}, Role::local),
                           merged("Dashboard.md", {base, cloud, local}, Role::cloud)}) {
    BOOST_TEST(file.bytes == both);
    BOOST_TEST(!file.loser.has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_nodes_have_written_on_the_dashboard_is_nobodys_words) {
  const auto block = [](const std::string& name, const std::string& content,
                        const std::string& written) {
    return "<!-- nightshift:" + name + " " + to_hex(as_bytes(sha256(written))).substr(0, 8) +
           " -->\n" + content + "<!-- /nightshift:" + name + " -->\n";
  };
  const auto page = [&](const std::string& tasks, const std::string& updates) {
    return "# D\n" + block("tasks", tasks, tasks) + "## Updates\n" +
           block("updates", updates, updates);
  };
  const auto base = page("a\n", "x\n"), local = page("b\n", "y\n"), cloud = page("c\n", "z\n");
  const auto both = merged("Dashboard.md", {base, local, cloud}, Role::local);
  BOOST_TEST(both.bytes == page("b\n", "z\n"));
  BOOST_TEST(!both.loser.has_value());
  const auto changed = "# D\n" + block("tasks", "c and mine\n", "c\n") + "## Updates\n";
  BOOST_TEST(merged("Dashboard.md", {base, local, changed}, Role::local).loser.has_value());
}

BOOST_AUTO_TEST_CASE(who_writes_into_the_others_part_of_the_dashboard_is_told_as_a_loser) {
  const std::string_view base = "main\n## Updates\n- a\n";
  const auto cloud_in_main =
      merged("Dashboard.md", {base, "MAIN\n## Updates\n- a\n", "cloud\n## Updates\n- b\n"});
  BOOST_TEST(cloud_in_main.bytes == "MAIN\n## Updates\n- b\n");
  BOOST_TEST((cloud_in_main.loser == Side::theirs));
  const auto local_in_updates =
      merged("Dashboard.md", {base, "main\n## Updates\n- mine\n", "main\n## Updates\n- b\n"});
  BOOST_TEST(local_in_updates.bytes == "main\n## Updates\n- b\n");
  BOOST_TEST((local_in_updates.loser == Side::ours));
}

BOOST_AUTO_TEST_CASE(no_row_of_a_log_is_dropped) {
  const auto file = merged("Logs/Local/errors.md",
                           {"| a |\n", "| a |\n| b |\n| same |\n", "| a |\n| c |\n| same |\n"});
  BOOST_TEST(file.bytes == "| a |\n| b |\n| same |\n| c |\n");
  BOOST_TEST(!file.loser.has_value());
}

BOOST_AUTO_TEST_CASE(the_front_matter_of_a_log_is_that_of_one_side_and_the_rows_those_of_both) {
  const auto file = merged("Logs/API_Usage/2026-02-15.md",
                           {"---\ntotal: 1\n---\n| a |\n", "---\ntotal: 2\n---\n| a |\n| b |\n",
                            "---\ntotal: 3\n---\n| a |\n| c |\n"});
  BOOST_TEST(file.bytes == "---\ntotal: 2\n---\n| a |\n| b |\n| c |\n");
  BOOST_TEST((file.loser == Side::theirs));
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_kept_twice) {
  const std::string ours("o\0o", 3);
  const auto file = merged("Files/a.png", {"x", ours, "theirs"});
  BOOST_TEST(file.keep_both);
  BOOST_TEST(file.bytes == ours);
  BOOST_TEST((file.loser == Side::theirs));
  BOOST_TEST(merged("Files/a.csv", {"x\n", "y\n", "z\n"}).keep_both);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::bridges::git
