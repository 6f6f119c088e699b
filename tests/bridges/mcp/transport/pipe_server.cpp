// Reads blocking, writes blocking, and ends with its pipes.
#include "tests/bridges/mcp/transport/pipe_server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cassert>

#include "bridges/mcp/protocol/message.hpp"

namespace nightshift::tests {
namespace {

namespace mcp = bridges::mcp;

constexpr auto method_not_found = R"("error":{"code":-32601,"message":"Method not found"}})";
constexpr auto initialised =
    R"("result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"pipe"}}})";

std::array<runtime::Descriptor, 2> make_pipe() {
  std::array<int, 2> ends{};
  [[maybe_unused]] const auto made = ::pipe2(ends.data(), O_CLOEXEC);
  assert(made == 0);
  return {runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

bool write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(to, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool open_session(const std::string& line, const PipeServer::Write& write, bool& handled) {
  const auto* answer = line.find("server/discover") != line.npos  ? method_not_found
                       : line.find("\"initialize\"") != line.npos ? initialised
                                                                  : nullptr;
  handled = answer != nullptr || line.find("notifications/initialized") != line.npos;
  if (answer == nullptr) return true;
  return write(R"({"jsonrpc":"2.0","id":)" + std::to_string(request_of(line)) + "," + answer +
               "\n");
}

}  // namespace

std::int64_t request_of(const std::string& line) {
  const auto message = mcp::read_message(line);
  const auto* request = message ? std::get_if<mcp::Request>(&*message) : nullptr;
  if (request == nullptr) return 0;
  return std::get<std::int64_t>(request->id);
}

bool echo_numbers(const std::string& line, const PipeServer::Write& write) {
  const auto id = request_of(line);
  if (id == 0) return true;
  return write(mcp::write_success(id, R"({"n":)" + std::to_string(id) + "}") + "\n");
}

PipeServer::PipeServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  auto [server_reads, client_writes] = make_pipe();
  auto [client_reads, server_writes] = make_pipe();
  input_ = std::move(client_writes);
  output_ = std::move(client_reads);
  thread_ = std::jthread([this, in = std::move(server_reads), out = std::move(server_writes)] {
    run(in.get(), out.get());
  });
}

PipeServer::~PipeServer() {
  input_.close();
  output_.close();
}

std::unique_ptr<mcp::Link> PipeServer::link() {
  return std::make_unique<mcp::StdioLink>(std::move(input_), std::move(output_));
}

void PipeServer::run(int in, int out) {
  const Write write = [out](std::string_view bytes) { return write_all(out, bytes); };
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const auto count = ::read(in, buffer.data(), buffer.size());
    if (count <= 0) return;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
      const auto line = bytes.substr(0, end);
      bytes.erase(0, end + 1);
      bool handled = false;
      if (!open_session(line, write, handled)) return;
      if (!handled && !behaviour_(line, write)) return;
    }
  }
}

}  // namespace nightshift::tests
