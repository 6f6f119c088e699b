// One server: reached, lost, reached again; its tools, its calls.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/mcp/servers/agenda.hpp"
#include "bridges/mcp/servers/servers.hpp"
#include "bridges/mcp/transport/connection.hpp"

namespace nightshift::bridges::mcp {

/// Used by the bridge's thread alone. Lives as long as the bridge.
class Server {
 public:
  struct House {
    runtime::Node& node;
    const ServersOptions& options;
    std::shared_ptr<Agenda> agenda;
    /// What it offers has changed; null where it is not reached.
    std::function<void(const std::string& server, std::shared_ptr<const Tools>)> offers;
  };

  Server(std::string name, const House& house) : name_(std::move(name)), house_(house) {}

  /// What the journal says of it now.
  void see(const mcp_server::View& view);
  /// It was deleted.
  void forget();
  /// The streams of its process have come or gone.
  void streams_changed() { reach_at_ = Moment::min(); }

  /// Does what is due.
  void turn(Moment now);
  /// When to do so again.
  std::optional<Moment> next() const;
  void call(ToolCall call, Servers::OnEnd on_end);
  bool is_reached() const { return open_; }
  /// The bridge goes: what waits is answered, and it is not reached again.
  void close() {
    wanted_ = false;
    lose({ErrorCode::stopping, "the node stops", {}});
  }

 private:
  /// A list of tools that is being read, page by page.
  struct Listing {
    Tools tools;
    std::vector<std::string> refused;
    int pages = 0;
  };
  struct Waiting {
    ToolCall call;
    Servers::OnEnd on_end;
  };

  // reaching it
  void reach(Moment now);
  void reach_process(Moment now);
  void reach_address(Moment now);
  void define_process();
  void restart_process(const std::string& run);
  void attach(std::unique_ptr<Link> link, OpeningMode opening);
  void missing(Moment now, const std::string& why);
  void lose(const Error& why);
  std::string process_words() const;

  // what it says
  void hear(News news);
  void opened(const ServerFacts& facts);
  void probe(Moment now);
  void list(Moment now);
  void read_page(std::string cursor);
  void page_came(Outcome outcome);
  void listed();
  void probed(const Outcome& outcome);

  // its calls
  void call_now(Waiting waiting);
  void call_what_waits();
  Result<Call> call_of(const ToolCall& call) const;

  // the journal
  void write_down(std::shared_ptr<const google::protobuf::Message> command);
  template <class Message>
  void report(Message message) {
    write_down(std::make_shared<const Message>(std::move(message)));
  }
  void send_report();
  template <class Message>
  void tell_process(Message message);

  void log(const std::string& line) const;
  bool is_stdio() const { return !config_.command().empty(); }
  Moment now() const { return house_.options.clock->elapsed(); }
  std::chrono::microseconds patience() const;

  const std::string name_;
  const House house_;
  McpServerConfig config_;
  /// It is to be reached.
  bool wanted_ = false;

  std::unique_ptr<Connection> connection_;
  /// Which connection news are of.
  std::uint64_t generation_ = 0;
  bool open_ = false;
  bool process_defined_ = false;
  std::string restarted_run_;
  Moment reach_at_ = Moment::min();
  std::optional<Moment> missing_since_;
  /// Connections that were lost soon, in a row.
  int losses_ = 0;
  Moment attached_at_{};

  bool has_tools_ = false;
  bool stateless_ = false;
  std::shared_ptr<const Tools> tools_;
  std::optional<Listing> listing_;
  /// The server says that they are others.
  bool relist_ = false;
  Moment list_not_before_{};
  std::chrono::microseconds list_pause_{};
  std::deque<Waiting> waiting_;

  bool probing_ = false;
  Moment probe_at_{};
  int silences_ = 0;

  std::deque<std::shared_ptr<const google::protobuf::Message>> reports_;
  bool reporting_ = false;
  std::optional<Moment> report_at_;
};

}  // namespace nightshift::bridges::mcp
