#include "producer/client/send/send_observer.h"

#include <utility>

namespace rmqsim {
namespace {

/// `Result` is what onSuccess takes.
template <class Callback, class Result>
class ObservedCallback final : public Callback {
 public:
  ObservedCallback(std::shared_ptr<Callback> callback, std::shared_ptr<SendObserver> observer)
      : callback_(std::move(callback)), observer_(std::move(observer)) {}
  void onSuccess(Result result) override {
    call([&] { callback_->onSuccess(result); });
  }
  void onException(const MQException& exception) override {
    call([&] { callback_->onException(exception); });
  }

 private:
  template <class F>
  void call(const F& f) {
    try {
      f();
    } catch (...) {
      observer_->threw(std::current_exception());
      throw;
    }
  }

  std::shared_ptr<Callback> callback_;
  std::shared_ptr<SendObserver> observer_;
};

}  // namespace

std::shared_ptr<SendCallback> observed(std::shared_ptr<SendCallback> callback, std::shared_ptr<SendObserver> observer) {
  if (!observer) return callback;
  return std::make_shared<ObservedCallback<SendCallback, const SendResult&>>(std::move(callback), std::move(observer));
}

std::shared_ptr<RequestCallback> observed(std::shared_ptr<RequestCallback> callback,
                                          std::shared_ptr<SendObserver> observer) {
  if (!observer) return callback;
  return std::make_shared<ObservedCallback<RequestCallback, const MessageExt*>>(std::move(callback),
                                                                                std::move(observer));
}

}  // namespace rmqsim
