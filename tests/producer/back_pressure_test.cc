// Back-pressure for async sends and the executors that a user may bring: the semaphores by themselves, the limits'
// arithmetic, and the public producer against brokers that answer or do not.
#include "producer/client/held/back_pressure.h"

#include "tests/producer/simulated_producer.h"

namespace rmqsim {
namespace back_pressure_test {

// ---- the semaphore

class Semaphore : public testing::Test {
 protected:
  void ask(FairSemaphore& semaphore, std::int64_t permits, std::int64_t ms, const std::string& name) {
    semaphore.acquire(permits, millis(ms), [this, name](bool got) { log_ += name + (got ? "+ " : "- "); });
  }
  SimRuntime runtime_;
  std::string log_;
};

TEST_F(Semaphore, AnswersInTheCallWhenThePermitsAreThere) {
  FairSemaphore semaphore(runtime_, 3);
  ask(semaphore, 2, 10, "a");
  EXPECT_EQ(log_, "a+ ");
  EXPECT_EQ(semaphore.available(), 1);
  ask(semaphore, 2, 10, "b");
  EXPECT_EQ(log_, "a+ ");
  EXPECT_EQ(semaphore.waiting(), 1u);
}

TEST_F(Semaphore, ServesInOrderSoThatALargeRequestHoldsUpASmallOne) {
  FairSemaphore semaphore(runtime_, 1);
  ask(semaphore, 5, 100, "large");
  ask(semaphore, 1, 100, "small");
  EXPECT_EQ(log_, "");
  semaphore.release(3);
  EXPECT_EQ(log_, "");
  semaphore.release(2);
  EXPECT_EQ(log_, "large+ small+ ");
  EXPECT_EQ(semaphore.available(), 0);
}

TEST_F(Semaphore, ATimeoutLetsThoseBehindThrough) {
  FairSemaphore semaphore(runtime_, 1);
  ask(semaphore, 5, 20, "large");
  ask(semaphore, 1, 100, "small");
  runtime_.run_for(millis(19));
  EXPECT_EQ(log_, "");
  runtime_.run_for(millis(5));
  EXPECT_EQ(log_, "large- small+ ");
}

TEST_F(Semaphore, WhatComesAfterTheEndOfAWaitServesThoseBehindThoughItsTimerWakesItLater) {
  FairSemaphore semaphore(runtime_, 0);
  ask(semaphore, 1, 20, "late");
  ask(semaphore, 1, 100, "next");
  runtime_.run_for(millis(20));
  semaphore.release(1);
  EXPECT_EQ(log_, "next+ ");
  semaphore.release(1);
  ask(semaphore, 1, 10, "new");
  EXPECT_EQ(log_, "next+ new+ ") << "nobody in time waits before it";
  runtime_.run_for(millis(5));
  EXPECT_EQ(log_, "next+ new+ late- ");
}

TEST_F(Semaphore, WhoWaitedGoesOnAsTheThreadThatItWas) {
  FairSemaphore semaphore(runtime_, 0);
  const ThreadId caller = runtime_.new_thread("caller");
  std::vector<ThreadId> seen;
  {
    ThreadScope scope(runtime_, caller);
    for (const int ms : {10, 50}) {
      semaphore.acquire(1, millis(ms), [&](bool) { seen.push_back(runtime_.current_thread()); });
    }
  }
  runtime_.run_for(millis(20));
  semaphore.release(1);
  EXPECT_EQ(seen, (std::vector<ThreadId>{caller, caller})) << "one timed out, one was served by another thread";
}

TEST(ReentrantLock, IsLostByWhoseWaitIsOverAndTakenByTheNextAsTheThreadThatItWas) {
  SimRuntime runtime;
  AsyncLock lock(runtime);
  const ThreadId caller = runtime.new_thread("caller");
  std::string log;
  EXPECT_TRUE(lock.try_lock());
  {
    ThreadScope scope(runtime, caller);
    lock.lock(millis(20), [&](bool got) { log += got ? "late+ " : "late- "; });
    lock.lock(millis(100), [&](bool got) {
      log += got ? "next+ " : "next- ";
      EXPECT_EQ(runtime.current_thread(), caller);
    });
  }
  runtime.run_for(millis(20));
  lock.unlock();
  EXPECT_EQ(log, "next+ ");
  runtime.run_for(millis(5));
  EXPECT_EQ(log, "next+ late- ");
  lock.unlock();
  EXPECT_FALSE(lock.held());
}

TEST_F(Semaphore, AHandlerMayAskAndReleaseAgain) {
  FairSemaphore semaphore(runtime_, 0);
  semaphore.acquire(1, millis(50), [&](bool) {
    log_ += "first ";
    ask(semaphore, 1, 50, "third");
    semaphore.release(1);
  });
  ask(semaphore, 1, 50, "second");
  semaphore.release(1);
  EXPECT_EQ(log_, "first second+ ");
  semaphore.fail_waiters();
  EXPECT_EQ(log_, "first second+ third- ");
}

// ---- the limits

TEST(BackPressureLimits, AreAtLeastTenSendsAndOneMebibyte) {
  SimRuntime runtime;
  auto limits = std::make_shared<BackPressure>(runtime, 1, 1);
  EXPECT_EQ(limits->num(), 10);
  EXPECT_EQ(limits->size(), 1 << 20);
  limits->set_num(3);
  limits->set_size(3);
  EXPECT_EQ(limits->available_num(), 10);
  EXPECT_EQ(limits->available_size(), 1 << 20);
}

TEST(BackPressureLimits, ANewLimitKeepsWhatIsGivenAwayAndTakesItBackLater) {
  SimRuntime runtime;
  auto limits = std::make_shared<BackPressure>(runtime, 100, 4 << 20);
  std::vector<Task> releases;
  for (int i = 0; i < 15; ++i) {
    limits->admit(100, runtime.now(), 1000, [&](const char* refusal, Task release) {
      EXPECT_EQ(refusal, nullptr);
      releases.push_back(std::move(release));
    });
  }
  limits->set_num(20);
  EXPECT_EQ(limits->available_num(), 5);
  limits->set_num(10);
  EXPECT_EQ(limits->available_num(), -5);
  for (Task& release : releases) release();
  EXPECT_EQ(limits->available_num(), 10);
  EXPECT_EQ(limits->available_size(), 4 << 20);
}

TEST(BackPressureLimits, WhoWaitsWhenTheLimitIsRaisedWaitsAtTheOldOneToTheEnd) {
  SimRuntime runtime;
  auto limits = std::make_shared<BackPressure>(runtime, 10, 1 << 20);
  std::string log;
  Task first;
  for (int i = 0; i < 10; ++i) {
    limits->admit(1, runtime.now(), 50, [&](const char*, Task release) { first = std::move(release); });
  }
  limits->admit(1, runtime.now(), 50, [&](const char* refusal, Task) { log += refusal != nullptr ? refusal : "in"; });
  limits->set_num(20);
  first();
  limits->admit(1, runtime.now(), 50, [&](const char* refusal, Task) { log += refusal == nullptr ? "later, " : "?"; });
  EXPECT_EQ(log, "later, ");
  runtime.run_for(millis(60));
  EXPECT_EQ(log, "later, send message tryAcquire semaphoreAsyncNum timeout");
}

TEST(BackPressureLimits, ARefusalForSizeHoldsANumberAndNothingLeftIsARefusalAtOnce) {
  SimRuntime runtime;
  auto limits = std::make_shared<BackPressure>(runtime, 10, 1 << 20);
  std::string why;
  Task release;
  limits->admit((1 << 20) + 1, runtime.now(), 20, [&](const char* refusal, Task r) {
    why = refusal;
    release = std::move(r);
  });
  runtime.run_for(millis(30));
  EXPECT_EQ(why, "send message tryAcquire semaphoreAsyncSize timeout");
  EXPECT_EQ(limits->available_num(), 9);
  release();
  EXPECT_EQ(limits->available_num(), 10);
  EXPECT_EQ(limits->available_size(), 1 << 20);
  limits->admit(1, runtime.now(), 0, [&](const char* refusal, Task r) {
    why = refusal;
    EXPECT_FALSE(r);
  });
  EXPECT_EQ(why, "send message tryAcquire semaphoreAsyncNum timeout");
}

// ---- the producer

using BackPressureOfAProducer = SimulatedProducer;

TEST_F(BackPressureOfAProducer, MakesTheCallerWaitForACallbackWhenTheNumberIsUsedUp) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->setBackPressureForAsyncSendNum(1);  // raised to the least
  EXPECT_EQ(producer->getBackPressureForAsyncSendNum(), 10);
  producer->start();
  producer->send(Message("T", "connects"));
  Told told;
  const TimePoint before = runtime_.now();
  for (int i = 0; i < 10; ++i) producer->send(Message("T", "b"), told.callback());
  EXPECT_EQ(runtime_.now(), before);
  EXPECT_EQ(told.texts.size(), 0u);
  producer->send(Message("T", "b"), told.callback());
  EXPECT_GT(runtime_.now(), before);
  EXPECT_GT(told.ok(), 0u);
  runtime_.run_for(millis(20));
  EXPECT_EQ(told.ok(), 11u);
  EXPECT_EQ(producer->impl()->back_pressure().available_num(), 10);
  EXPECT_EQ(producer->impl()->back_pressure().available_size(), 100 << 20);
}

TEST_F(BackPressureOfAProducer, LimitsNothingIn498AndNothingWhenSwitchedOff) {
  for (const char* name : {"java-4.9.8", "java-5.3.3"}) {
    const Profile& profile = *find_profile(name);
    auto producer = make(profile, std::string("g") + name[5]);
    producer->setEnableBackpressureForAsyncMode(!profile.has_back_pressure);
    producer->setBackPressureForAsyncSendNum(10);
    producer->start();
    Told told;
    const TimePoint before = runtime_.now();
    for (int i = 0; i < 30; ++i) producer->send(Message("T", "b"), told.callback());
    EXPECT_EQ(runtime_.now(), before);
    runtime_.run_for(millis(50));
    EXPECT_EQ(told.ok(), 30u);
  }
}

TEST_F(BackPressureOfAProducer, GivesPermitsBackBeforeACallbackThatThrows) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->start();
  std::int64_t seen = 0;
  producer->send(Message("T", "four"), make_send_callback(
                                           [&](const SendResult&) {
                                             seen = producer->impl()->back_pressure().available_num();
                                             throw std::runtime_error("the user's");
                                           },
                                           [](const MQException&) {}));
  EXPECT_EQ(producer->impl()->back_pressure().available_num(), 9999);
  EXPECT_EQ(producer->impl()->back_pressure().available_size(), (100 << 20) - 4);
  runtime_.run_for(millis(50));
  EXPECT_EQ(seen, 10000);
}

TEST_F(BackPressureOfAProducer, AMessageLargerThanTheSizeLimitAlwaysTimesOut) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->setBackPressureForAsyncSendSize(1);
  producer->start();
  Told told;
  const std::int64_t before = now_ms();
  producer->send(Message("T", std::string((1 << 20) + 1, 'x')), told.callback(), 200);
  EXPECT_GE(now_ms() - before, 200);
  runtime_.run_for(millis(10));
  EXPECT_EQ(told.texts, (std::vector<std::string>{"send message tryAcquire semaphoreAsyncSize timeout"}));
  EXPECT_EQ(producer->impl()->back_pressure().available_num(), 10000);
}

class BackPressureAndSilence : public SimulatedProducer {
 protected:
  BackPressureAndSilence() : SimulatedProducer({silence()}) {}
};

TEST_F(BackPressureAndSilence, TheCallReturnsNormallyAndTheCallbackIsToldOfTheTimeout) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->setBackPressureForAsyncSendNum(10);
  producer->start();
  Told told;
  for (int i = 0; i < 10; ++i) producer->send(Message("T", "b"), told.callback(), 10'000);
  const std::int64_t before = now_ms();
  producer->send(Message("T", "b"), told.callback(), 300);
  EXPECT_GE(now_ms() - before, 300);
  EXPECT_LE(now_ms() - before, 302);
  runtime_.run_for(millis(5));
  EXPECT_EQ(told.texts, (std::vector<std::string>{"send message tryAcquire semaphoreAsyncNum timeout"}));
  producer->setBackPressureForAsyncSendNum(20);
  const std::int64_t raised = now_ms();
  producer->send(Message("T", "b"), told.callback(), 300);
  EXPECT_EQ(now_ms(), raised);
}

TEST_F(BackPressureAndSilence, InsideAHandlerASendWithoutRoomIsRefusedAndOneWithRoomGoesOn) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->setBackPressureForAsyncSendNum(10);
  producer->start();
  Told told;
  bool refused = false;
  runtime_.post([&] {
    for (int i = 0; i < 10; ++i) producer->send(Message("T", "b"), told.callback());
    try {
      producer->send(Message("T", "b"), told.callback());
    } catch (const std::logic_error&) {
      refused = true;
    }
  });
  runtime_.run_for(millis(10));
  EXPECT_TRUE(refused);
  EXPECT_EQ(producer->impl()->back_pressure().available_num(), 0);
}

TEST_F(BackPressureAndSilence, AProducerThatGoesEndsTheWaits) {
  auto producer = make();
  producer->setEnableBackpressureForAsyncMode(true);
  producer->setBackPressureForAsyncSendNum(10);
  producer->start();
  std::string text;
  bool returned = false;
  runtime_.run([&] {
    for (int i = 0; i < 11; ++i) {
      SendCall call;
      call.mode = CommunicationMode::ASYNC;
      producer->impl()->begin_async(
          Message("T", "b"), std::move(call), [&](SendOutcome& outcome) { text = outcome.error->message; },
          [&, i](std::optional<MQError>) { returned = returned || i == 10; });
    }
  });
  runtime_.run_for(millis(10));
  EXPECT_FALSE(returned);
  runtime_.run([&] { producer->impl()->abandon(); });
  EXPECT_TRUE(returned);
}

// ---- executors of the user's

class CountingExecutor final : public Executor {
 public:
  CountingExecutor(Runtime& runtime, bool refuses)
      : inner_(runtime.make_executor({.name = "user"})), refuses_(refuses) {}
  bool execute(Task task) override { return ++asked, !refuses_ && inner_->execute(std::move(task)); }
  void shutdown() override { shut = true; }
  int asked = 0;
  bool shut = false;

 private:
  std::unique_ptr<Executor> inner_;
  bool refuses_;
};

using UserExecutors = SimulatedProducer;

TEST_F(UserExecutors, PrepareSendsAndRunCallbacksAndOutliveTheProducer) {
  auto senders = std::make_shared<CountingExecutor>(runtime_, false);
  auto callbacks = std::make_shared<CountingExecutor>(runtime_, false);
  auto producer = make();
  EXPECT_THROW(producer->setCallbackExecutor(callbacks), RuntimeException);
  producer->setAsyncSenderExecutor(senders);
  producer->start();
  producer->setCallbackExecutor(callbacks);
  Told told;
  for (int i = 0; i < 5; ++i) producer->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(told.ok(), 5u);
  EXPECT_EQ(senders->asked, 5);
  EXPECT_EQ(callbacks->asked, 5);
  producer->shutdown();
  EXPECT_FALSE(senders->shut);
  EXPECT_FALSE(callbacks->shut);
}

TEST_F(UserExecutors, ARefusedCallbackRunsOnTheProducersOwn) {
  auto callbacks = std::make_shared<CountingExecutor>(runtime_, true);
  auto producer = make();
  producer->start();
  producer->setCallbackExecutor(callbacks);
  Told told;
  producer->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(callbacks->asked, 1);
  EXPECT_EQ(told.ok(), 1u);
}

TEST_F(UserExecutors, ARefusedSendIsAnErrorAndWithBackPressureTheCallersWork) {
  auto producer = make();
  producer->setAsyncSenderExecutor(std::make_shared<CountingExecutor>(runtime_, true));
  producer->start();
  Told told;
  try {
    producer->send(Message("T", "b"), told.callback(), 1000);
    FAIL();
  } catch (const MQClientException& e) {
    EXPECT_EQ(e.getErrorMessage(), "executor rejected ");
  }
  producer->setEnableBackpressureForAsyncMode(true);
  producer->send(Message("T", "b"), told.callback(), 1000);
  EXPECT_EQ(requests("GET_ROUTEINFO_BY_TOPIC"), 1u) << "the caller itself waited for the route";
  runtime_.run_for(millis(50));
  EXPECT_EQ(told.ok(), 1u);
  EXPECT_EQ(producer->impl()->back_pressure().available_num(), 10000);
}

}  // namespace back_pressure_test
}  // namespace rmqsim
