// The fallback hangs on no single error code: servers of sessions refuse unknown requests each in
// their own way.
#include "bridges/mcp/protocol/opening.hpp"

#include "messages/utf8.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t quoted_bytes_max = 200;

bool is_modern(const RpcError& error) {
  return error.code == rpc::unsupported_version || error.code == rpc::missing_capability ||
         error.code == rpc::header_mismatch;
}

JsonView supported_of(const RpcError& error) {
  for (JsonItems items(error.data.view()); items.next();) {
    if (items.name() == "supported") return items.value();
  }
  return {};
}

std::string text_of(JsonView object, std::string_view name) {
  for (JsonItems items(object); items.next();) {
    if (items.name() == name) return items.value().text().value_or("");
  }
  return {};
}

void read_info(const JsonView* info, ServerFacts& facts) {
  if (info == nullptr) return;
  facts.name = text_of(*info, "name");
  facts.title = text_of(*info, "title");
  facts.program_version = text_of(*info, "version");
}

Result<ServerFacts> facts_of(const JsonObject& result, const Version& version) {
  ServerFacts facts;
  facts.version = &version;
  if (const auto* info = result.find("serverInfo")) read_info(info, facts);
  if (const auto* meta = result.find("_meta")) {
    for (JsonItems items(*meta); items.next();) {
      const auto value = items.value();
      if (items.name() == "io.modelcontextprotocol/serverInfo") read_info(&value, facts);
    }
  }
  const auto instructions = result.text("instructions");
  if (!instructions) return std::unexpected(instructions.error());
  facts.instructions = instructions->value_or("");
  if (const auto* capabilities = result.find("capabilities")) {
    facts.capabilities = JsonText(*capabilities);
  }
  return facts;
}

Opening::Next next_of(Result<ServerFacts> facts) {
  if (facts) return std::move(*facts);
  return std::move(facts.error());
}

}  // namespace

Opening::Next Opening::discover(const Version& version) {
  tried_ = &version;
  return Discover{&version};
}

Opening::Next Opening::initialize(const Version& version) {
  tried_ = &version;
  return Initialize{&version};
}

Opening::Next Opening::begin() {
  if (mode_ == OpeningMode::session) return initialize(newest(Era::session));
  return discover(newest(Era::stateless));
}

Opening::Next Opening::no_common(std::string_view theirs) const {
  return Error{ErrorCode::invalid,
               "the server speaks " + std::string(utf8_cut(theirs, quoted_bytes_max)) +
                   ", which is not spoken here; update it, or take another server",
               {}};
}

Opening::Next Opening::answered(JsonView result) {
  return tried_->era == Era::stateless ? discovered(result) : initialised(result);
}

Opening::Next Opening::discovered(JsonView result) {
  const auto object = JsonObject::read(result, "the answer to server/discover");
  const auto* supported = object ? object->find("supportedVersions") : nullptr;
  if (supported == nullptr) {
    return unanswered({ErrorCode::invalid, "the answer to server/discover names no versions", {}});
  }
  if (const auto* version = newest_of(*supported, Era::stateless)) {
    return next_of(facts_of(*object, *version));
  }
  const auto* version = newest_of(*supported, Era::session);
  if (version == nullptr || mode_ == OpeningMode::stateless) return no_common(supported->raw());
  return initialize(*version);
}

Opening::Next Opening::initialised(JsonView result) {
  const auto object = JsonObject::read(result, "the answer to initialize");
  if (!object) return object.error();
  const auto name = object->required_text("protocolVersion");
  if (!name) return name.error();
  const auto* version = find_version(*name);
  if (version == nullptr || version->era != Era::session) return no_common(*name);
  return next_of(facts_of(*object, *version));
}

Opening::Next Opening::refused(const RpcError& error) {
  const auto supported = supported_of(error);
  const bool probing = tried_->era == Era::stateless;
  if (!followed_list_ && supported.type() == JsonView::Type::array) {
    followed_list_ = true;
    const auto* modern = newest_of(supported, Era::stateless);
    const auto* session = newest_of(supported, Era::session);
    if (probing && modern != nullptr) return discover(*modern);
    if (session != nullptr && mode_ != OpeningMode::stateless) return initialize(*session);
    if (probing) return no_common(supported.raw());
  }
  const Error why{
      ErrorCode::invalid,
      "the server refuses to open: " + std::string(utf8_cut(error.message, quoted_bytes_max)),
      {}};
  if (!probing || is_modern(error)) return why;
  return unanswered(why);
}

Opening::Next Opening::unanswered(const Error& why) {
  const bool may_fall_back = mode_ == OpeningMode::probe && tried_->era == Era::stateless;
  if (may_fall_back) return initialize(newest(Era::session));
  return why;
}

}  // namespace nightshift::bridges::mcp
