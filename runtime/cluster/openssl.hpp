// OpenSSL's objects with their owners, for the files of this folder that use it.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace nightshift::runtime::cluster {

template <auto Release>
struct ReleasedBy {
  template <class T>
  void operator()(T* object) const {
    Release(object);
  }
};

using Bio = std::unique_ptr<BIO, ReleasedBy<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, ReleasedBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, ReleasedBy<X509_free>>;
using Revocations = std::unique_ptr<X509_CRL, ReleasedBy<X509_CRL_free>>;
using Request = std::unique_ptr<X509_REQ, ReleasedBy<X509_REQ_free>>;

/// Our own use of the library is right, so what fails here is a lack of memory.
template <class T>
T must(T done) {
  if (!done) throw std::bad_alloc();
  return done;
}

inline Bio reading(std::string_view text) {
  return Bio(must(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))));
}

inline std::string text_of(BIO* written) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(written, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// No passphrase: a file that needs one is refused, and nobody is asked at the terminal.
inline int no_passphrase(char*, int, int, void*) { return -1; }

inline Certificate certificate_from(std::string_view pem) {
  return Certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, no_passphrase, nullptr));
}
inline Key key_from(std::string_view pem) {
  return Key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_passphrase, nullptr));
}
inline Revocations revocations_from(std::string_view pem) {
  return Revocations(PEM_read_bio_X509_CRL(reading(pem).get(), nullptr, no_passphrase, nullptr));
}

}  // namespace nightshift::runtime::cluster
