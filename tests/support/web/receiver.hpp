// An HTTP receiver that records what comes, and answers as it is told.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nightshift::tests {

/// One request, read whole.
struct Received {
  /// `POST /hook HTTP/1.1`.
  std::string line;
  /// Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
  std::chrono::steady_clock::time_point at;
};

/// What is sent back, byte for byte, and what follows.
struct Reply {
  enum class End {
    close,
    /// The connection is torn down (RST).
    reset,
    /// Nothing more comes, and the connection stays.
    hang,
    /// Filler without end.
    endless,
  };
  std::string bytes;
  End end = End::close;
};

/// `HTTP/1.1 STATUS`, with `headers` (each with its CRLF) and a body.
Reply answer(int status, const std::string& body = "{}", const std::string& headers = "");

/// Listens on 127.0.0.1, a thread for each connection. Its memory outlives whoever calls it.
class WebReceiver {
 public:
  using Behaviour = std::function<Reply(const Received&)>;

  /// `port` 0 takes a free one.
  explicit WebReceiver(
      Behaviour behaviour = [](const Received&) { return answer(200); }, int port = 0);
  /// Tears down what is open.
  ~WebReceiver();

  int port() const { return port_; }
  /// `http://127.0.0.1:PORT/PATH`.
  std::string url(const std::string& path = "/hook") const;

  void behave(Behaviour behaviour);
  /// So many connections from now on are closed without a byte read.
  void slam(int connections);

  std::vector<Received> received() const;
  std::size_t count() const;
  /// Connections that are not over yet.
  std::size_t open() const;
  /// Waits until so many requests were read; false at the deadline of a minute.
  bool await(std::size_t requests) const;

 private:
  void accept_all();
  void serve(int socket);
  void send(int socket, const Reply& reply);

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Behaviour behaviour_;
  int slams_ = 0;
  bool stopping_ = false;
  std::vector<Received> received_;
  /// One thread each, which has ended once its socket is not in here any more.
  std::list<int> open_;
  std::jthread acceptor_;
};

}  // namespace nightshift::tests
