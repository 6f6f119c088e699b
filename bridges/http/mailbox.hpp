// What other threads have for a loop.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "bridges/http/poller.hpp"
#include "bridges/http/socket.hpp"

namespace nightshift::bridges::http {

class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

/// Thread-safe. Shared with whoever may have something when the loop has ended: then it is dropped.
class Mailbox {
 public:
  struct Mail {
    /// The loop has to look at these.
    std::vector<ConnectionPtr> connections;
    /// Accepted just now.
    std::vector<Socket> sockets;
    bool stop = false;
  };

  void look_at(ConnectionPtr connection) {
    put([&] { mail_.connections.push_back(std::move(connection)); });
  }
  void adopt(Socket socket) {
    put([&] { mail_.sockets.push_back(std::move(socket)); });
  }
  void stop() {
    put([&] { mail_.stop = true; });
  }

  /// Everything; `stop` stays.
  Mail take() {
    const std::scoped_lock lock(mutex_);
    Mail mail{.connections = {}, .sockets = {}, .stop = mail_.stop};
    mail.connections.swap(mail_.connections);
    mail.sockets.swap(mail_.sockets);
    return mail;
  }
  /// Drops what is there and what comes: a connection holds its loop's mailbox, and would stay.
  void close() {
    Mail dropped;
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    std::swap(dropped, mail_);
  }
  Bell& bell() { return bell_; }

 private:
  template <class Put>
  void put(Put put) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return;
      put();
    }
    bell_.ring();
  }

  std::mutex mutex_;
  Mail mail_;
  bool closed_ = false;
  Bell bell_;
};

}  // namespace nightshift::bridges::http
