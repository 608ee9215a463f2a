// OpenSSL, loaded when the first of its functions is called: most runs of a program use neither TLS nor signatures, and
// to load it is more than half of what the start of a program costs. Whoever calls these functions knows nothing of it:
// they have OpenSSL's names, and the linker finds them before the library's own. A function that is missing here is
// found in the library, which is then loaded at the start as ever.
#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

void* library() {
  // Brings libcrypto.so.3 with it, whose names are found through it.
  static void* const loaded = ::dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
  return loaded;
}

[[noreturn]] void missing() {
  std::fprintf(stderr, "OpenSSL cannot be loaded, which TLS and signatures need: %s\n", ::dlerror());
  std::_Exit(70);
}

template <class Function>
Function* found(const char* name) {
  void* const address = library() == nullptr ? nullptr : ::dlsym(library(), name);
  if (address == nullptr) missing();
  return reinterpret_cast<Function*>(address);
}

}  // namespace

#define RMQSIM_LAZY(Result, name, parameters, arguments)       \
  [[gnu::visibility("hidden")]] Result name parameters {       \
    static auto* const real = found<Result parameters>(#name); \
    return real arguments;                                     \
  }

extern "C" {

RMQSIM_LAZY(int, ASN1_INTEGER_set, (ASN1_INTEGER * to, long value), (to, value))
RMQSIM_LAZY(long, BIO_ctrl, (BIO * bio, int command, long number, void* pointer), (bio, command, number, pointer))
RMQSIM_LAZY(BIO*, BIO_new, (const BIO_METHOD* method), (method))
RMQSIM_LAZY(const BIO_METHOD*, BIO_s_mem, (), ())
RMQSIM_LAZY(int, BIO_write, (BIO * bio, const void* data, int size), (bio, data, size))
RMQSIM_LAZY(void, ERR_clear_error, (), ())
RMQSIM_LAZY(void, ERR_error_string_n, (unsigned long code, char* to, std::size_t size), (code, to, size))
RMQSIM_LAZY(unsigned long, ERR_get_error, (), ())
RMQSIM_LAZY(int, EVP_EncodeBlock, (unsigned char* to, const unsigned char* from, int size), (to, from, size))
RMQSIM_LAZY(void, EVP_PKEY_free, (EVP_PKEY * key), (key))
RMQSIM_LAZY(const EVP_MD*, EVP_sha1, (), ())
RMQSIM_LAZY(const EVP_MD*, EVP_sha256, (), ())
RMQSIM_LAZY(unsigned char*, HMAC,
            (const EVP_MD* method, const void* key, int key_size, const unsigned char* data, std::size_t size,
             unsigned char* to, unsigned int* to_size),
            (method, key, key_size, data, size, to, to_size))
RMQSIM_LAZY(long, SSL_CTX_ctrl, (SSL_CTX * context, int command, long number, void* pointer),
            (context, command, number, pointer))
RMQSIM_LAZY(void, SSL_CTX_free, (SSL_CTX * context), (context))
RMQSIM_LAZY(int, SSL_CTX_load_verify_locations, (SSL_CTX * context, const char* file, const char* folder),
            (context, file, folder))
RMQSIM_LAZY(SSL_CTX*, SSL_CTX_new, (const SSL_METHOD* method), (method))
RMQSIM_LAZY(void, SSL_CTX_set_verify, (SSL_CTX * context, int mode, SSL_verify_cb callback), (context, mode, callback))
RMQSIM_LAZY(int, SSL_CTX_use_PrivateKey, (SSL_CTX * context, EVP_PKEY* key), (context, key))
RMQSIM_LAZY(int, SSL_CTX_use_certificate, (SSL_CTX * context, X509* certificate), (context, certificate))
RMQSIM_LAZY(int, SSL_do_handshake, (SSL * ssl), (ssl))
RMQSIM_LAZY(void, SSL_free, (SSL * ssl), (ssl))
RMQSIM_LAZY(int, SSL_get_error, (const SSL* ssl, int result), (ssl, result))
RMQSIM_LAZY(BIO*, SSL_get_rbio, (const SSL* ssl), (ssl))
RMQSIM_LAZY(BIO*, SSL_get_wbio, (const SSL* ssl), (ssl))
RMQSIM_LAZY(int, SSL_is_init_finished, (const SSL* ssl), (ssl))
RMQSIM_LAZY(SSL*, SSL_new, (SSL_CTX * context), (context))
RMQSIM_LAZY(int, SSL_read, (SSL * ssl, void* to, int size), (ssl, to, size))
RMQSIM_LAZY(void, SSL_set_accept_state, (SSL * ssl), (ssl))
RMQSIM_LAZY(void, SSL_set_bio, (SSL * ssl, BIO* in, BIO* out), (ssl, in, out))
RMQSIM_LAZY(void, SSL_set_connect_state, (SSL * ssl), (ssl))
RMQSIM_LAZY(int, SSL_shutdown, (SSL * ssl), (ssl))
RMQSIM_LAZY(int, SSL_write, (SSL * ssl, const void* data, int size), (ssl, data, size))
RMQSIM_LAZY(const SSL_METHOD*, TLS_client_method, (), ())
RMQSIM_LAZY(const SSL_METHOD*, TLS_server_method, (), ())
RMQSIM_LAZY(int, X509_NAME_add_entry_by_txt,
            (X509_NAME * name, const char* field, int type, const unsigned char* bytes, int size, int place, int set),
            (name, field, type, bytes, size, place, set))
RMQSIM_LAZY(void, X509_free, (X509 * certificate), (certificate))
RMQSIM_LAZY(ASN1_INTEGER*, X509_get_serialNumber, (X509 * certificate), (certificate))
RMQSIM_LAZY(X509_NAME*, X509_get_subject_name, (const X509* certificate), (certificate))
RMQSIM_LAZY(ASN1_TIME*, X509_getm_notAfter, (const X509* certificate), (certificate))
RMQSIM_LAZY(ASN1_TIME*, X509_getm_notBefore, (const X509* certificate), (certificate))
RMQSIM_LAZY(ASN1_TIME*, X509_gmtime_adj, (ASN1_TIME * time, long seconds), (time, seconds))
RMQSIM_LAZY(X509*, X509_new, (), ())
RMQSIM_LAZY(int, X509_set_issuer_name, (X509 * certificate, const X509_NAME* name), (certificate, name))
RMQSIM_LAZY(int, X509_set_pubkey, (X509 * certificate, EVP_PKEY* key), (certificate, key))
RMQSIM_LAZY(int, X509_set_version, (X509 * certificate, long version), (certificate, version))
RMQSIM_LAZY(int, X509_sign, (X509 * certificate, EVP_PKEY* key, const EVP_MD* method), (certificate, key, method))

/// Of a curve, which is named by the one argument behind the type.
[[gnu::visibility("hidden")]] EVP_PKEY* EVP_PKEY_Q_keygen(OSSL_LIB_CTX* context, const char* properties,
                                                          const char* type, ...) {
  static auto* const real = found<EVP_PKEY*(OSSL_LIB_CTX*, const char*, const char*, ...)>("EVP_PKEY_Q_keygen");
  std::va_list more;
  va_start(more, type);
  const char* const curve = va_arg(more, const char*);
  va_end(more);
  return real(context, properties, type, curve);
}

}  // extern "C"
