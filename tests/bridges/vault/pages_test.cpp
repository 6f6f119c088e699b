// Pages that the node writes and people may write on as well.
#include "bridges/vault/block_page.hpp"
#include "bridges/vault/journal_page.hpp"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr const char* page_path = "Logs/API_Usage/2026-11-21.md";
const Time now = time_from_us(1'000'000);

struct Pages : TemporaryFolder {
  JournalPage page(const std::string& log_id = "log") { return {root, errors, log_id}; }
  Result<void> append(const std::vector<PageRow>& rows, const std::string& log_id = "log") {
    const auto sum = [](const FrontMatter& before, const std::vector<PageRow>& added,
                        FrontMatterLines& lines) {
      const auto count = scalar(before, "rows").value_or("0");
      lines.set("rows", std::to_string(std::stoul(count) + added.size()));
    };
    return page(log_id).append(now, page_path, rows, {.head = "\n| N |\n|---|\n", .sum = sum});
  }
  static PageRow row(std::uint64_t offset) {
    return {.offset = offset, .text = "| " + std::to_string(offset) + " |\n", .amount = 1};
  }
  Result<void> write(const std::string& content) {
    return write_blocks(now, root, errors, "Dashboard.md", "# Dashboard\n",
                        {{.name = "tasks", .heading = "## Tasks", .content = content},
                         {.name = "updates", .heading = "## Updates", .content = "u\n"}});
  }

  Folder root = Folder::open(path()).value();
  ErrorsLog errors{root, "local", {}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pages, Pages)

BOOST_AUTO_TEST_CASE(rows_are_appended_once_however_often_they_come) {
  BOOST_REQUIRE(append({row(3), row(5)}).has_value());
  BOOST_REQUIRE(append({row(3), row(5), row(8)}).has_value());
  BOOST_REQUIRE(append({row(8)}).has_value());
  BOOST_TEST(get(page_path) ==
             "---\nrows: 3\njournal: \"log:8\"\n---\n\n| N |\n|---|\n| 3 |\n| 5 |\n| 8 |\n");
}

BOOST_AUTO_TEST_CASE(what_people_wrote_on_the_page_stays) {
  append({row(3)}).value();
  put(page_path, get(page_path) + "\nMine.");
  append({row(5)}).value();
  BOOST_TEST(get(page_path).ends_with("| 3 |\n\nMine.\n| 5 |\n"));
}

BOOST_AUTO_TEST_CASE(rows_of_another_log_are_others) {
  append({row(3)}).value();
  append({row(2)}, "restored").value();
  BOOST_TEST(get(page_path).ends_with("| 3 |\n| 2 |\n"));
  BOOST_TEST(get(page_path).find("rows: 2\njournal: \"restored:2\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_that_cannot_be_read_is_kept_aside) {
  put(page_path, "---\na: b: c\n---\nMine\n");
  BOOST_TEST((append({row(3)}).error().code == ErrorCode::conflict));
  BOOST_REQUIRE(append({row(3)}).has_value());
  BOOST_TEST(get(page_path).ends_with("| 3 |\n"));
  BOOST_TEST(count("Logs/API_Usage") == 2u);
  BOOST_TEST(get("Logs/Local/errors.md").find("kept as 2026-11-21.conflict-") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_large_page_is_continued_and_nothing_is_shown_twice) {
  append({row(3)}).value();
  put(page_path, get(page_path) + std::string(1u << 20, 'x') + "\n");
  append({row(3), row(5)}).value();
  append({row(5), row(6)}).value();
  BOOST_TEST(get("Logs/API_Usage/2026-11-21-2.md").ends_with("|---|\n| 5 |\n| 6 |\n"));
}

BOOST_AUTO_TEST_CASE(blocks_are_replaced_and_the_rest_is_kept) {
  write("one\n").value();
  const auto first = get("Dashboard.md");
  BOOST_TEST(first.starts_with("# Dashboard\n\n## Tasks\n\n<!-- nightshift:tasks "));
  put("Dashboard.md", "Above\n" + first + "Below\n");
  write("two\n").value();
  const auto second = get("Dashboard.md");
  BOOST_TEST(second.starts_with("Above\n# Dashboard\n"));
  BOOST_TEST(second.ends_with("<!-- /nightshift:updates -->\nBelow\n"));
  BOOST_TEST(second.find("one") == std::string::npos);
  BOOST_TEST(second.find("two\n<!-- /nightshift:tasks -->\n") != std::string::npos);
  BOOST_TEST(count(".") == 1u);
}

BOOST_AUTO_TEST_CASE(words_within_a_block_are_kept_beside_the_page) {
  write("one\n").value();
  auto page = get("Dashboard.md");
  page.replace(page.find("one"), 3, "my words");
  put("Dashboard.md", page);
  write("two\n").value();
  BOOST_TEST(get("Dashboard.md").find("my words") == std::string::npos);
  std::string kept;
  const auto names = root.names(100).value();
  for (const auto& name : names) {
    if (name.starts_with("Dashboard.conflict-")) kept = get(name);
  }
  BOOST_TEST(kept == page);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
