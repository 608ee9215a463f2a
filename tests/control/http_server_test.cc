// The HTTP server over real sockets, with peers that behave badly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "producer/transport/http_origin.h"
#include "producer/transport/http/http_server.h"
#include "producer/transport/transport.h"

namespace rmqsim {
namespace http_server_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A socket to a server on loopback.
class Peer {
 public:
  explicit Peer(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    timeval patience{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Peer() { ::close(fd_); }
  void send(const std::string& text) { [[maybe_unused]] auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  void shut() { ::shutdown(fd_, SHUT_WR); }
  /// What comes until the server closes, or for half a minute.
  std::string rest() {
    std::string text;
    char buffer[4096];
    ssize_t n;
    while ((n = ::recv(fd_, buffer, sizeof buffer, 0)) > 0) text.append(buffer, static_cast<std::size_t>(n));
    closed = n == 0;
    return text;
  }
  /// What comes until it contains `end`.
  std::string until(const std::string& end) {
    std::string text;
    char c;
    while (text.find(end) == std::string::npos && ::recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  bool connected = false;
  bool closed = false;  ///< after rest(): the server closed, and not just said nothing

 private:
  int fd_;
};

/// Answers with method, target and body; "/wait" only after 50 ms, "/throw" never.
class HttpServerTest : public testing::Test {
 protected:
  explicit HttpServerTest(Duration patience = std::chrono::seconds(15)) {
    HttpLimits limits;
    limits.header_bytes = 1024;
    limits.body_bytes = 2048;
    limits.connections = 4;
    limits.patience = patience;
    server_ = std::make_unique<HttpServer>(
        "127.0.0.1:0",
        [](const HttpRequest& r, Duration waited) -> std::optional<HttpResponse> {
          if (r.target == "/throw") throw std::runtime_error("secret");
          if (r.target == "/wait" && waited < millis(50)) return std::nullopt;
          return HttpResponse{200, "text/plain", r.method + " " + r.target + " " + r.body + ".", {}};
        },
        limits);
  }
  std::string address() const { return server_->address(); }
  std::string ask(const std::string& text) {
    Peer peer(address());
    peer.send(text);
    return peer.rest();
  }
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  Peer peer(address());
  peer.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(peer.until("GET /a ."), StartsWith("HTTP/1.1 200 OK\r\n"));
  peer.send("POST /b?c=d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nConnection: close\r\n\r\nxyz");
  EXPECT_THAT(peer.rest(), HasSubstr("POST /b?c=d xyz."));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  std::string many;
  for (int i = 0; i < 50; ++i) many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  many += "GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const std::string all = ask(many);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = all.find("GET /" + std::to_string(i) + " .", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(all.find("GET /end .", at), std::string::npos);
}

TEST_F(HttpServerTest, TakesABodyInPiecesAndInChunks) {
  Peer peer(address());
  const std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab";
  for (const char c : request) peer.send(std::string(1, c));
  EXPECT_THAT(peer.until("POST / ab."), HasSubstr("200 OK"));
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
              HasSubstr("POST / abc."));
}

TEST_F(HttpServerTest, GoesOnWhenAskedToContinue) {
  Peer peer(address());
  peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(peer.until("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
  peer.send("ab");
  EXPECT_THAT(peer.until("POST / ab."), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  const std::string all = ask("HEAD /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(all, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_EQ(all.substr(all.size() - 4), "\r\n\r\n");
}

TEST_F(HttpServerTest, RefusesABodyThatIsTooLargeWhetherItSaysSoOrNot) {
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 999999999999\r\n\r\nab"),
              StartsWith("HTTP/1.1 413 "));
  std::string chunks = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 300; ++i) chunks += "10\r\n0123456789abcdef\r\n";
  EXPECT_THAT(ask(chunks), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, RefusesAHeaderThatIsTooLarge) {
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask("GET /" + std::string(5000, 'x') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, RefusesGarbage) {
  EXPECT_THAT(ask("\x16\x03\x01\x02 not http at all\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 501 "), Not(HasSubstr("HTTP/1.1 200 "))));
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 ")) << "still there";
}

TEST_F(HttpServerTest, AHalfRequestIsClosedWithoutAnAnswer) {
  Peer peer(address());
  peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  peer.shut();
  EXPECT_EQ(peer.rest(), "");
}

TEST_F(HttpServerTest, AnErrorOfTheHandlerIsNotToldToThePeer) {
  const std::string all = ask("GET /throw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(all, StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(all.find("secret"), std::string::npos);
}

TEST_F(HttpServerTest, AsksAgainUntilThereIsAnAnswerWhileOthersAreServed) {
  Peer waits(address());
  waits.send("GET /wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(ask("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), HasSubstr("GET /a ."));
  EXPECT_THAT(waits.rest(), HasSubstr("GET /wait ."));
}

TEST_F(HttpServerTest, ConnectionsBeyondTheLimitAreClosedAndRoomComesBack) {
  {
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 4; ++i) {
      peers.push_back(std::make_unique<Peer>(address()));
      peers.back()->send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
      EXPECT_THAT(peers.back()->until("GET /a ."), HasSubstr("200 OK"));
    }
    EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"), "");
  }
  std::string answer;
  for (int i = 0; i < 500 && answer.empty(); ++i) {
    answer = ask("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, EndsWhileConnectionsAreOpen) {
  Peer idle(address());
  Peer waits(address());
  waits.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server_.reset();
  EXPECT_EQ(idle.rest(), "");
}

TEST_F(HttpServerTest, RefusesWhatAWebPageCouldHaveSent) {
  const auto status = [&](const std::string& fields) {
    return ask("POST /a HTTP/1.1\r\n" + fields + "Content-Length: 2\r\nConnection: close\r\n\r\nab").substr(9, 3);
  };
  const std::string port = address().substr(address().rfind(':'));
  EXPECT_EQ(status("Host: evil.example" + port + "\r\n"), "403") << "a name that was rebound to loopback";
  EXPECT_EQ(status("Host: 127.0.0.1" + port + "\r\nOrigin: https://evil.example\r\n"), "403");
  EXPECT_EQ(status("Host: 127.0.0.1" + port + "\r\nOrigin: null\r\n"), "403");
  EXPECT_EQ(status("Host: localhost" + port + "\r\nOrigin: http://localhost:1\r\n"), "403") << "another server's page";
  EXPECT_EQ(status("Host: localhost" + port + "\r\nOrigin: http://localhost" + port + "\r\n"), "200");
  EXPECT_EQ(status("Host: 127.0.0.1" + port + "\r\n"), "200") << "as curl and ctl say it";
  EXPECT_EQ(status(""), "200") << "no browser sends none";
}

TEST(WebPages, AreToldByHostAndOrigin) {
  for (const char* host : {"localhost", "LocalHost:9390", "localhost.", "127.0.0.1", "127.9.8.7:1", "[::1]:80"}) {
    EXPECT_FALSE(refuse_web_page(host, std::nullopt, true)) << host;
  }
  for (const char* host : {"", ":80", "localhost.evil.example", "127.0.0.1.evil.example", "127.evil", "10.0.0.5",
                           "[::2]", "[::1", "[::1]x", "localhost:x", "box", "evil.example:80"}) {
    EXPECT_TRUE(refuse_web_page(host, std::nullopt, true)) << host;
  }
  for (const char* host : {"10.0.0.5:9390", "[fe80::1]", "rmqsim:9390"}) {
    EXPECT_FALSE(refuse_web_page(host, std::nullopt, false)) << host << " where it listens elsewhere than on loopback";
  }
  for (const char* host : {"evil.example", "[", "[]", "[::1", "[::1`]:80", "[::1]:8.evil.example", "[::g]", "rmqsim:",
                           "rmq sim", "", ":80"}) {
    EXPECT_TRUE(refuse_web_page(host, std::nullopt, false)) << host << " where it listens elsewhere than on loopback";
  }
  EXPECT_TRUE(refuse_web_page(std::nullopt, "http://localhost", true)) << "its own Origin is not known";
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  const auto code = [](const std::string& listen) {
    try {
      HttpServer server(listen, [](const HttpRequest&, Duration) { return HttpResponse{}; });
    } catch (const boost::system::system_error& error) {
      return error.code();
    }
    return boost::system::error_code();
  };
  EXPECT_EQ(code(address()), TransportError::address_in_use);
  for (const char* bad : {"", "localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"}) {
    EXPECT_EQ(code(bad), TransportError::bad_address) << bad;
  }
  EXPECT_EQ(code("8.8.8.8:0"), boost::system::errc::address_not_available) << "it is written as it should be";
}

class ImpatientHttpServerTest : public HttpServerTest {
 protected:
  ImpatientHttpServerTest() : HttpServerTest(millis(200)) {}
};

TEST_F(ImpatientHttpServerTest, ASlowPeerIsClosed) {
  Peer peer(address());
  peer.send("GET / HTTP/1.1\r\nHo");
  EXPECT_EQ(peer.rest(), "");
  EXPECT_TRUE(peer.closed);
}

}  // namespace http_server_test
}  // namespace rmqsim
