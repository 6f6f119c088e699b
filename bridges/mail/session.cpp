// SMTP by libcurl, and how far it came.
#include "bridges/mail/session.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "bridges/curl/shown.hpp"
#include "bridges/curl/transfer.hpp"

namespace nightshift::bridges::mail {
namespace {

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    return ntohl(ip.sin_addr.s_addr) >> 24 == 127;
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 ip{};
  std::memcpy(&ip, &address, sizeof ip);
  return IN6_IS_ADDR_LOOPBACK(&ip.sin6_addr);
}

constexpr std::chrono::seconds farewell_within{2};

class Session {
 public:
  Session(const Letter& letter, const Probe& probe)
      : letter_(letter), probe_(probe), transfer_("smtp,smtps", letter.ca_file) {}

  Reception run() {
    set_envelope();
    set_login();
    set_transport();
    set_callbacks();
    pass("mail.connect");
    const auto result = curl_easy_perform(transfer_.handle());
    long code = 0;
    curl_easy_getinfo(transfer_.handle(), CURLINFO_RESPONSE_CODE, &code);
    reception_.code = static_cast<int>(code);
    reception_.taken = result == CURLE_OK && reception_.whole;
    reception_.login_refused = result == CURLE_LOGIN_DENIED;
    if (!reception_.taken) reception_.error = transfer_.why(result);
    pass("mail.end");
    return std::move(reception_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    transfer_.set(option, value);
  }

  void set_envelope() {
    // Who greets: the sender's domain, and not the name of this machine.
    const auto domain = letter_.from.substr(letter_.from.rfind('@') + 1);
    set(CURLOPT_URL, (letter_.url + "/" + domain).c_str());
    set(CURLOPT_MAIL_FROM, ("<" + letter_.from + ">").c_str());
    for (const auto& to : letter_.to) transfer_.add(CURLOPT_MAIL_RCPT, "<" + to + ">");
    set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 0L);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(letter_.message.size()));
  }

  void set_login() {
    if (letter_.password == nullptr) return;
    const runtime::WipedString password(std::string(letter_.password->reveal()));
    set(CURLOPT_USERNAME, letter_.user.c_str());
    set(CURLOPT_PASSWORD, password.text().c_str());
  }

  void set_transport() {
    transfer_.connect_anew();
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(letter_.timeout.count()));
    set(CURLOPT_USE_SSL, static_cast<long>(letter_.plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  }

  void set_callbacks() {
    set(CURLOPT_OPENSOCKETFUNCTION, &Session::on_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_READFUNCTION, &Session::on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Session::on_line);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_XFERINFOFUNCTION, &Session::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
  }

  /// About once a second.
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& session = *static_cast<Session*>(self);
    curl_off_t spent_us = 0;
    curl_easy_getinfo(session.transfer_.handle(), CURLINFO_TOTAL_TIME_T, &spent_us);
    const auto spent = std::chrono::microseconds(spent_us);
    if (spent + farewell_within >= session.letter_.timeout) session.part_soon();
    return 0;
  }

  /// libcurl says QUIT to everybody, and would hear the answer for two minutes.
  void part_soon() { set(CURLOPT_SERVER_RESPONSE_TIMEOUT, long{farewell_within.count()}); }

  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    const auto& session = *static_cast<Session*>(self);
    if (session.letter_.plain && !is_loopback(address->addr)) return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  /// Asked for the first time once the server has said 354.
  static std::size_t on_read(char* bytes, std::size_t, std::size_t room, void* self) {
    auto& session = *static_cast<Session*>(self);
    if (!session.reception_.begun) {
      session.pass("mail.body");
      session.reception_.begun = true;
    }
    const auto part = session.letter_.message.substr(session.sent_, room);
    std::ranges::copy(part, bytes);
    session.sent_ += part.size();
    session.reception_.whole = session.sent_ == session.letter_.message.size();
    return part.size();
  }

  static std::size_t on_line(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& session = *static_cast<Session*>(self);
    session.said_bytes_ += size;
    if (session.said_bytes_ > answers_bytes_max) return 0;
    std::string_view line(bytes, size);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    session.keep(line);
    return size;
  }

  /// What is said as a farewell decides nothing.
  void keep(std::string_view line) {
    const bool last_line = line.size() < 4 || line[3] != '-';
    const bool refusal = line.starts_with('4') || line.starts_with('5');
    if (answered_ || (!reception_.whole && !refusal)) return;
    reception_.answer = shown(line);
    answered_ = reception_.whole && last_line;
    if (answered_) part_soon();
  }

  void pass(std::string_view point) const {
    if (probe_) probe_(point);
  }

  const Letter& letter_;
  const Probe& probe_;
  Transfer transfer_;
  Reception reception_;
  std::size_t sent_ = 0;
  std::size_t said_bytes_ = 0;
  /// The message was.
  bool answered_ = false;
};

}  // namespace

Reception hand_over(const Letter& letter, const Probe& probe) {
  return Session(letter, probe).run();
}

}  // namespace nightshift::bridges::mail
