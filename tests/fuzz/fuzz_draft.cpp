// Reads any bytes as a Markdown file of the vault, and writes back what was understood: it must
// read as the same again.
#include "bridges/vault/draft.hpp"
#include "messages/json.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

namespace vault = bridges::vault;

const vault::Place place{.name = "EMAIL_DRAFT_1.md",
                         .category = approval::CATEGORY_EMAIL,
                         .path = "Pending_Approval/Email/EMAIL_DRAFT_1.md"};

Result<vault::Draft> read(std::string_view text) {
  return vault::read_draft(text, place, [](const std::string& path, std::size_t) {
    return path.empty() ? Result<std::string>(fail(ErrorCode::not_found, "there is no such file"))
                        : Result<std::string>(path);
  });
}

/// Both have the content's fields alike.
approval::Proposal proposal_of(const approval::Propose& content) {
  approval::Proposal proposal;
  std::string bytes;
  require(content.SerializeToString(&bytes) && proposal.ParseFromString(bytes), "not alike");
  return proposal;
}

bool same(const vault::Marks& a, const vault::Marks& b) {
  return a.id == b.id && a.status == b.status && a.digest == b.digest && a.note == b.note;
}

/// A text that the bridge wrote shows the proposal and the marks.
void shows(const Result<std::string>& written, const approval::Proposal& proposal,
           const vault::Marks& marks, std::string_view what) {
  if (!written) return require(!written.error().detail.empty(), "an error says nothing");
  const auto again = read(*written);
  // A file near its bound has no room for what the bridge adds.
  if (!again && again.error().code == ErrorCode::too_large) return;
  require(again.has_value(), std::string(what) + " cannot be read");
  require(same(again->marks, marks), std::string(what) + " has other marks");
  require(vault::same_content(*again, proposal), std::string(what) + " has other content");
}

}  // namespace

void draft(std::string_view input) {
  const auto draft = read(input);
  if (!draft) return require(!draft.error().detail.empty(), "an error says nothing");
  static_cast<void>(to_json(draft->content));
  const approval::Proposal proposal = proposal_of(draft->content);
  const vault::Marks marks{.id = "EMAIL_DRAFT_1",
                           .status = "pending",
                           .digest = "00ff",
                           .note = "confirm: " + draft->marks.note};
  shows(vault::with_marks(input, proposal, marks), proposal, marks, "a marked file");
  approval::Proposal edited = proposal;
  edited.set_body("Other words");
  edited.clear_cc();
  edited.clear_deadline();
  edited.set_four_eyes(!proposal.four_eyes());
  edited.add_attachments()->set_name("more.txt");
  shows(vault::with_content(input, edited, marks), edited, marks, "a rewritten file");
  shows(vault::render(proposal, marks), proposal, marks, "a rendered file");
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(draft)
