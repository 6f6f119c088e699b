// How a loop serves a request: what is quick it does itself, what may take time it hands over.
#include <cassert>
#include <exception>

#include "bridges/http/loop.hpp"
#include "bridges/http/problem.hpp"

namespace nightshift::bridges::http {
namespace {

/// A larger request takes so long to be understood that others would notice.
constexpr std::size_t inline_bytes_max = 16u << 10;

Response too_large(const HttpOptions& options, const Head& head) {
  return problem({ErrorCode::too_large,
                  "a body may have " + std::to_string(options.body_bytes_max) +
                      " bytes, this one has " + std::to_string(head.content_length),
                  {}},
                 path_of(head));
}

/// On a worker. The loop has read the header block before, and found it in order.
void work(const Premises& premises, Connection& connection, std::uint64_t number,
          const Admitted& admitted) {
  Head head;
  [[maybe_unused]] const auto parsed = parse_head(connection.head_text(), head);
  assert(parsed);
  Response response = premises.api.answer(admitted, {head, connection.body()});
  if (response.later) return connection.leave_to_loop(std::move(response.later));
  connection.answer(number, std::move(response));
}

}  // namespace

Loop::Step Loop::serve(Connection& connection) {
  if (connection.has_later()) return begin(connection, connection.take_later());
  if (connection.awaits_body()) return Step::more;
  const auto there = connection.read_head(head_);
  if (!there) {
    connection.refuse(there.error());
    return Step::answered;
  }
  if (!*there) return Step::more;
  Asking asking{
      .route = nullptr,
      .keep_alive = head_.keep_alive && !stopping_ &&
                    connection.requests() + 1 < premises_.options.requests_per_connection_max,
      .with_body = head_.method != Method::head,
      .began = now_};
  // A body that nobody expects could hold anything.
  const bool post = head_.method == Method::post;
  asking.keep_alive = asking.keep_alive && (post || head_.content_length == 0);
  auto admitted = premises_.api.admit(head_);
  asking.route = admitted ? admitted->route : admitted.error().route;
  if (!admitted) return refuse(connection, asking, std::move(admitted.error().response));
  // Who has waited for its body has been looked at before.
  if (!connection.framed()) {
    if (const auto paced = premises_.api.pace(*admitted); !paced) {
      return refuse(connection, asking, problem(paced.error(), path_of(head_)));
    }
  }
  if (post) return serve_post(connection, asking, std::move(*admitted));
  connection.frame_unread(head_);
  return hand_to_worker(connection, asking, std::move(*admitted));
}

Loop::Step Loop::serve_post(Connection& connection, Asking asking, Admitted admitted) {
  if (!connection.framed()) {
    if (head_.content_length > premises_.options.body_bytes_max) {
      asking.keep_alive = false;
      return refuse(connection, asking, too_large(premises_.options, head_));
    }
    connection.frame(head_);
    if (connection.ends()) return Step::answered;
    if (connection.awaits_body()) return Step::more;
  }
  const bool quick = admitted.route->command && connection.request_bytes() <= inline_bytes_max;
  if (!quick) return hand_to_worker(connection, asking, std::move(admitted));
  connection.ask(asking);
  Response response = premises_.api.answer(admitted, {head_, connection.body()});
  if (response.later) return begin(connection, std::move(response.later));
  connection.complete(std::move(response));
  return Step::answered;
}

Loop::Step Loop::refuse(Connection& connection, Asking asking, Response&& response) {
  // What of the body is still to come would be taken for the next request.
  asking.keep_alive = connection.frame_unread(head_) && asking.keep_alive;
  connection.ask(asking);
  connection.complete(std::move(response));
  return Step::answered;
}

Loop::Step Loop::hand_to_worker(Connection& connection, const Asking& asking, Admitted admitted) {
  connection.ask(asking);
  const std::uint64_t number = connection.turn().give(connection.more_behind());
  connection.awaited() = {.number = number, .until = never, .command_id = {}};
  // The views of `admitted` are into what has arrived, which nobody changes meanwhile.
  Pool::Task task = [&premises = premises_, number, self = connection.shared_from_this(),
                     admitted = std::move(admitted)] { work(premises, *self, number, admitted); };
  if (premises_.workers.submit(task)) return Step::away;
  connection.answer(
      number,
      problem({ErrorCode::overloaded, "too many requests wait to be answered; try again", {}},
              path_of(head_)));
  return Step::answered;
}

Loop::Step Loop::begin(Connection& connection, std::unique_ptr<Later> later) {
  const std::uint64_t number = connection.turn().give(connection.more_behind());
  connection.awaited() = {
      .number = number, .until = now_ + later->longest, .command_id = std::move(later->command_id)};
  deadlines_.look_by(now_ + std::min(later->longest, premises_.options.idle_timeout), connection);
  const auto self = connection.shared_from_this();
  try {
    later->begin(
        [number, self](Response&& response) { self->answer(number, std::move(response)); });
  } catch (const std::exception& error) {
    self->answer(number, problem({ErrorCode::bug, error.what(), {}}, "/"));
  }
  return connection.turn().home() ? Step::answered : Step::away;
}

}  // namespace nightshift::bridges::http
