// Header blocks of answers.
#include "bridges/http/answer_text.hpp"

#include "bridges/http/problem.hpp"

namespace nightshift::bridges::http {

std::string answer_text(const Response& response, bool keep_alive) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: ";
  out += response.etag ? "no-cache" : "no-store";
  if (response.etag) {
    out += "\r\nETag: \"";
    out += std::to_string(*response.etag);
    out += '"';
  }
  for (const auto& [name, value] : response.headers) {
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  if (response.status != 304) {
    out += "\r\nContent-Type: ";
    out += response.content_type;
  }
  if (response.status != 304 && !response.follow) {
    out += "\r\nContent-Length: ";
    out += std::to_string(response.body.size());
  }
  out += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  return out;
}

}  // namespace nightshift::bridges::http
