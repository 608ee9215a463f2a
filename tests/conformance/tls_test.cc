// TLS over 127.0.0.1: the same promises as plain connections, and how the two kinds meet.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"

namespace rmqsim {
namespace {

/// What a listener was told, and a latch for what the test waits for.
struct Heard : ConnectionListener {
  void on_receive(std::string_view bytes) override {
    text.append(bytes);
    if (echo) connection->write(bytes);
    if (closes) connection->close();
    if (text.size() >= expected && expected > 0) done.release();
  }
  void on_close(error_code why) override {
    reason = why;
    closed.release();
  }
  std::shared_ptr<Connection> connection;
  std::string text;
  std::size_t expected = 0;
  bool echo = false;
  bool closes = false;
  error_code reason;
  Latch done;
  Latch closed;
};

class Tls : public ::testing::Test {
 protected:
  ~Tls() override {
    run([this] {
      client_.connection.reset();
      server_.connection.reset();
      acceptor_.reset();
      custom_.reset();
    });
  }
  template <class F>
  void run(F&& f) {
    runtime_.run(std::forward<F>(f));
  }
  /// Connects `from` to a listening `to`, whose end of the connection echoes if told so.
  void connect(Transport& from, Transport& to, bool echo) {
    server_.echo = echo;
    Latch ready;
    run([&] {
      acceptor_ = to.listen("127.0.0.1:0", [this](std::shared_ptr<Connection> connection) {
        server_.connection = std::move(connection);
        server_.connection->start(server_);
      });
      from.async_connect(acceptor_->local_address(), millis(30000),
                         [&](error_code error, std::shared_ptr<Connection> connection) {
                           EXPECT_FALSE(error) << error.message();
                           client_.connection = std::move(connection);
                           if (client_.connection) client_.connection->start(client_);
                           ready.release();
                         });
    });
    runtime_.run_until(ready);
  }
  void exchange(const std::string& text) {
    client_.expected = text.size();
    run([&] { client_.connection->write(text); });
    runtime_.run_until(client_.done);
    EXPECT_EQ(client_.text.size(), text.size());
    EXPECT_TRUE(client_.text == text);
  }
  Transport& accepting(TlsOptions::Accept accept) {
    TlsOptions options;
    options.accept = accept;
    custom_ = std::make_unique<TlsTransport>(runtime_.core(), plain_, options);
    return *custom_;
  }

  TcpRuntime runtime_;
  TcpTransport plain_{runtime_};
  std::unique_ptr<TlsTransport> custom_;
  Heard client_;
  Heard server_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(Tls, CarriesBytesBothWaysWhoeverSignedTheCertificate) {
  connect(plain_.tls(), plain_.tls(), true);
  exchange("hello");
}

TEST_F(Tls, CarriesMoreThanARecordAndASocketBuffer) {
  connect(plain_.tls(), plain_.tls(), true);
  std::string text;
  for (int i = 0; text.size() < 5'000'000; ++i) text += std::to_string(i);
  exchange(text);
}

TEST_F(Tls, IsNotPlainTextOnTheWire) {
  server_.expected = 5;
  connect(plain_.tls(), plain_, false);
  run([&] { client_.connection->write("secret"); });
  runtime_.run_until(server_.done);
  EXPECT_EQ(server_.text.front(), 0x16);
  EXPECT_EQ(server_.text.find("secret"), std::string::npos);
}

TEST_F(Tls, AcceptorsTakePlainTextToo) {
  connect(plain_, plain_.tls(), true);
  exchange(std::string("\0\0\0\x05hello", 9));
}

TEST_F(Tls, AcceptorsThatEnforceItCloseWhatIsNotTls) {
  connect(plain_, accepting(TlsOptions::Accept::enforcing), true);
  run([&] { client_.connection->write(std::string("\0\0\0\x05", 4)); });
  runtime_.run_until(client_.closed);
  EXPECT_EQ(client_.reason, TransportError::connection_closed);
  EXPECT_TRUE(client_.text.empty());
}

TEST_F(Tls, AcceptorsThatEnforceItHandOnWhatCameFirstThoughTheyCloseAndAnswerNothing) {
  connect(plain_, accepting(TlsOptions::Accept::enforcing), true);  // the server writes it back
  run([&] { client_.connection->write("a request"); });
  runtime_.run_until(client_.closed);
  runtime_.run_until(server_.closed);
  run([&] {
    EXPECT_EQ(server_.text, "a request");
    EXPECT_EQ(server_.reason, TransportError::other);
    EXPECT_FALSE(server_.connection->is_open());
    EXPECT_TRUE(client_.text.empty());
  });
}

TEST_F(Tls, AnAcceptorsUserMayCloseWhatIsRefused) {
  server_.closes = true;
  connect(plain_, accepting(TlsOptions::Accept::enforcing), false);
  run([&] { client_.connection->write("a request"); });
  runtime_.run_until(client_.closed);
  run([&] { EXPECT_EQ(server_.text, "a request"); });
}

TEST_F(Tls, AcceptorsThatEnforceItTakeTls) {
  connect(plain_.tls(), accepting(TlsOptions::Accept::enforcing), true);
  exchange("hello");
}

TEST_F(Tls, AnOrderlyCloseComesAfterEverythingWritten) {
  connect(plain_.tls(), plain_.tls(), false);
  run([&] {
    client_.connection->write(std::string(100'000, 'x'));  // waits for the handshake
    client_.connection->close();
    EXPECT_FALSE(client_.connection->is_open());
  });
  runtime_.run_until(server_.closed);
  EXPECT_EQ(server_.text.size(), 100'000u);
  EXPECT_EQ(server_.reason, TransportError::connection_closed);
}

TEST_F(Tls, AResetReachesThePeerAsOne) {
  connect(plain_.tls(), plain_.tls(), true);
  exchange("hello");
  run([&] { client_.connection->reset(); });
  runtime_.run_until(server_.closed);
  EXPECT_EQ(server_.reason, TransportError::connection_reset);
}

TEST_F(Tls, NoReadingMeansNoDelivery) {
  connect(plain_.tls(), plain_.tls(), true);
  exchange("hello");
  run([&] { client_.connection->set_reading(false); });
  run([&] { client_.connection->write(" again"); });
  Latch later;
  auto timer = runtime_.make_timer();
  run([&] { timer->expires_after(millis(50), [&] { later.release(); }); });
  runtime_.run_until(later);
  run([&] { EXPECT_EQ(client_.text, "hello"); });
  run([&] { client_.connection->set_reading(true); });
  std::string text;
  for (int i = 0; i < 10000 && text != "hello again"; ++i) {
    Latch soon;
    run([&] { timer->expires_after(millis(1), [&] { soon.release(); }); });
    runtime_.run_until(soon);
    run([&] { text = client_.text; });
  }
  EXPECT_EQ(text, "hello again");
}

TEST_F(Tls, AServerThatSpeaksSomethingElseEndsTheConnection) {
  server_.expected = 1;
  connect(plain_.tls(), plain_, false);
  runtime_.run_until(server_.done);
  run([&] { server_.connection->write("HTTP/1.1 400 Bad Request\r\n"); });
  runtime_.run_until(client_.closed);
  EXPECT_EQ(client_.reason, TransportError::other);
}

TEST_F(Tls, ACertificateFileThatCannotBeReadIsAnError) {
  TlsOptions options;
  options.trust_cert_path = "/nowhere/ca.pem";
  EXPECT_THROW(TlsTransport(runtime_.core(), plain_, options), std::runtime_error);
}

TEST_F(Tls, AStrangersCertificateIsRefusedWhenSomebodyMustHaveSignedIt) {
  TlsOptions options;
  options.trust_cert_path = "/etc/ssl/certs/ca-certificates.crt";
  try {
    custom_ = std::make_unique<TlsTransport>(runtime_.core(), plain_, options);
  } catch (const std::runtime_error&) {
    return;  // a machine without that file has nobody to trust
  }
  connect(*custom_, plain_.tls(), true);
  runtime_.run_until(client_.closed);
  EXPECT_EQ(client_.reason, TransportError::other);
}

}  // namespace
}  // namespace rmqsim
