// Puts the parts together as the program does.
#include "tests/bridges/mail/desk.hpp"

#include <boost/test/unit_test.hpp>

#include "bridges/mail/account.hpp"
#include "messages/effects.pb.h"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::mail {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* approver = "mara";

using tests::must;

}  // namespace

const std::string short_message = "Subject: Hi\r\n\r\nDear Bob,\r\n.\r\n..two\r\nAda\r\n";

runtime::Permit permit(const runtime::MailSettings& account, const std::string& message,
                       const std::vector<std::string>& to) {
  runtime::Permit permit;
  permit.effect_id = "00112233445566778899aabbccddeeff";
  permit.gated = true;
  permit.content.add("action", effect::SendMail::descriptor()->full_name());
  permit.content.add("effect_id", permit.effect_id);
  permit.content.add("executor", "laptop");
  permit.content.add("target", "work");
  const auto facts = facts_of(account);
  for (const auto& [name, value] : facts.fields()) permit.content.add(name, value);
  permit.content.add("envelope_from", "ada@example.org");
  for (const auto& one : to) permit.content.add("envelope_to", one);
  permit.content.add("message", message);
  return permit;
}

runtime::Outcome send(const runtime::MailSettings& account, const std::string& message,
                      const std::vector<std::string>& to) {
  Mail mail({.accounts = {{"work", account}}, .secret = test_resolver, .probe = {}});
  return mail.perform(permit(account, message, to));
}

Result<runtime::SecretText> test_resolver(const runtime::SecretReference& reference) {
  if (reference.name == "PASSWORD") return runtime::SecretText("tiger");
  return fail(ErrorCode::not_found, "there is no variable " + reference.name);
}

Desk::Desk() : catalog_(tests::all_kinds()) {
  options.effect_backoff = std::chrono::milliseconds(10);
}

Desk::~Desk() { close(); }

void Desk::open(const runtime::MailSettings& account, Probe probe) {
  auto mail = std::make_shared<Mail>(MailParts{
      .accounts = {{"work", account}}, .secret = test_resolver, .probe = std::move(probe)});
  node_ = must(runtime::start_node(tests::open_journal(folder_ / "journal", "laptop", clock_),
                                   catalog_, clock_, {mail}, options));
  tests::ensure_approver(*node_, approver, key_);
}

void Desk::close() { node_.reset(); }

Result<runtime::Answer> Desk::command(const std::string& id,
                                      std::shared_ptr<const google::protobuf::Message> body) {
  runtime::Command command;
  command.entity = {"approval", id};
  command.body = std::move(body);
  command.caller.principal = approver;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE, SCOPE_APPROVE, SCOPE_ADMIN};
  return node_->call(std::move(command), patience);
}

void Desk::propose(const std::string& id, const approval::Propose& proposal) {
  must(command(id, std::make_shared<approval::Propose>(proposal)));
}

void Desk::approve(const std::string& id) {
  const auto seen = view(id);
  auto approve = std::make_shared<approval::Approve>();
  approve->set_digest(seen.digest());
  approve->set_approver(approver);
  approve->set_nonce(to_base64url(random_bytes(16)));
  approve->set_signature(to_base64url(
      key_.sign(approval_text(seen.digest(), "approve", approve->nonce(), "", seen.executor()))));
  must(command(id, std::move(approve)));
}

std::string Desk::status(const std::string& id) const {
  const auto answer = node_->get({"approval", id});
  return answer ? answer->status : "";
}

approval::View Desk::view(const std::string& id) const {
  return dynamic_cast<const approval::View&>(*must(node_->get({"approval", id})).view);
}

void Desk::await(const std::string& id, const std::string& wanted) const {
  tests::eventually([&] { return status(id) == wanted; }, id + " is " + wanted);
}

approval::Propose offer() {
  approval::Propose command;
  command.set_title("Offer for Bob");
  command.set_category(approval::CATEGORY_EMAIL);
  auto& mail = *command.mutable_action()->mutable_mail();
  mail.add_to("Bob B\u00f6hm <bob@example.org>");
  mail.add_to("carl@example.org");
  mail.add_cc("Bob <bob@example.org>");
  mail.add_cc("dora@example.org");
  mail.set_subject("Angebot f\u00fcr B\u00f6hm");
  mail.set_body("Lieber Bob,\n.\n..\nGr\u00fc\u00dfe\n" + std::string(1200, 'a') + "\n");
  auto& file = *mail.add_attachments();
  file.set_name("Angebot f\u00fcr Bob.pdf");
  file.set_media_type("application/pdf");
  file.set_bytes(std::string("%PDF\0\xff\r\n.\r\n", 12));
  return command;
}

}  // namespace nightshift::bridges::mail
