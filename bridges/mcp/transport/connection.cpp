// Deeds of other threads come in by a queue, and wake the loop through an eventfd.
#include "bridges/mcp/transport/connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>

namespace nightshift::bridges::mcp {
namespace {

using std::chrono::milliseconds;

}  // namespace

/// What lives on the connection's thread alone.
class Connection::Loop final : public Ear {
 public:
  Loop(std::unique_ptr<Link> link, ClientOptions options, runtime::Clock& clock, OnNews on_news)
      : link_(std::move(link)),
        clock_(clock),
        client_(std::move(options)),
        on_news_(std::move(on_news)) {
    client_.open(clock_.elapsed());
  }

  void turn(int wake) {
    settle();
    if (client_.is_closed()) {
      link_.reset();
      wait_for(wake);
      return;
    }
    link_->turn(*this, wake, longest());
    client_.elapsed(clock_.elapsed());
    settle();
  }
  void end(const Error& why) {
    client_.lost(why);
    settle();
    if (link_) link_->close();
  }

  void call(Ticket ticket, Call call, OnEnd on_end) {
    const auto id = client_.call(std::move(call), clock_.elapsed());
    if (!id) return on_end(Unanswered{id.error(), false});
    calls_.emplace(*id, Waiting{ticket, std::move(on_end)});
  }
  void cancel(Ticket ticket, const std::string& reason) {
    const auto found =
        std::ranges::find(calls_, ticket, [](const auto& item) { return item.second.ticket; });
    if (found != calls_.end()) client_.cancel(found->first, reason);
  }
  Result<void> answer(QuestionId question, const Reply& reply) {
    return client_.answer(question, reply, clock_.elapsed());
  }

  void received(std::string_view message) override { client_.received(message, clock_.elapsed()); }
  void overlong() override { client_.overlong(); }
  bool awaits(std::int64_t request) const override { return client_.awaits(request); }
  void undelivered(std::int64_t request, Unanswered why) override {
    client_.undelivered(request, std::move(why), clock_.elapsed());
  }
  void lost(Error why) override { client_.lost(std::move(why)); }

 private:
  struct Waiting {
    Ticket ticket;
    OnEnd on_end;
  };

  static void wait_for(int wake) {
    pollfd wait{wake, POLLIN, 0};
    ::poll(&wait, 1, -1);
  }

  std::optional<milliseconds> longest() const {
    const auto next = client_.next_deadline();
    if (!next) return std::nullopt;
    const auto left = std::chrono::ceil<milliseconds>(*next - clock_.elapsed());
    return std::clamp(left, milliseconds(0), milliseconds(60'000));
  }

  void settle() {
    for (auto& message : client_.take_outgoing()) link_->send(std::move(message));
    for (auto& news : client_.take_news()) {
      auto* ended = std::get_if<Ended>(&news);
      if (ended == nullptr) {
        on_news_(std::move(news));
        continue;
      }
      auto waiting = calls_.extract(ended->call);
      assert(!waiting.empty());
      waiting.mapped().on_end(std::move(ended->outcome));
    }
  }

  std::unique_ptr<Link> link_;
  runtime::Clock& clock_;
  Client client_;
  const OnNews on_news_;
  std::unordered_map<CallId, Waiting> calls_;
};

Connection::Connection(std::unique_ptr<Link> link, ClientOptions options,
                       std::shared_ptr<runtime::Clock> clock, OnNews on_news)
    : clock_(std::move(clock)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  assert(wake_);
  thread_ = std::thread([this, link = std::move(link), options = std::move(options),
                         on_news = std::move(on_news)]() mutable {
    run(std::move(link), std::move(options), std::move(on_news));
  });
}

Connection::~Connection() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void Connection::run(std::unique_ptr<Link> link, ClientOptions options, OnNews on_news) {
  Loop loop(std::move(link), std::move(options), *clock_, std::move(on_news));
  const auto is_ending = [this] {
    const std::lock_guard lock(mutex_);
    return ending_;
  };
  while (!is_ending()) {
    eventfd_t count = 0;
    ::eventfd_read(wake_.get(), &count);
    for (auto& deed : take_deeds()) deed(loop);
    loop.turn(wake_.get());
  }
  for (auto& deed : take_deeds()) deed(loop);
  loop.end({ErrorCode::stopping, "the connection to the server is being closed", {}});
}

std::vector<Connection::Deed> Connection::take_deeds() {
  const std::lock_guard lock(mutex_);
  return std::exchange(deeds_, {});
}

void Connection::post(Deed deed) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = deeds_.empty();
    deeds_.push_back(std::move(deed));
  }
  if (first) ::eventfd_write(wake_.get(), 1);
}

Connection::Ticket Connection::call(Call call, OnEnd on_end) {
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
  }
  post([ticket, call = std::move(call), on_end = std::move(on_end)](Loop& loop) mutable {
    loop.call(ticket, std::move(call), std::move(on_end));
  });
  return ticket;
}

void Connection::cancel(Ticket ticket, std::string reason) {
  post([ticket, reason = std::move(reason)](Loop& loop) { loop.cancel(ticket, reason); });
}

void Connection::answer(QuestionId question, Reply reply, std::function<void(Result<void>)> done) {
  post([question, reply = std::move(reply), done = std::move(done)](Loop& loop) {
    done(loop.answer(question, reply));
  });
}

}  // namespace nightshift::bridges::mcp
