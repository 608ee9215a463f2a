// Answers without an end, over real sockets: in chunks as they are made, for readers that go, sleep or ask too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "producer/transport/http/http_server.h"
#include "tests/tools/becomes.h"

namespace rmqsim {
namespace http_parts_test {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Reader {
 public:
  explicit Reader(const std::string& address, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    timeval patience{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    [[maybe_unused]] const int connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  ~Reader() { leave(); }
  void leave() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void send(const std::string& text) { [[maybe_unused]] auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  std::string until(const std::string& end) {
    std::string text;
    char c;
    while (text.find(end) == std::string::npos && ::recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  std::string rest() {
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(fd_, buffer, sizeof buffer, 0)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
    return text;
  }

 private:
  int fd_;
};

/// "/three": three parts and an end; "/empty": never one; "/flood": 64 KiB as often as it is asked; "/break": throws.
class HttpParts : public testing::Test {
 protected:
  HttpParts() {
    HttpLimits limits;
    limits.patience = std::chrono::milliseconds(300);
    limits.connections = 8;
    server_ = std::make_unique<HttpServer>(
        "127.0.0.1:0", [this](const HttpRequest& request, Duration) { return answer(request); }, limits);
  }
  HttpResponse answer(const HttpRequest& request) {
    HttpResponse response;
    response.content_type = "text/event-stream";
    const std::string what = request.target;
    {
      const std::lock_guard lock(mutex_);
      last_id_ = request.last_event_id;
    }
    if (what == "/plain") {
      response.body = "plain";
      return response;
    }
    auto alive = std::shared_ptr<char>(new char, [this](char* c) {
      delete c;
      ++gone_;
    });
    response.more = [this, what, alive, n = 0]() mutable -> std::optional<std::string> {
      ++asked_;
      if (what == "/break") throw std::runtime_error("secret");
      if (what == "/flood") return std::string(64 * 1024, 'x');
      if (what == "/empty") return "";
      if (++n > 3) return std::nullopt;
      return "part " + std::to_string(n) + "\n";
    };
    return response;
  }
  void wait_until(const std::atomic<int>& count, int wanted) {
    EXPECT_TRUE(becomes([&] { return count >= wanted; }));
  }

  std::atomic<int> gone_{0};
  std::atomic<int> asked_{0};
  std::mutex mutex_;
  std::string last_id_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpParts, ComeInChunksAndEndWithTheLast) {
  Reader reader(server_->address());
  reader.send("GET /three HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 17\r\n\r\n");
  const std::string all = reader.rest();
  EXPECT_THAT(all, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(all, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(all, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(all, HasSubstr("7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\n"));
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(last_id_, "17");
}

TEST_F(HttpParts, ToAReaderWithoutChunksEndWithTheConnection) {
  Reader reader(server_->address());
  reader.send("GET /three HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const std::string all = reader.rest();
  EXPECT_THAT(all, Not(HasSubstr("chunked")));
  EXPECT_THAT(all, HasSubstr("\r\n\r\npart 1\npart 2\npart 3\n"));
}

TEST_F(HttpParts, HaveNoBodyForHead) {
  Reader reader(server_->address());
  reader.send("HEAD /empty HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(reader.rest(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(asked_, 0);
}

TEST_F(HttpParts, AreForgottenAtOnceWhenTheReaderLeavesThoughNothingIsToBeSaid) {
  Reader reader(server_->address());
  reader.send("GET /empty HTTP/1.1\r\nHost: localhost\r\n\r\n");
  reader.until("\r\n\r\n");
  wait_until(asked_, 1);
  EXPECT_EQ(gone_, 0);
  reader.leave();
  wait_until(gone_, 1);
}

TEST_F(HttpParts, OfAReaderThatSleepsWaitOneAtATimeUntilItIsGivenUp) {
  Reader reader(server_->address(), 4096);
  reader.send("GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wait_until(gone_, 1);  // it took nothing for the server's patience
  // What the system's buffers between the two took, and no more.
  EXPECT_LT(asked_, 200);
}

TEST_F(HttpParts, EndWhenTheProgramCannotSayMore) {
  Reader reader(server_->address());
  reader.send("GET /break HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string all = reader.rest();
  EXPECT_THAT(all, HasSubstr("0\r\n\r\n"));
  EXPECT_THAT(all, Not(HasSubstr("secret")));
}

TEST_F(HttpParts, LeaveRoomForOtherRequestsAndEndWithTheServer) {
  Reader reader(server_->address());
  reader.send("GET /empty HTTP/1.1\r\nHost: localhost\r\n\r\n");
  reader.until("\r\n\r\n");
  Reader other(server_->address());
  other.send("GET /plain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(other.rest(), HasSubstr("plain"));
  server_.reset();
  EXPECT_EQ(reader.rest(), "");
  EXPECT_EQ(gone_, 1);
}

TEST_F(HttpParts, AreNotForWebPagesOfOthers) {
  Reader reader(server_->address());
  reader.send("GET /three HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n");
  EXPECT_THAT(reader.rest(), StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(asked_, 0);
}

}  // namespace http_parts_test
}  // namespace rmqsim
