// Reads any bytes as a Markdown file of the vault, and writes back what was understood.
#include "bridges/vault/draft.hpp"
#include "messages/json.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {

namespace vault = bridges::vault;

void draft(std::string_view input) {
  const vault::Place place{.name = "EMAIL_DRAFT_1.md",
                           .category = approval::CATEGORY_EMAIL,
                           .path = "Pending_Approval/Email/EMAIL_DRAFT_1.md"};
  const auto no_files = [](const std::string& path, std::size_t) -> Result<std::string> {
    return fail(ErrorCode::not_found, "there is no file " + path);
  };
  const auto read = vault::read_draft(input, place, no_files);
  if (!read) return require(!read.error().detail.empty(), "an error says nothing");
  static_cast<void>(to_json(read->content));
  static_cast<void>(vault::with_marks(input, approval::Proposal(), read->marks));
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(draft)
