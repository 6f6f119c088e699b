// The dashboard's interface of the first systems: approvals as they had them, over messages alone
// (docs/reference/http.md, "Dashboard").
#include <algorithm>
#include <array>

#include "bridges/http/call.hpp"
#include "bridges/http/dashboard.pb.h"
#include "bridges/http/query.hpp"
#include "messages/approval.pb.h"
#include "messages/json.hpp"
#include "messages/options.pb.h"
#include "messages/time.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::http {
namespace {

/// What the dashboard calls a category, which is also the folder of its drafts.
constexpr std::array<std::pair<approval::Category, std::string_view>, 6> categories{{
    {approval::CATEGORY_EMAIL, "Email"},
    {approval::CATEGORY_LINKEDIN, "LinkedIn"},
    {approval::CATEGORY_WHATSAPP, "WhatsApp"},
    {approval::CATEGORY_ODOO, "Odoo"},
    {approval::CATEGORY_SOCIAL, "Social"},
    {approval::CATEGORY_TOOL, "Tools"},
}};

/// Where the draft of an approval with this status lies (docs/formats/vault.md).
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> folders{{
    {"approved", "Approved"},
    {"unknown", "Approved"},
    {"sent", "Done"},
    {"failed", "Needs_Action"},
    {"pending", "Pending_Approval"},
}};
constexpr std::string_view refused_folder = "Rejected";

const std::string& kind_name() {
  return approval::View::descriptor()->file()->options().GetExtension(kind).name();
}

std::string_view category_of(approval::Category category) {
  const auto* found =
      std::ranges::find(categories, category, [](const auto& c) { return c.first; });
  return found == categories.end() ? categories.front().second : found->second;
}

/// Empty where the node has no vault.
std::string path_of(const std::string& vault, const runtime::Answer& answer,
                    const approval::View& view) {
  if (vault.empty()) return {};
  const auto* folder =
      std::ranges::find(folders, answer.status, [](const auto& f) { return f.first; });
  std::string path = vault + "/";
  path += folder == folders.end() ? refused_folder : folder->second;
  if (answer.status == "pending") path += "/" + std::string(category_of(view.category()));
  const auto& file = view.file();
  return path + "/" + (file.empty() ? answer.entity.id + ".md" : file.substr(file.rfind('/') + 1));
}

void write_approval(const std::string& vault, const runtime::Answer& answer,
                    runtime::JsonWriter& json) {
  approval::View view;
  if (answer.view) view.CopyFrom(*answer.view);
  json.begin_object()
      .field("approval_id", answer.entity.id)
      .field("category", category_of(view.category()))
      .field("title", view.title())
      .field("preview_text", view.preview_text())
      .field("timestamp", to_rfc3339(from_proto(view.proposed_at())))
      .field("status", answer.status)
      .field("file_path", path_of(vault, answer, view))
      .field("digest", view.digest())
      .end_object();
}

/// Reads the body as `Request`, lets `fill` make the command of it, and submits that.
template <class Request, class Command>
Response decide(const Call& call, void (*fill)(const Request&, Command&)) {
  Request request;
  if (auto read = from_json(call.request.body, request); !read) return call.refuse(read.error());
  if (auto fits = check_rules(request); !fits) return call.refuse(fits.error());
  if (!is_id(request.approval_id())) {
    return call.refuse({ErrorCode::invalid, "approval_id is not an id", "approval_id"});
  }
  auto command = std::make_shared<Command>();
  fill(request, *command);
  return submit(call, {kind_name(), request.approval_id()}, std::move(command),
                [&vault = call.services.options.vault](const runtime::Answer& answer) {
                  Response out;
                  out.etag = answer.sequence;
                  runtime::JsonWriter json(out.body);
                  write_approval(vault, answer, json);
                  return out;
                });
}

}  // namespace

Response get_dashboard(const Call& call) {
  const auto limit = limit_of(call.target, page_max);
  if (!limit) return call.refuse(limit.error());
  const auto after = parameter(call.target, "after");
  if (!after) return call.refuse(after.error());
  runtime::ListQuery query;
  query.kind = kind_name();
  query.where = {{"status", "pending"}};
  query.after = after->value_or(std::string_view());
  query.limit = *limit;
  const auto page = call.node().list(query);
  if (!page) return call.refuse(page.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_array();
  for (const auto& answer : page->items) write_approval(call.services.options.vault, answer, json);
  json.end_array();
  if (!page->next.empty()) {
    out.headers.emplace_back("Link", "</api/status?after=" + page->next + ">; rel=\"next\"");
  }
  return out;
}

Response post_dashboard_approve(const Call& call) {
  using Body = dashboard::ApproveRequest;
  return decide<Body, approval::Approve>(call, [](const Body& body, approval::Approve& command) {
    command.set_digest(body.digest());
    command.set_approver(body.approver());
    command.set_signature(body.signature());
    command.set_nonce(body.nonce());
    command.set_expiry(body.expiry());
  });
}

Response post_dashboard_reject(const Call& call) {
  using Body = dashboard::RejectRequest;
  return decide<Body, approval::Reject>(
      call, [](const Body& body, approval::Reject& command) { command.set_reason(body.reason()); });
}

}  // namespace nightshift::bridges::http
