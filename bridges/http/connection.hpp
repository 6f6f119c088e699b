// One connection: the bytes that have arrived, the request that they make, the answer on its way.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridges/http/deadlines.hpp"
#include "bridges/http/exchange.hpp"
#include "bridges/http/head.hpp"
#include "bridges/http/mailbox.hpp"
#include "bridges/http/premises.hpp"
#include "bridges/http/turn.hpp"

namespace nightshift::bridges::http {

/// A request that is being answered, as far as its answer depends on it.
struct Asking {
  const Route* route = nullptr;
  bool keep_alive = false;
  bool with_body = true;
  SteadyTime began;
};

/// What the loop waits for while it is not its turn.
struct Awaited {
  std::uint64_t number = 0;
  SteadyTime until = never;
  std::string command_id;
};

/// Used by whose turn it is: its loop, or who answers (`answer`). Never waits.
class Connection final : public Timed, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, const Premises& premises, std::shared_ptr<Mailbox> loop);

  Turn& turn() { return turn_; }
  const Socket& socket() const { return socket_; }
  bool open() const { return socket_.open(); }
  /// Whoever still holds it holds next to nothing.
  void close();

  // -- reading

  enum class Received { bytes, nothing, end };
  /// What has arrived, by way of `scratch`. Refuses what is more than the memory for requests.
  Received receive(std::span<char> scratch);
  /// More may have arrived. `certainly` wants it read until the system says that there is nothing.
  void expect_more(bool certainly);

  /// The header block of the next request into `head`, views into what has arrived; false if it is
  /// not whole. Errors: what it is refused for.
  Result<bool> read_head(Head& head);
  bool framed() const { return request_bytes_ > 0; }
  /// True while the body is awaited.
  bool awaits_body() const { return input_.size() < request_bytes_; }
  /// Where the request ends; awaits its body if that has not arrived whole.
  void frame(const Head& head);
  /// The same for one whose body nobody reads. False if it has not arrived whole: then the
  /// connection must end, or it would be taken for the next request.
  bool frame_unread(const Head& head);
  std::size_t request_bytes() const { return request_bytes_; }
  /// Refuses a body that does not come, and ends.
  void refuse_body();
  std::string_view head_text() const { return std::string_view(input_).substr(0, head_bytes_); }
  std::string_view body() const {
    return std::string_view(input_).substr(head_bytes_, request_bytes_ - head_bytes_);
  }
  /// True while a request, or the rest of one, is waited for.
  bool reading() const { return !ends_ && !later_ && !guest_ && output_.empty(); }
  /// Between two requests.
  bool idle() const { return input_.empty() && requests_ > 0; }
  std::size_t requests() const { return requests_; }
  /// How much its end would be missed, where others need the room: least who is between two
  /// requests, then who has not said what he wants, then who does not take what he was answered.
  /// Nothing where somebody works for it.
  std::optional<int> worth() const;
  /// True if there is, or may be, something behind the request.
  bool more_behind() const { return more_ || input_.size() > request_bytes_; }

  // -- answering

  /// The path of the request, for problems.
  std::string path() const;
  /// Refuses what is not a request, and ends.
  void refuse(const Error& error);
  void ask(const Asking& asking);
  /// Ends the request with this answer, as far as it can be written now.
  void complete(Response&& response);
  /// The same from any thread, if request `number` is not answered yet; gives the turn back.
  void answer(std::uint64_t number, Response&& response);
  /// The same, with `timed_out`; false if it is being answered. The loop's, like what follows.
  bool time_out(const Awaited& awaited);
  Awaited& awaited() { return awaited_; }
  /// Leaves the loop to begin what answers the request; gives the turn back.
  void leave_to_loop(std::unique_ptr<Later> later);
  bool has_later() const { return later_ != nullptr; }
  std::unique_ptr<Later> take_later() { return std::move(later_); }

  enum class Flushed { all, blocked, gone };
  Flushed flush();
  void send(std::string_view bytes) { write(bytes, {}); }

  /// Nothing more is read after the answer.
  bool ends() const { return ends_; }
  bool leaving() const { return leaving_; }
  /// Ends the sending side; what arrives is dropped from now on, so that the peer sees the answer
  /// before its own unread bytes reset the connection.
  void leave();
  /// False when it has sent enough of that.
  bool drop_input();

  /// A subscriber leaves the loop for the feed.
  bool follows() const { return guest_ != nullptr; }
  std::unique_ptr<Guest> take_guest();

  /// When the peer has to have done what is its to do.
  SteadyTime until() const { return until_; }
  void set_until(SteadyTime until) { until_ = until; }

 private:
  /// False if the memory for requests is used up.
  bool charge();
  void write(std::string_view first, std::string_view second);
  void end_request();
  void give_turn_back();

  Socket socket_;
  const Premises& premises_;
  const std::shared_ptr<Mailbox> loop_;
  Turn turn_;
  Charge memory_;
  Presence presence_;
  SteadyTime until_ = never;

  std::string input_;
  HeadScanner scanner_;
  bool head_begun_ = false;
  std::size_t head_bytes_ = 0;
  std::size_t request_bytes_ = 0;
  std::size_t dropped_bytes_ = 0;
  std::size_t requests_ = 0;
  bool more_ = true;
  bool until_empty_ = false;

  Asking asking_;
  Awaited awaited_;
  /// What has not been written: from `written_` on.
  std::string output_;
  std::size_t written_ = 0;
  std::unique_ptr<Later> later_;
  std::unique_ptr<Guest> guest_;
  bool gone_ = false;
  bool ends_ = false;
  bool leaving_ = false;
};

}  // namespace nightshift::bridges::http
