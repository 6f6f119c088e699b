// Whose certificate is trusted: one of the trusted authorities, for this name, over TLS 1.2 or
// later.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cassert>
#include <thread>

#include "bridges/webhook/http_post.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::webhook {
namespace {

using tests::TemporaryFolder;

/// A key, and a certificate for a name that it signs itself.
struct Certificate {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* x509 = X509_new();

  explicit Certificate(const std::string& name, long ends_in_s = 3600) {
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x509), ends_in_s);
    X509_set_pubkey(x509, key);
    auto* subject = X509_get_subject_name(x509);
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    const auto names = "DNS:" + name;
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x509, key, EVP_sha256());
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() {
    X509_free(x509);
    EVP_PKEY_free(key);
  }

  std::string pem() const {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, x509);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(memory, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
  }
};

/// Answers one connection over TLS, if the handshake comes about.
class TlsServer {
 public:
  TlsServer(const Certificate& certificate, int version_max = 0)
      : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_, certificate.x509);
    SSL_CTX_use_PrivateKey(context_, certificate.key);
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    if (version_max != 0) SSL_CTX_set_max_proto_version(context_, version_max);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    [[maybe_unused]] const bool listens =
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
        ::listen(listener_, 1) == 0 &&
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    assert(listens);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }

  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(port_) + "/hook";
  }
  /// Bytes of a request that were read. After the call.
  std::size_t read() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    thread_ = std::jthread([] {});
    return read_;
  }

 private:
  void serve() {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    SSL* tls = SSL_new(context_);
    SSL_set_fd(tls, socket);
    if (SSL_accept(tls) == 1) {
      char buffer[4096];
      const int count = SSL_read(tls, buffer, sizeof buffer);
      read_ = count > 0 ? static_cast<std::size_t>(count) : 0;
      const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      if (read_ > 0) SSL_write(tls, reply.data(), static_cast<int>(reply.size()));
      SSL_shutdown(tls);
    }
    SSL_free(tls);
    ::close(socket);
  }

  SSL_CTX* context_;
  int listener_ = -1;
  int port_ = 0;
  std::size_t read_ = 0;
  std::jthread thread_;
};

struct Tls : TemporaryFolder {
  // As the program does: OpenSSL writes to a socket that the other side has closed.
  Tls() { ::signal(SIGPIPE, SIG_IGN); }

  Answer call(const TlsServer& server, const std::string& host, const Certificate* trusted) const {
    Post request{
        .url = server.url(host), .headers = {}, .body = "{}", .allow_private = true, .ca_file = {}};
    if (trusted != nullptr) {
      request.ca_file = path() / "ca.pem";
      tests::write_file(request.ca_file, trusted->pem());
    }
    return post(request, {});
  }
  /// Refused before a byte of the request was sent.
  void check_refused(TlsServer& server, const std::string& host, const Certificate* trusted) const {
    const auto answer = call(server, host, trusted);
    BOOST_TEST(!answer.begun, answer.error);
    BOOST_TEST(answer.status == 0);
    BOOST_TEST(!answer.error.empty());
    BOOST_TEST(server.read() == 0u);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls, Tls)

BOOST_AUTO_TEST_CASE(a_certificate_of_a_trusted_authority_is_taken) {
  const Certificate certificate("localhost");
  TlsServer server(certificate);
  const auto answer = call(server, "localhost", &certificate);
  BOOST_TEST(answer.status == 200, answer.error);
  BOOST_TEST(server.read() > 0u);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_nobody_trusts_is_refused) {
  const Certificate certificate("localhost");
  const Certificate other("localhost");
  TlsServer first(certificate), second(certificate);
  check_refused(first, "localhost", nullptr);
  check_refused(second, "localhost", &other);
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_name_is_refused) {
  const Certificate certificate("example.org");
  TlsServer server(certificate);
  check_refused(server, "localhost", &certificate);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_has_ended_is_refused) {
  const Certificate certificate("localhost", -60);
  TlsServer server(certificate);
  check_refused(server, "localhost", &certificate);
}

BOOST_AUTO_TEST_CASE(an_old_protocol_is_refused) {
  const Certificate certificate("localhost");
  TlsServer server(certificate, TLS1_1_VERSION);
  check_refused(server, "localhost", &certificate);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::webhook
