// A thread that reads and writes many connections, and never waits for one of them.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bridges/http/connection.hpp"

namespace nightshift::bridges::http {

class Loop {
 public:
  explicit Loop(const Premises& premises);
  /// Waits until every connection has ended: call `stop` before.
  ~Loop();

  /// Begins. What `listener` accepts is passed on; it may be null.
  void start(const Socket* listener, std::function<void(Socket)> accepted);
  /// Serves a connection. Any thread.
  void adopt(Socket socket) { mailbox_->adopt(std::move(socket)); }
  /// Accepts no more, lets what is being answered end, and ends. Any thread.
  void stop() { mailbox_->stop(); }

 private:
  enum class Step { answered, away, more };

  void run();
  void turn();
  void accept();
  void accept_later(SteadyTime when);
  /// True if a crowd would end those who had no time to speak: the system holds it meanwhile.
  bool crowded();
  void take_in(Socket socket);
  void read_mail();
  /// Ends what is idle, and hurries what is being written.
  void hang_up();
  /// As the server stops: ends it, or hurries it. True if it has ended.
  bool part_with(Connection& connection);

  /// Reads, serves and writes as far as that goes now.
  void advance(Connection& connection);
  void advance_leaving(Connection& connection);
  void look_later(Connection& connection);
  void close(Connection& connection);
  void seat(Connection& connection);
  void due(Connection& connection);
  void due_away(Connection& connection);
  /// Ends the connection that others will miss least; false if there is none.
  bool make_room();

  // loop_requests.cpp
  Step serve(Connection& connection);
  Step serve_post(Connection& connection, Asking asking, Admitted admitted);
  Step refuse(Connection& connection, Asking asking, Response&& response);
  Step hand_to_worker(Connection& connection, const Asking& asking, Admitted admitted);
  Step begin(Connection& connection, std::unique_ptr<Later> later);

  const Premises& premises_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Poller poller_;
  Deadlines deadlines_;
  std::unordered_map<Connection*, ConnectionPtr> connections_;
  /// Until nobody can name them any more.
  std::vector<ConnectionPtr> closed_;
  const Socket* listener_ = nullptr;
  std::function<void(Socket)> accepted_;
  /// While nobody is accepted: until when.
  SteadyTime accept_again_ = never;
  /// Who came in a window, and when that ends; a new one begins where all places are taken.
  std::size_t crowders_ = 0;
  SteadyTime crowded_until_{};
  bool stopping_ = false;
  SteadyTime now_;
  Head head_;
  std::array<char, 64u << 10> scratch_;
  std::thread thread_;
};

}  // namespace nightshift::bridges::http
