// Reads any bytes as what an agent printed, and puts any text into a task: neither breaks out.
#include "bridges/agent/agent_text.hpp"
#include "messages/json.hpp"
#include "messages/utf8.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

/// The front matter ends where we end it.
void no_task_breaks_out(std::string_view input) {
  effect::ComposeDraft task;
  task.set_task("t");
  auto& content = *task.mutable_content();
  content.set_title(std::string(input));
  content.set_from(std::string(input));
  auto& note = *content.add_notes();
  note.set_key(std::string(input));
  note.set_value(std::string(input));
  const auto text = bridges::agent::task_text(task);
  const auto end = text.find("\n---\n");
  require(end != text.npos && text.substr(end) == "\n---\n\n\n", "a task breaks out");
}

}  // namespace

void agent(std::string_view input) {
  if (utf8_prefix_bytes(input) == input.size()) no_task_breaks_out(input);
  const auto draft = bridges::agent::read_draft(input);
  if (!draft) return require(!draft.error().message().empty(), "an error says nothing");
  require(!draft->body().empty(), "a draft says nothing");
  require(input.contains(draft->body()), "a draft has words that were not printed");
  static_cast<void>(to_json(*draft));
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(agent)
