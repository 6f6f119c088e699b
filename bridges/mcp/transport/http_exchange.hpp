// One request of HTTP and its answer, as far as it came.
#pragma once

#include <curl/curl.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/curl/transfer.hpp"
#include "bridges/mcp/protocol/event_stream.hpp"
#include "bridges/mcp/transport/link.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::bridges::mcp {

struct HttpAddress {
  std::string url;
  /// Fields that every request has, `Name: value`; they may hold secrets.
  std::vector<runtime::SecretText> headers;
  /// Instead of the system's certificates, unless empty.
  std::filesystem::path ca_file;
};

/// Runs in a multi handle; `handle` is to be added to one, and removed before this goes.
class HttpExchange {
 public:
  enum class Verb { post, get, remove };

  /// `message` is what it is about; only a POST sends its text. `fields` are `Name: value`.
  HttpExchange(const HttpAddress& address, Verb verb, Outgoing message,
               const std::vector<std::string>& fields);
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  CURL* handle() const { return transfer_.handle(); }
  /// Who hears the events of a stream while it runs.
  void set_ear(Ear* ear) { ear_ = ear; }

  Verb verb() const { return verb_; }
  const Outgoing& message() const { return message_; }
  /// A byte of the request may have left this machine.
  bool begun() const { return begun_; }
  /// Of a whole header block; 0 where none came.
  int status() const { return status_; }
  bool is_stream() const { return is_stream_; }
  bool is_json() const { return is_json_; }
  bool was_too_large() const { return too_large_; }
  const std::string& body() const { return body_; }
  const std::string& session() const { return session_; }
  const EventStream& events() const { return events_; }
  /// Why there was no answer, or no more of it.
  std::string why(CURLcode result) const;

 private:
  template <class Value>
  void set(CURLoption option, Value value);
  void set_request(const HttpAddress& address, const std::vector<std::string>& fields);
  void set_transport();
  void set_callbacks();
  void take_line(std::string_view line);
  bool take_body(std::string_view bytes);

  static int on_connected(void* self, char*, char*, int, int);
  static std::size_t on_line(char* bytes, std::size_t, std::size_t size, void* self);
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self);

  const Verb verb_;
  const Outgoing message_;
  Transfer transfer_;
  Ear* ear_ = nullptr;
  bool begun_ = false;
  int status_ = 0;
  bool is_stream_ = false;
  bool is_json_ = false;
  bool too_large_ = false;
  std::size_t head_bytes_ = 0;
  std::string session_;
  std::string body_;
  EventStream events_{message_bytes_max};
};

}  // namespace nightshift::bridges::mcp
