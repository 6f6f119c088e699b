// Reaches it, and keeps it.
#include "bridges/mcp/servers/server.hpp"

#include <algorithm>

#include "bridges/mcp/transport/http_link.hpp"
#include "bridges/mcp/transport/stdio_link.hpp"
#include "messages/mcp_words.hpp"
#include "messages/process.pb.h"

namespace nightshift::bridges::mcp {
namespace {

namespace pb = nightshift::mcp_server;
using std::chrono::microseconds;
using std::chrono::seconds;

/// A process that starts is not missed for so long.
constexpr seconds start_patience{10};
constexpr seconds patience_max{60};
/// A connection that held for so long was a good one.
constexpr seconds good_after{60};
constexpr std::size_t reports_max = 256;
constexpr seconds report_again_after{1};

}  // namespace

void Server::see(const pb::View& view) {
  const bool other = !wanted_ || view.config().SerializeAsString() != config_.SerializeAsString();
  if (!other) return;
  // Policies are looked up where they are asked for: only another way to it is another server.
  const bool elsewhere =
      !wanted_ || view.config().command() != config_.command() ||
      view.config().url() != config_.url() ||
      process_of(view.config(), name_).SerializeAsString() !=
          process_of(config_, name_).SerializeAsString() ||
      !std::ranges::equal(view.config().headers(), config_.headers()) ||
      !std::ranges::equal(view.config().secret_headers(), config_.secret_headers()) ||
      view.config().ca_file() != config_.ca_file();
  const bool was_process = wanted_ && is_stdio();
  config_ = view.config();
  wanted_ = true;
  if (!elsewhere) return;
  if (connection_) lose({ErrorCode::stopping, "it was defined anew", {}});
  if (was_process && !is_stdio()) tell_process(nightshift::process::Delete());
  process_defined_ = false;
  losses_ = 0;
  missing_since_.reset();
  reach_at_ = Moment::min();
}

void Server::forget() {
  if (!wanted_) return;
  wanted_ = false;
  if (connection_) lose({ErrorCode::stopping, "it was deleted", {}});
  reports_.clear();
  if (is_stdio()) tell_process(nightshift::process::Delete());
}

void Server::turn(Moment now) {
  if (report_at_ && now >= *report_at_) {
    report_at_.reset();
    send_report();
  }
  if (!wanted_) return;
  if (!connection_) {
    if (now >= reach_at_) reach(now);
    return;
  }
  if (!open_) return;
  if (relist_ && !listing_ && now >= list_not_before_) list(now);
  if (!probing_ && !listing_ && now >= probe_at_) probe(now);
}

std::optional<Moment> Server::next() const {
  auto next = report_at_;
  const auto also = [&next](Moment moment) { next = next ? std::min(*next, moment) : moment; };
  if (!wanted_) return next;
  if (!connection_) also(reach_at_);
  if (open_ && relist_ && !listing_) also(list_not_before_);
  if (open_ && !probing_ && !listing_) also(probe_at_);
  return next;
}

microseconds Server::patience() const {
  const auto base = microseconds(house_.options.reach_again_after);
  return std::min<microseconds>(base * (1 << std::min(losses_, 6)), patience_max);
}

// ---- reaching it

void Server::reach(Moment now) {
  if (is_stdio()) {
    reach_process(now);
  } else {
    reach_address(now);
  }
}

void Server::reach_process(Moment now) {
  if (!process_defined_) define_process();
  const auto process = mcp_process(name_);
  auto ends = house_.options.streams->take(process, "the MCP bridge");
  if (ends) {
    attach(std::make_unique<StdioLink>(std::move(ends->input), std::move(ends->output)),
           OpeningMode::probe);
    return;
  }
  if (ends.error().code == ErrorCode::conflict) {
    // What was said to this run before cannot be known.
    restart_process(house_.options.streams->run_of(process));
  }
  missing(now, process_words());
}

/// It is not there now, and may be soon: whoever brings it wakes the bridge.
void Server::missing(Moment now, const std::string& why) {
  if (!missing_since_) missing_since_ = now;
  const auto patient_until = *missing_since_ + start_patience;
  if (now < patient_until) {
    reach_at_ = patient_until;
    return;
  }
  report(report_of(Error{ErrorCode::unreachable, why, {}}, {}));
  reach_at_ = now + std::max<microseconds>(probe_every(config_), start_patience);
}

std::string Server::process_words() const {
  const auto process = mcp_process(name_);
  const auto answer = house_.node.get({"process", process});
  if (!answer) return "its process " + process + " is not there";
  const auto view = std::dynamic_pointer_cast<const nightshift::process::View>(answer->view);
  std::string text = "its process " + process + " is " + answer->status;
  if (view && !view->cause().empty()) text += ": " + view->cause();
  return text;
}

void Server::reach_address(Moment now) {
  auto address = address_of(config_, house_.options.secret);
  if (address) {
    attach(std::make_unique<HttpLink>(std::move(*address), house_.options.clock),
           OpeningMode::probe);
    return;
  }
  report(report_of(Error{ErrorCode::unauthenticated, address.error().detail, {}}, {}));
  ++losses_;
  reach_at_ = now + std::max<microseconds>(patience(), probe_every(config_));
}

void Server::define_process() {
  process_defined_ = true;
  nightshift::process::Define define;
  *define.mutable_config() = process_of(config_, name_);
  define.set_start(true);
  tell_process(std::move(define));
}

void Server::restart_process(const std::string& run) {
  if (run.empty() || restarted_run_ == run) return;
  restarted_run_ = run;
  tell_process(nightshift::process::Restart());
}

template <class Message>
void Server::tell_process(Message message) {
  runtime::Command command;
  command.entity = {"process", mcp_process(name_)};
  command.body = std::make_shared<Message>(std::move(message));
  command.caller = kernel::Caller::of_host();
  house_.node.submit(std::move(command),
                     [agenda = house_.agenda, this](const Result<runtime::Answer>& answer) {
                       if (answer) return;
                       agenda->add([this, error = answer.error()] {
                         log("its process: " + std::string(error.message()));
                         // Asked again when it is looked at again.
                         process_defined_ = false;
                         restarted_run_.clear();
                       });
                     });
}

void Server::attach(std::unique_ptr<Link> link, OpeningMode opening) {
  ClientOptions client;
  client.version = house_.options.version;
  client.opening = opening;
  if (!is_stdio()) client.probe_timeout = client.open_timeout;
  const auto generation = ++generation_;
  missing_since_.reset();
  attached_at_ = now();
  connection_ = std::make_unique<Connection>(
      std::move(link), std::move(client), house_.options.clock,
      [agenda = house_.agenda, this, generation](News news) {
        agenda->add([this, generation, news = std::move(news)]() mutable {
          if (generation == generation_ && connection_) hear(std::move(news));
        });
      });
}

void Server::lose(const Error& why) {
  const bool was_good = open_ && now() - attached_at_ >= good_after;
  losses_ = was_good ? 0 : losses_ + 1;
  ++generation_;
  open_ = probing_ = relist_ = false;
  silences_ = 0;
  listing_.reset();
  tools_ = nullptr;
  house_.offers(name_, nullptr);
  // What is under way ends here, as unknown.
  connection_.reset();
  for (auto& waiting : std::exchange(waiting_, {})) waiting.on_end(Unanswered{why, false});
  reach_at_ = now() + patience();
}

// ---- the journal

void Server::write_down(std::shared_ptr<const google::protobuf::Message> command) {
  if (!wanted_) return;
  if (reports_.size() >= reports_max) reports_.pop_front();
  reports_.push_back(std::move(command));
  send_report();
}

/// One at a time, in order.
void Server::send_report() {
  if (reporting_ || report_at_ || reports_.empty()) return;
  reporting_ = true;
  runtime::Command command;
  command.entity = {"mcp_server", name_};
  command.body = reports_.front();
  command.caller = kernel::Caller::of_host();
  const auto* const sent = reports_.front().get();
  house_.node.submit(std::move(command),
                     [agenda = house_.agenda, this, sent](const Result<runtime::Answer>& answer) {
                       const auto error = answer ? std::nullopt : std::optional(answer.error());
                       agenda->add([this, sent, error] {
                         reporting_ = false;
                         const bool is_first = !reports_.empty() && reports_.front().get() == sent;
                         if (error && info(error->code).http_status >= 500) {
                           // Nothing was decided.
                           report_at_ = now() + report_again_after;
                           return;
                         }
                         if (error) log("cannot be written down: " + std::string(error->message()));
                         if (is_first) reports_.pop_front();
                         send_report();
                       });
                     });
}

void Server::log(const std::string& line) const {
  if (house_.options.log) house_.options.log(name_ + ": " + line);
}

}  // namespace nightshift::bridges::mcp
