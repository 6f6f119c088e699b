// Puts the parts together as the program does, with one approver whose key is at hand.
#include "tests/bridges/vault/house.hpp"

#include <condition_variable>
#include <mutex>

#include "messages/canonical.hpp"
#include "tests/bridges/vault/owner.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* approver = "mara";

using tests::must;

}  // namespace

House::House() : catalog_(tests::all_kinds()) {
  std::filesystem::create_directory(path() / "vault");
}

House::~House() { close(); }

void House::open(Probe probe) {
  auto outbox = must(Outbox::open(path() / "vault" / "Outbox", std::move(probe)));
  runtime::NodeOptions options;
  options.effect_backoff = std::chrono::milliseconds(10);
  options.data = owners_data();
  std::vector<std::shared_ptr<runtime::Executor>> hands{drafter_};
  if (role_ == "local") hands.push_back(outbox);
  node_ = must(runtime::start_node(tests::open_journal(path() / "journal", "laptop", clock_, role_),
                                   catalog_, clock_, hands, options));
  drafter_->work_for(node_.get());
  tests::ensure_approver(*node_, approver, key_);
  open_vault();
}

void House::open_vault(const std::string& decisions) {
  VaultOptions options{.root = path() / "vault",
                       .owner = approver,
                       .decisions = decisions,
                       // What inotify does not tell shall not be found by chance.
                       .rescan_every = std::chrono::hours(1),
                       .rescan_unwatched_every = std::chrono::milliseconds(50),
                       .stable_for = std::chrono::milliseconds(20),
                       .log = {}};
  if (adjust_) adjust_(options);
  bridge_ = must(VaultBridge::start(*node_, std::move(options)));
}

void House::close_vault() { bridge_.reset(); }

void House::close() {
  bridge_.reset();
  drafter_->work_for(nullptr);
  node_.reset();
}

void House::drop(const std::string& name, std::string_view bytes) const {
  const auto file = std::filesystem::path("vault") / name;
  const auto beside = file.parent_path() / ".written";
  std::filesystem::create_directories(path() / file.parent_path());
  put(beside.string(), bytes);
  std::filesystem::rename(path() / beside, path() / file);
}

void House::rename(const std::string& from, const std::string& to) const {
  std::filesystem::rename(path() / "vault" / from, path() / "vault" / to);
}

bool House::comes(const std::function<bool()>& condition) {
  const runtime::SystemClock clock;
  const auto deadline = clock.elapsed() + patience;
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  while (!condition()) {
    if (clock.elapsed() >= deadline) return condition();
    never.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

void House::await(const std::string& what, const std::function<bool()>& condition) {
  BOOST_REQUIRE_MESSAGE(comes(condition), "waited in vain: " << what);
}

void House::await_file(const std::string& name, const std::string& part) const {
  await(name + " with '" + part + "'",
        [&] { return there(name) && text(name).find(part) != std::string::npos; });
}

void House::await_error(const std::string& part) const { await_file("Logs/Local/errors.md", part); }

std::string House::status(const std::string& kind, const std::string& id) const {
  const auto answer = node_->get({.kind = kind, .id = id});
  return answer ? answer->status : "";
}

approval::View House::view(const std::string& id) const {
  const auto answer = must(node_->get({.kind = "approval", .id = id}));
  return dynamic_cast<const approval::View&>(*answer.view);
}

std::uint64_t House::sequence(const std::string& id) const {
  return must(node_->get({.kind = "approval", .id = id})).sequence;
}

void House::propose(const std::string& id, const approval::Propose& content) {
  must(command(id, std::make_shared<approval::Propose>(content), "agent-7"));
}

void House::approve(const std::string& id) { must(try_approve(id)); }

Result<runtime::Answer> House::try_approve(const std::string& id) {
  const auto seen = view(id);
  auto approve = std::make_shared<approval::Approve>();
  approve->set_digest(seen.digest());
  approve->set_approver(approver);
  approve->set_nonce(to_base64url(random_bytes(16)));
  approve->set_signature(to_base64url(
      key_.sign(approval_text(seen.digest(), "approve", approve->nonce(), "", seen.executor()))));
  return command(id, std::move(approve), approver);
}

void House::reject(const std::string& id, const std::string& reason) {
  auto reject = std::make_shared<approval::Reject>();
  reject->set_reason(reason);
  must(command(id, std::move(reject), approver));
}

Result<runtime::Answer> House::command(const EntityRef& entity,
                                       std::shared_ptr<const google::protobuf::Message> body,
                                       const std::string& principal) {
  runtime::Command command;
  command.entity = entity;
  command.body = std::move(body);
  command.caller.principal = principal;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE, SCOPE_APPROVE};
  return node_->call(std::move(command), patience);
}

approval::Propose proposal() {
  approval::Propose content;
  content.set_title("A reply");
  content.set_category(approval::CATEGORY_EMAIL);
  content.set_body("From an agent");
  content.add_to("jane@example.com");
  content.set_subject("Re: you");
  return content;
}

std::string mail(const std::string& subject, const std::string& body) {
  return "---\nto: jane@example.com\nsubject: \"" + subject + "\"\n---\n\n" + body + "\n";
}

}  // namespace nightshift::bridges::vault
