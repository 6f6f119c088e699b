// Cuts.
#include "bridges/mcp/servers/report.hpp"

#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

namespace pb = nightshift::mcp_server;

constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t instructions_bytes_max = 4096;
constexpr std::size_t description_bytes_max = 8192;
constexpr std::size_t schema_bytes_max = 16'384;
constexpr std::size_t annotations_bytes_max = 2048;
/// Of all definitions together; what comes behind is known by its pin alone.
constexpr std::size_t kept_bytes_max = 512u << 10;
constexpr std::size_t refused_bytes_max = 256;

std::string cut(const std::string& text, std::size_t bytes) {
  return std::string(utf8_cut(text, bytes));
}

/// A definition, of whose texts as much is kept as there is room for.
class Cutter {
 public:
  pb::Definition definition(const Tool& tool) {
    pb::Definition definition;
    definition.set_pin(to_hex(as_bytes(pin_of(tool))));
    definition.set_title(part(definition, "title", tool.title, name_bytes_max));
    definition.set_description(
        part(definition, "description", tool.description, description_bytes_max));
    // Half a schema is none.
    definition.set_input_schema(
        whole(definition, "input_schema", tool.input_schema, schema_bytes_max));
    definition.set_annotations(
        whole(definition, "annotations", tool.annotations, annotations_bytes_max));
    return definition;
  }

 private:
  std::string part(pb::Definition& definition, const char* name, const std::string& text,
                   std::size_t bytes_max) {
    const auto room = kept_bytes_max - kept_;
    auto kept = cut(text, std::min(bytes_max, room));
    if (kept.size() < text.size()) definition.add_cut(name);
    kept_ += kept.size();
    return kept;
  }
  std::string whole(pb::Definition& definition, const char* name, const std::string& text,
                    std::size_t bytes_max) {
    if (text.size() <= std::min(bytes_max, kept_bytes_max - kept_)) {
      kept_ += text.size();
      return text;
    }
    definition.add_cut(name);
    return {};
  }

  std::size_t kept_ = 0;
};

pb::CallStatus status_of(const Error& why) {
  if (why.code == ErrorCode::unauthenticated || why.code == ErrorCode::forbidden) {
    return pb::CALL_STATUS_UNAUTHENTICATED;
  }
  return why.code == ErrorCode::timed_out ? pb::CALL_STATUS_TIMEOUT : pb::CALL_STATUS_ERROR;
}

}  // namespace

pb::ReportOpened report_of(const ServerFacts& facts) {
  pb::ReportOpened report;
  auto& said = *report.mutable_facts();
  said.set_protocol(facts.version == nullptr ? "" : std::string(facts.version->name));
  said.set_name(cut(facts.name, name_bytes_max));
  said.set_title(cut(facts.title, name_bytes_max));
  said.set_version(cut(facts.program_version, name_bytes_max));
  said.set_instructions(cut(facts.instructions, instructions_bytes_max));
  return report;
}

pb::ReportTools report_of(const Tools& tools, const std::vector<std::string>& refused) {
  pb::ReportTools report;
  Cutter cutter;
  for (const auto& [name, tool] : tools) {
    auto& seen = *report.add_tools();
    seen.set_tool(name);
    *seen.mutable_definition() = cutter.definition(tool);
  }
  for (const auto& line : refused) report.add_refused(cut(line, refused_bytes_max));
  return report;
}

pb::ReportCall report_of(const Error& why, const std::string& tool) {
  pb::ReportCall report;
  report.set_status(status_of(why));
  report.set_detail(why.detail.empty() ? std::string(why.message()) : why.detail);
  report.set_tool(tool);
  return report;
}

pb::ReportCall report_of(const Outcome& outcome, const std::string& tool) {
  if (const auto* unanswered = std::get_if<Unanswered>(&outcome)) {
    return report_of(unanswered->why, tool);
  }
  pb::ReportCall report;
  report.set_tool(tool);
  report.set_status(pb::CALL_STATUS_SUCCESS);
  if (const auto* refused = std::get_if<Refused>(&outcome)) {
    report.set_status(pb::CALL_STATUS_ERROR);
    report.set_detail(refused->error.message + " (" + std::to_string(refused->error.code) + ")");
  }
  return report;
}

}  // namespace nightshift::bridges::mcp
