// X.509 by OpenSSL: one authority, certificates for nodes, a list of revoked ones.
#include "runtime/cluster/certificates.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "runtime/cluster/openssl.hpp"

namespace nightshift::runtime::cluster {
namespace {

constexpr std::string_view node_scheme = "nightshift://";
constexpr std::string_view invitation_scheme = "nightshift-invitation://";
/// Positive, and as long as RFC 5280 (4.1.2.2) lets it be.
constexpr int serial_bits = 159;
/// Of a common name in X.509; the whole name stands in the alternative name.
constexpr std::size_t common_name_max = 64;

using Extension = std::unique_ptr<X509_EXTENSION, ReleasedBy<X509_EXTENSION_free>>;
using Number = std::unique_ptr<BIGNUM, ReleasedBy<BN_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, ReleasedBy<ASN1_INTEGER_free>>;
using Moment = std::unique_ptr<ASN1_TIME, ReleasedBy<ASN1_TIME_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, ReleasedBy<GENERAL_NAMES_free>>;
using Store = std::unique_ptr<X509_STORE, ReleasedBy<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, ReleasedBy<X509_STORE_CTX_free>>;

std::time_t seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Time{};
  return Time(std::chrono::seconds(::timegm(&parts)));
}

std::string hex_of(const ASN1_INTEGER* serial) {
  const Number number(must(ASN1_INTEGER_to_BN(serial, nullptr)));
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return to_hex(bytes);
}

template <class Write>
std::string written(Write write) {
  const Bio out(must(BIO_new(BIO_s_mem())));
  must(write(out.get()) == 1);
  return text_of(out.get());
}

std::string pem_of(X509* certificate) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Key fresh_key() { return Key(must(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))); }

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(must(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())));
  must(X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_common_name(X509* certificate, std::string_view name) {
  const auto shown = name.substr(0, common_name_max);
  must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(shown.data()),
                                  static_cast<int>(shown.size()), -1, 0) == 1);
}

/// All but its extensions and its signature.
Certificate blank(std::string_view name, EVP_PKEY* key, Validity validity) {
  Certificate made(must(X509_new()));
  X509_set_version(made.get(), X509_VERSION_3);
  const Number serial(must(BN_new()));
  must(BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  must(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())));
  must(ASN1_TIME_set(X509_getm_notBefore(made.get()), seconds(validity.from)));
  must(ASN1_TIME_set(X509_getm_notAfter(made.get()), seconds(validity.to)));
  must(X509_set_pubkey(made.get(), key) == 1);
  set_common_name(made.get(), name);
  return made;
}

std::optional<Subject> subject_in(std::string_view uri) {
  Subject subject;
  subject.invitation = uri.starts_with(invitation_scheme);
  const auto scheme = subject.invitation ? invitation_scheme : node_scheme;
  if (!uri.starts_with(scheme)) return std::nullopt;
  const auto rest = uri.substr(scheme.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  subject.role = rest.substr(0, slash);
  subject.node = rest.substr(slash + 1);
  if (!is_id(subject.node) || (subject.role != "cloud" && subject.role != "local")) {
    return std::nullopt;
  }
  return subject;
}

/// Exactly one alternative name, of our own form.
std::optional<Subject> subject_of(X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return std::nullopt;
  int type = 0;
  const auto* value = static_cast<ASN1_STRING*>(
      GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), 0), &type));
  if (type != GEN_URI) return std::nullopt;
  return subject_in({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     static_cast<std::size_t>(ASN1_STRING_length(value))});
}

std::string hash_of(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const auto size = i2d_PUBKEY(key, &bytes);
  must(size > 0);
  const auto hash =
      sha256(std::string_view(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)));
  OPENSSL_free(bytes);
  return to_hex(as_bytes(hash));
}

std::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::corrupt, std::string("this is not ") + what);
}

Request request_from(std::string_view pem) {
  return Request(PEM_read_bio_X509_REQ(reading(pem).get(), nullptr, no_passphrase, nullptr));
}

/// The key of a request that is signed by it.
Result<EVP_PKEY*> key_in(X509_REQ* request) {
  auto* key = request == nullptr ? nullptr : X509_REQ_get0_pubkey(request);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
      X509_REQ_verify(request, key) != 1) {
    return fail(ErrorCode::invalid, "this does not ask for a certificate over an Ed25519 key");
  }
  return key;
}

}  // namespace

std::string make_key() { return pem_of(fresh_key().get()); }

Result<Authority> make_authority(Validity validity) {
  const auto key = fresh_key();
  const auto made = blank("nightshift authority", key.get(), validity);
  must(X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1);
  add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash");
  must(X509_sign(made.get(), key.get(), nullptr) > 0);
  return Authority{pem_of(made.get()), pem_of(key.get())};
}

Result<std::string> make_request(std::string_view key_pem) {
  const auto key = key_from(key_pem);
  if (!key) return damaged("a private key");
  const Request made(must(X509_REQ_new()));
  must(X509_REQ_set_pubkey(made.get(), key.get()) == 1);
  must(X509_REQ_sign(made.get(), key.get(), nullptr) > 0);
  return written([&](BIO* out) { return PEM_write_bio_X509_REQ(out, made.get()); });
}

Result<std::string> issue(const Authority& authority, const Subject& subject,
                          std::string_view request_pem, Validity validity) {
  const auto issuer = certificate_from(authority.certificate);
  const auto key = key_from(authority.key);
  if (!issuer || !key || X509_check_private_key(issuer.get(), key.get()) != 1) {
    return damaged("an authority with its key");
  }
  const auto request = request_from(request_pem);
  const auto asked = key_in(request.get());
  if (!asked) return std::unexpected(asked.error());
  const auto made = blank(subject.node, *asked, validity);
  must(X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) == 1);
  const auto scheme = subject.invitation ? invitation_scheme : node_scheme;
  add_extension(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(made.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(made.get(), issuer.get(), NID_subject_alt_name,
                "critical,URI:" + std::string(scheme) + subject.role + "/" + subject.node);
  add_extension(made.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  must(X509_sign(made.get(), key.get(), nullptr) > 0);
  return pem_of(made.get());
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
  const auto certificate = certificate_from(pem);
  if (!certificate) return damaged("a certificate");
  auto subject = subject_of(certificate.get());
  if (!subject) return damaged("the certificate of a node");
  CertificateFacts facts;
  facts.subject = std::move(*subject);
  facts.serial = hex_of(X509_get0_serialNumber(certificate.get()));
  facts.not_before = time_of(X509_get0_notBefore(certificate.get()));
  facts.not_after = time_of(X509_get0_notAfter(certificate.get()));
  facts.key_hash = hash_of(X509_get0_pubkey(certificate.get()));
  return facts;
}

Result<std::string> key_hash_of(std::string_view request_pem) {
  const auto request = request_from(request_pem);
  const auto key = key_in(request.get());
  if (!key) return std::unexpected(key.error());
  return hash_of(*key);
}

Result<void> check_signed(std::string_view certificate_pem, std::string_view authority_pem,
                          Time now) {
  const auto certificate = certificate_from(certificate_pem);
  const auto authority = certificate_from(authority_pem);
  if (!certificate || !authority) return damaged("a certificate");
  const Store store(must(X509_STORE_new()));
  must(X509_STORE_add_cert(store.get(), authority.get()) == 1);
  const StoreContext context(must(X509_STORE_CTX_new()));
  must(X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) == 1);
  X509_STORE_CTX_set_time(context.get(), 0, seconds(now));
  if (X509_verify_cert(context.get()) == 1) return {};
  const int error = X509_STORE_CTX_get_error(context.get());
  const auto code = error == X509_V_ERR_CERT_HAS_EXPIRED ? ErrorCode::expired  //
                                                         : ErrorCode::bad_signature;
  return fail(
      code, std::string("the certificate does not hold: ") + X509_verify_cert_error_string(error));
}

bool belongs(std::string_view key_pem, std::string_view certificate_pem) {
  const auto key = key_from(key_pem);
  const auto certificate = certificate_from(certificate_pem);
  return key && certificate && X509_check_private_key(certificate.get(), key.get()) == 1;
}

Result<std::string> make_revocations(const Authority& authority, std::uint64_t number,
                                     const std::vector<std::string>& serials) {
  const auto issuer = certificate_from(authority.certificate);
  const auto key = key_from(authority.key);
  if (!issuer || !key) return damaged("an authority with its key");
  const Revocations made(must(X509_CRL_new()));
  X509_CRL_set_version(made.get(), X509_CRL_VERSION_2);
  must(X509_CRL_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) == 1);
  // As long as the authority: the number says which list is the newer one, no clock does.
  const auto* from = X509_get0_notBefore(issuer.get());
  must(X509_CRL_set1_lastUpdate(made.get(), from) == 1);
  must(X509_CRL_set1_nextUpdate(made.get(), X509_get0_notAfter(issuer.get())) == 1);
  for (const auto& serial : serials) {
    BIGNUM* parsed = nullptr;
    must(BN_hex2bn(&parsed, serial.c_str()) != 0);
    const Number value(parsed);
    const Integer integer(must(BN_to_ASN1_INTEGER(value.get(), nullptr)));
    X509_REVOKED* row = must(X509_REVOKED_new());
    must(X509_REVOKED_set_serialNumber(row, integer.get()) == 1);
    must(X509_REVOKED_set_revocationDate(row, const_cast<ASN1_TIME*>(from)) == 1);
    must(X509_CRL_add0_revoked(made.get(), row) == 1);
  }
  const Integer count(must(ASN1_INTEGER_new()));
  must(ASN1_INTEGER_set_uint64(count.get(), number) == 1);
  must(X509_CRL_add1_ext_i2d(made.get(), NID_crl_number, count.get(), 0, 0) == 1);
  X509_CRL_sort(made.get());
  must(X509_CRL_sign(made.get(), key.get(), nullptr) > 0);
  return written([&](BIO* out) { return PEM_write_bio_X509_CRL(out, made.get()); });
}

Result<RevocationFacts> read_revocations(std::string_view pem, std::string_view authority_pem) {
  const auto list = revocations_from(pem);
  const auto authority = certificate_from(authority_pem);
  if (!list || !authority) return damaged("a list of revoked certificates");
  if (X509_CRL_verify(list.get(), X509_get0_pubkey(authority.get())) != 1) {
    return fail(ErrorCode::bad_signature,
                "the list of revoked certificates is not signed by this cluster's authority");
  }
  const Integer number(static_cast<ASN1_INTEGER*>(
      X509_CRL_get_ext_d2i(list.get(), NID_crl_number, nullptr, nullptr)));
  RevocationFacts facts;
  if (!number || ASN1_INTEGER_get_uint64(&facts.number, number.get()) != 1) {
    return damaged("a list of revoked certificates with a number");
  }
  auto* rows = X509_CRL_get_REVOKED(list.get());
  for (int i = 0; i < sk_X509_REVOKED_num(rows); ++i) {
    facts.serials.push_back(hex_of(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(rows, i))));
  }
  return facts;
}

}  // namespace nightshift::runtime::cluster
