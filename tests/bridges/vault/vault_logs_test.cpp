// What happens shows on the pages under `Logs/` and on the dashboard, once.
#include "messages/usage.pb.h"
#include "tests/bridges/vault/house.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr const char* day_page = "Logs/API_Usage/2026-02-15.md";

std::size_t rows_in(const std::string& text, const std::string& part) {
  std::size_t rows = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++rows;
  return rows;
}

struct Logs : House {
  void record(const std::string& time, std::uint32_t input, std::uint32_t output) {
    auto call = std::make_shared<usage::Record>();
    call->set_model("claude-sonnet-4.5");
    call->set_input_tokens(input);
    call->set_output_tokens(output);
    call->set_task_type("email_draft");
    *call->mutable_at() = to_proto(*from_rfc3339(time));
    command(EntityRef{.kind = "usage", .id = "cloud"}, call, "mara").value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_logs, Logs)

BOOST_AUTO_TEST_CASE(calls_of_a_day_are_a_table_with_sums) {
  open();
  record("2026-02-15T14:30:25Z", 1200, 350);
  record("2026-02-15T14:32:10Z", 800, 200);
  record("2026-02-16T00:00:00Z", 1, 1);
  await_file(day_page, "total_calls: 2");
  const auto page = text(day_page);
  BOOST_TEST(page.starts_with("---\ndate: 2026-02-15\n"));
  BOOST_TEST(rows_in(page,
                     "| 14:30:25 | cloud | claude-sonnet-4.5 | 1200 | 350 | 0.00885 | "
                     "email_draft |\n") == 1u);
  BOOST_TEST(rows_in(page, "total_cost_usd: 0.01425\n") == 1u);
  await_file("Logs/API_Usage/2026-02-16.md", "total_calls: 1");
}

BOOST_AUTO_TEST_CASE(a_restart_that_has_forgotten_how_far_it_came_doubles_no_row) {
  open();
  record("2026-02-15T14:30:25Z", 1200, 350);
  await_file(day_page, "total_calls: 1");
  close_vault();
  const auto cursor = text(".nightshift_cursor");
  drop(".nightshift_cursor", cursor.substr(0, cursor.find(' ')) + " 0\n");
  record("2026-02-15T14:32:10Z", 800, 200);
  open_vault();
  await_file(day_page, "total_calls: 2");
  BOOST_TEST(rows_in(text(day_page), "| cloud |") == 2u);
}

BOOST_AUTO_TEST_CASE(an_attempt_to_send_is_a_row_of_its_day) {
  open();
  drop("Pending_Approval/Email/OFFER.md", mail("Offer"));
  await_file("Pending_Approval/Email/OFFER.md", "status: pending");
  approve("OFFER");
  await_file("Done/OFFER.md", "status: sent");
  await("a row", [&] {
    std::error_code not_yet;
    const auto folder = path() / "vault/Logs/MCP_Actions";
    for (const auto& entry : std::filesystem::directory_iterator(folder, not_yet)) {
      const auto page = get("vault/Logs/MCP_Actions/" + entry.path().filename().string());
      if (rows_in(page, "| email | jane@example.com | success | ") == 1u) return true;
    }
    return false;
  });
}

BOOST_AUTO_TEST_CASE(the_dashboard_shows_tasks_sums_and_what_happened) {
  open();
  drop("Inbox/chair.md", "Buy a chair\n");
  await_file("Dashboard.md", "| chair | Buy a chair | normal |  |  | waiting |");
  await_file("Dashboard.md", "- Tasks: 1 waiting\n");
  await_file("Dashboard.md", "## Updates\n");
  await_file("Dashboard.md", "task/chair arrived");
  drop("Inbox/broken.md", "---\na: b: c\n---\n");
  await_file("Dashboard.md", "- Files refused: 1\n");
  await_file("Logs/Local/refused.md", "| Inbox/broken.md | the front matter is not YAML");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
