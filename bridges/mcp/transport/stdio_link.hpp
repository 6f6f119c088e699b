// Messages as lines over two descriptors: what a child reads and writes.
#pragma once

#include <memory>
#include <string>

#include "bridges/mcp/protocol/line_reader.hpp"
#include "bridges/mcp/transport/link.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::mcp {

/// Lost when the server closes its end, does not read `unsent_bytes_max`, or writes a line that
/// does not end within `endless_bytes_max`. The process must ignore SIGPIPE.
class StdioLink final : public Link {
 public:
  static constexpr std::size_t endless_bytes_max = 256u << 20;

  /// `input` is what the server reads. Both are made non-blocking.
  StdioLink(runtime::Descriptor input, runtime::Descriptor output);

  void send(Outgoing message) override;
  void turn(Ear& ear, int wake, std::optional<std::chrono::milliseconds> longest) override;
  /// Closes the server's input, which is how it is told to end.
  void close() override { input_.close(); }

 private:
  void write(Ear& ear);
  void read(Ear& ear);
  bool read_some(Ear& ear);

  runtime::Descriptor input_;
  runtime::Descriptor output_;
  LineReader reader_{message_bytes_max};
  std::unique_ptr<char[]> buffer_;
  std::string unsent_;
  std::size_t written_ = 0;
};

}  // namespace nightshift::bridges::mcp
