// Puts node and bridge together.
#include "tests/bridges/git/rounds/study.hpp"

#include "bridges/git/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

constexpr std::chrono::seconds patience{60};

}  // namespace

Study::Study(const std::string& its_name, bridges::git::Role role)
    : name(its_name),
      vault(yard.path(its_name)),
      role_(role),
      clock_(std::make_shared<runtime::SystemClock>()) {
  const auto made = bridges::git::make_premises(vault, "main", yard.remote().string());
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().words));
}

Study::~Study() { close(); }

void Study::open(const std::function<void(bridges::git::GitBridgeOptions&)>& adjust) {
  const auto* role = role_ == bridges::git::Role::cloud ? "cloud" : "local";
  node_ = must(runtime::start_node(open_journal(yard.path("journal"), name, clock_, role),
                                   all_kinds(), clock_, {}, {}));
  auto define = std::make_shared<sync::Define>();
  define->mutable_config()->set_remote(yard.remote().string());
  define->mutable_config()->set_branch("main");
  define->mutable_config()->set_side(role);
  runtime::Command command;
  command.entity = {.kind = "sync", .id = name};
  command.body = define;
  command.caller = kernel::Caller::of_host();
  must(node_->call(std::move(command), patience));
  bridges::git::GitBridgeOptions options;
  options.sync = yard.options(name, role_);
  options.pace = {.interval = std::chrono::hours(1),
                  .settle = std::chrono::milliseconds(20),
                  .settle_max = std::chrono::seconds(1)};
  options.access = [access = options.sync.access]() -> Result<bridges::git::Access> {
    return access;
  };
  if (adjust) adjust(options);
  bridge_ = must(bridges::git::GitBridge::start(*node_, std::move(options)));
}

void Study::close() {
  bridge_.reset();
  node_.reset();
}

sync::View Study::view() const {
  const auto answer = must(node_->get({.kind = "sync", .id = name}));
  return dynamic_cast<const sync::View&>(*answer.view);
}

std::string Study::status() const { return must(node_->get({.kind = "sync", .id = name})).status; }

void Study::await(const std::string& what,
                  const std::function<bool(const sync::View&)>& condition) const {
  eventually([&] { return condition(view()); }, what);
}

void Study::await_status(const std::string& wanted) const {
  await("it is " + wanted, [&](const auto& view) { return view.sync_status() == wanted; });
}

sync::View Study::now(bool take_rewound) {
  auto command = std::make_shared<sync::Now>();
  command->set_take_rewound(take_rewound);
  const auto answer = must(tell(command));
  const auto asked = dynamic_cast<const sync::View&>(*answer.view).asked();
  await("the round is over", [asked](const auto& view) { return view.answered() >= asked; });
  return view();
}

Result<runtime::Answer> Study::tell(std::shared_ptr<const google::protobuf::Message> body,
                                    std::set<Scope> scopes) {
  runtime::Command command;
  command.entity = {.kind = "sync", .id = name};
  command.body = std::move(body);
  command.caller = {.principal = "mara", .scopes = std::move(scopes)};
  return node_->call(std::move(command), patience);
}

}  // namespace nightshift::tests
