// TLS by OpenSSL over memory.
#include "runtime/cluster/tls.hpp"

#include <openssl/err.h>

#include <array>
#include <cassert>
#include <limits>

#include "runtime/cluster/openssl.hpp"

namespace nightshift::runtime::cluster {
namespace {

using Context = std::unique_ptr<SSL_CTX, ReleasedBy<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, ReleasedBy<SSL_free>>;

constexpr std::size_t read_bytes = 16u << 10;

std::string pem_of(X509* certificate) {
  const Bio out(must(BIO_new(BIO_s_mem())));
  must(PEM_write_bio_X509(out.get(), certificate) == 1);
  return text_of(out.get());
}

/// The authority is the only one that is trusted, and its list of revoked certificates counts.
void trust(SSL_CTX* context, const Credentials& credentials) {
  auto* store = SSL_CTX_get_cert_store(context);
  must(X509_STORE_add_cert(store, certificate_from(credentials.authority).get()) == 1);
  must(X509_STORE_add_crl(store, revocations_from(credentials.revocations).get()) == 1);
  must(X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT) == 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, 1);
}

Context context_of(const Credentials& credentials) {
  Context context(must(SSL_CTX_new(TLS_method())));
  must(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1);
  // Every session shows its certificate anew, so that a revoked one ends here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  const auto certificate = certificate_from(credentials.node);
  const auto key = key_from(credentials.node);
  if (!certificate || !key) return nullptr;
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return nullptr;
  }
  trust(context.get(), credentials);
  return context;
}

}  // namespace

struct TlsContext::Parts {
  Credentials credentials;
  Context context;
};

TlsContext::TlsContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsContext::~TlsContext() = default;

const Credentials& TlsContext::credentials() const { return parts_->credentials; }

Result<std::shared_ptr<const TlsContext>> TlsContext::make(Credentials credentials) {
  auto parts = std::make_unique<Parts>();
  parts->context = context_of(credentials);
  if (!parts->context) {
    return fail(ErrorCode::corrupt, "the node's certificate and its key cannot be used for TLS");
  }
  parts->credentials = std::move(credentials);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(parts)));
}

struct TlsStream::Parts {
  std::shared_ptr<const TlsContext> context;
  Connection connection;
  /// Owned by the connection.
  BIO* in = nullptr;
  BIO* out = nullptr;
};

TlsStream::TlsStream(std::shared_ptr<const TlsContext> context, Side side, Time now)
    : parts_(std::make_unique<Parts>()) {
  parts_->context = std::move(context);
  parts_->connection.reset(must(SSL_new(parts_->context->parts_->context.get())));
  auto* connection = parts_->connection.get();
  parts_->in = must(BIO_new(BIO_s_mem()));
  parts_->out = must(BIO_new(BIO_s_mem()));
  SSL_set_bio(connection, parts_->in, parts_->out);
  X509_VERIFY_PARAM_set_time(
      SSL_get0_param(connection),
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  if (side == Side::dials) {
    SSL_set_connect_state(connection);
    // Writes its greeting.
    static_cast<void>(shake());
  } else {
    SSL_set_accept_state(connection);
  }
}

TlsStream::~TlsStream() { ERR_clear_error(); }

std::unexpected<Error> TlsStream::failed(int result, const char* doing) const {
  const auto* connection = parts_->connection.get();
  const int kind = SSL_get_error(connection, result);
  std::string why = "the peer closed the connection";
  if (const long verdict = SSL_get_verify_result(connection); verdict != X509_V_OK) {
    why = std::string("the peer's certificate does not hold: ") +
          X509_verify_cert_error_string(verdict);
  } else if (kind == SSL_ERROR_SSL) {
    const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
    why = reason == nullptr ? "the bytes are not TLS 1.3" : reason;
  }
  ERR_clear_error();
  return fail(ErrorCode::forbidden, std::string(doing) + ": " + why);
}

Result<void> TlsStream::shake() {
  ERR_clear_error();
  auto* connection = parts_->connection.get();
  const int done = SSL_do_handshake(connection);
  if (done != 1) {
    if (SSL_get_error(connection, done) == SSL_ERROR_WANT_READ) return {};
    return failed(done, "handshake");
  }
  const Certificate shown(SSL_get1_peer_certificate(connection));
  if (!shown || SSL_get_verify_result(connection) != X509_V_OK) {
    return fail(ErrorCode::forbidden, "handshake: the peer shows no certificate that holds");
  }
  auto facts = read_certificate(pem_of(shown.get()));
  if (!facts) return std::unexpected(facts.error());
  peer_ = std::move(*facts);
  established_ = true;
  return {};
}

Result<void> TlsStream::receive(std::string_view wire, std::string& plain) {
  assert(wire.size() <= std::numeric_limits<int>::max());
  if (!wire.empty()) {
    must(BIO_write(parts_->in, wire.data(), static_cast<int>(wire.size())) ==
         static_cast<int>(wire.size()));
  }
  if (!established_) {
    if (auto shaken = shake(); !shaken || !established_) return shaken;
  }
  std::array<char, read_bytes> buffer;
  while (true) {
    ERR_clear_error();
    const int count = SSL_read(parts_->connection.get(), buffer.data(), buffer.size());
    if (count > 0) {
      plain.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    if (SSL_get_error(parts_->connection.get(), count) == SSL_ERROR_WANT_READ) return {};
    return failed(count, "session");
  }
}

Result<void> TlsStream::send(std::string_view plain) {
  assert(established_);
  while (!plain.empty()) {
    ERR_clear_error();
    const auto size = std::min<std::size_t>(plain.size(), std::numeric_limits<int>::max());
    const int count = SSL_write(parts_->connection.get(), plain.data(), static_cast<int>(size));
    if (count <= 0) return failed(count, "session");
    plain.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::string TlsStream::take_wire() {
  std::string wire(BIO_ctrl_pending(parts_->out), '\0');
  if (wire.empty()) return wire;
  must(BIO_read(parts_->out, wire.data(), static_cast<int>(wire.size())) ==
       static_cast<int>(wire.size()));
  return wire;
}

}  // namespace nightshift::runtime::cluster
