// Contexts, and the certificate that acceptors make for themselves.
#include "producer/transport/tcp/tls_transport.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdexcept>
#include <utility>

#include "producer/transport/tcp/tcp_core.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_stream.h"

namespace rmqsim {
namespace {

constexpr long kDay = 24 * 60 * 60;

void check(bool good, const std::string& what) {
  if (good) return;
  char reason[256] = "no reason given";
  if (const unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  throw std::runtime_error("TLS: " + what + ": " + reason);
}

TlsContext make_context(const SSL_METHOD* method) {
  SSL_CTX* const context = SSL_CTX_new(method);
  check(context != nullptr, "OpenSSL makes no context");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  return {context, [](void* c) { SSL_CTX_free(static_cast<SSL_CTX*>(c)); }};
}

SSL_CTX* raw(const TlsContext& context) { return static_cast<SSL_CTX*>(context.get()); }

TlsContext make_client_context(const std::string& trust_cert_path) {
  TlsContext context = make_context(TLS_client_method());
  if (trust_cert_path.empty()) return context;  // OpenSSL's default is to take anything
  check(SSL_CTX_load_verify_locations(raw(context), trust_cert_path.c_str(), nullptr) == 1,
        "cannot read certificates from " + trust_cert_path);
  SSL_CTX_set_verify(raw(context), SSL_VERIFY_PEER, nullptr);
  return context;
}

TlsContext make_server_context() {
  TlsContext context = make_context(TLS_server_method());
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  check(key != nullptr, "OpenSSL makes no key");
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  check(certificate != nullptr, "OpenSSL makes no certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365 * kDay);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("rmqsim"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "OpenSSL signs no certificate");
  check(SSL_CTX_use_certificate(raw(context), certificate.get()) == 1, "OpenSSL refuses the certificate");
  check(SSL_CTX_use_PrivateKey(raw(context), key.get()) == 1, "OpenSSL refuses the key");
  return context;
}

}  // namespace

class TlsTransport::Context {
 public:
  Context(std::shared_ptr<TcpCore> c, TlsOptions o) : core(std::move(c)), options(std::move(o)) {
    if (options.connects_with_tls) client = make_client_context(options.trust_cert_path);
  }
  const std::shared_ptr<TcpCore> core;
  const TlsOptions options;
  TlsContext client;
  TlsContext server;  ///< made by the first listen()
};

TlsTransport::TlsTransport(std::shared_ptr<TcpCore> core, TcpTransport& plain, TlsOptions options)
    : context_(std::make_shared<Context>(std::move(core), std::move(options))), plain_(plain) {}
TlsTransport::~TlsTransport() = default;

void TlsTransport::async_connect(std::string_view address, Duration timeout, ConnectHandler handler) {
  if (!context_->options.connects_with_tls) return plain_.async_connect(address, timeout, std::move(handler));
  plain_.async_connect(address, timeout,
                       [context = context_, handler = std::move(handler)](
                           error_code error, std::shared_ptr<Connection> connection) mutable {
                         if (connection) {
                           connection = make_tls_connection(context->core, context->client, TlsRole::client,
                                                            std::move(connection));
                         }
                         handler(error, std::move(connection));
                       });
}

std::unique_ptr<Acceptor> TlsTransport::listen(std::string_view address, AcceptHandler handler) {
  if (!context_->server) context_->server = make_server_context();
  const bool permissive = context_->options.accept == TlsOptions::Accept::permissive;
  return plain_.listen(address, [context = context_, role = permissive ? TlsRole::permissive : TlsRole::server,
                                 handler = std::move(handler)](std::shared_ptr<Connection> connection) mutable {
    handler(make_tls_connection(context->core, context->server, role, std::move(connection)));
  });
}

std::string TlsTransport::local_ip() const { return plain_.local_ip(); }

}  // namespace rmqsim
