// The functions of a TestCluster, over what is behind it, and what GoogleTest is told when its tasks end.
#include "scenarios/testing/rmqsim/cluster.h"

#include <gtest/gtest.h>

#include <iostream>

#include "scenarios/harness/report/render.h"
#include "scenarios/testing/build.h"
#include "scenarios/testing/cluster_impl.h"
#include "scenarios/testing/play.h"

namespace rmqsim::test {
namespace {

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

/// f(), whose std::logic_error, if it throws one, begins with the place.
template <class F>
decltype(auto) placed(const Place& place, const F& f) {
  try {
    return f();
  } catch (const InvalidScenario& e) {
    throw InvalidScenario(to_string(place) + ": " + e.what());
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(to_string(place) + ": " + e.what());
  } catch (const std::logic_error& e) {
    throw std::logic_error(to_string(place) + ": " + e.what());
  }
}

}  // namespace

ScenarioBuilder default_cluster(const char* file, int line) {
  return scenario("cluster", "A cluster for a test.", file, line)
      .brokers("broker-a", "broker-b")
      .topics(topic("TopicTest").queues(4))
      .autoCreateTopic()
      .producers(test::producer("p"));
}

TestCluster::TestCluster(TestWorld world, const ScenarioBuilder& setup) : impl_(std::make_unique<Impl>(world, setup)) {}
TestCluster::~TestCluster() {
  try {
    end_tasks();
  } catch (...) {  // GoogleTest's own, if it is to throw: it has shown the failure
  }
}

TransactionMQProducer& TestCluster::unstarted_producer(std::string_view name, const char* file, int line) {
  return impl_->find_or_make(placed({file, line}, [&]() -> auto& { return impl_->spec_of(name); }));
}

TransactionMQProducer& TestCluster::transaction_producer(std::string_view name, const char* file, int line) {
  const ProducerSpec& spec = placed({file, line}, [&]() -> auto& { return impl_->spec_of(name); });
  TransactionMQProducer& producer = impl_->find_or_make(spec);
  if (spec.auto_start && !begun(producer)) producer.start();
  return producer;
}

// ---- what breaks

std::string TestCluster::fault(const Fault& rule, const char* file, int line) {
  const auto answer = placed({file, line}, [&] { return impl_->call("POST", "/v1/faults", Value(rule).json()); });
  return answer.at("faults").at(0).at("id").get<std::string>();
}
void TestCluster::remove_fault(std::string_view id, const char* file, int line) {
  placed({file, line}, [&] { impl_->call("DELETE", "/v1/faults/" + escaped(id)); });
}
void TestCluster::clear_faults() { impl_->call("DELETE", "/v1/faults"); }
std::string TestCluster::hold(const Fault& gate, const char* file, int line) {
  const auto answer = placed({file, line}, [&] { return impl_->call("POST", "/v1/gates", Value(gate).json()); });
  return answer.at("id").get<std::string>();
}
std::size_t TestCluster::release(std::string_view id, std::size_t count, const char* file, int line) {
  const std::string body = count == 0 ? "" : Value::object({{"count", count}}).json();
  const std::string target = "/v1/gates/" + escaped(id) + "/release";
  const auto answer = placed({file, line}, [&] { return impl_->call("POST", target, body); });
  return answer.at("released").get<std::size_t>();
}

void TestCluster::crash(std::string_view server, const char* file, int line) {
  placed({file, line}, [&] { impl_->server_event<CrashEvent>("crash", server); });
}
void TestCluster::restart(std::string_view server, const char* file, int line) {
  placed({file, line}, [&] { impl_->server_event<RestartEvent>("restart", server); });
}
void TestCluster::pause(std::string_view server, const char* file, int line) {
  placed({file, line}, [&] { impl_->server_event<PauseEvent>("pause", server); });
}
void TestCluster::resume(std::string_view server, const char* file, int line) {
  placed({file, line}, [&] { impl_->server_event<ResumeEvent>("resume", server); });
}

void TestCluster::perform(const EventStep& event, const char* file, int line) {
  const Place place{file, line};
  const std::string where = to_string(place);
  const Scenario with = build_scenario(ScenarioBuilder(impl_->setup).steps(event), false,
                                       {where, {"/steps/0/do", "/steps/0"}});
  if (auto cannot = ScenarioWorld::cannot_run(world_kind(impl_->world), with, {})) {
    throw std::logic_error(where + ": " + cannot->reason);
  }
  const rmqsim::Step& step = with.steps.front();
  const auto& what = std::get<rmqsim::EventStep>(step.what);
  if (!step.at) return impl_->perform(*this, what, step.may_be_idle, where);
  const Duration wait = *step.at - (impl_->runtime().now() - impl_->first_step());
  if (wait < Duration::zero()) {
    throw std::invalid_argument(where + ": " + what.kind + " at " + format_millis(*step.at) + " ms: it is " +
                                format_millis(fractional_millis(now_ms())) + " ms already");
  }
  impl_->after.add(wait, place, [this, what, where, idle = step.may_be_idle] {
    impl_->perform(*this, what, idle, where);
  });
}

// ---- clocks

double TestCluster::now_ms() const { return impl_->ms_at(impl_->runtime().now()); }

void TestCluster::advance(double ms, const char* file, int line) {
  const Duration time = placed({file, line}, [&] { return impl_->span_from_now(ms); });
  impl_->after.rethrow();
  placed({file, line}, [&] { impl_->pass(time); });
  impl_->after.rethrow();
}

void TestCluster::after(double ms, std::function<void()> task, const char* file, int line) {
  placed({file, line}, [&] {
    if (!task) throw std::invalid_argument("what is to happen after that time is no function");
    impl_->after.add(impl_->span_from_now(ms), {file, line}, std::move(task));
  });
}

void TestCluster::settle(double within_ms, const char* file, int line) {
  const Duration within = placed({file, line}, [&] { return impl_->span_from_now(within_ms); });
  impl_->after.rethrow();
  const TimePoint until = impl_->runtime().now() + within;
  for (;;) {
    bool settled = false;
    impl_->runtime().run([&] { settled = impl_->log->under_way() == 0 && impl_->callbacks_idle(); });
    impl_->after.rethrow();
    if (settled) return;
    if (impl_->runtime().now() >= until) break;
    placed({file, line}, [&] { impl_->pass(millis(1)); });
  }
  std::string text = "still under way after " + Value(within_ms).json() + " ms:";
  for (const Send& send : Record(impl_->account()).sends()) {
    if (send.outcome == INCOMPLETE) text += "\n   " + line_of(send);
  }
  bool idle = true;
  impl_->runtime().run([&] { idle = impl_->callbacks_idle(); });
  if (!idle) text += "\n   a callback, which has not returned";
  throw std::runtime_error(text);
}

void TestCluster::end_tasks() {
  const AfterTasks::Left left = impl_->after.end();
  for (const AfterTasks::Waiting& one : left.waiting) {
    std::cout << to_string(one.place) << ": what was to happen at "
              << format_millis(fractional_millis(impl_->ms_at(one.at))) << " ms did not, as the test was over at "
              << format_millis(fractional_millis(now_ms())) << " ms\n"
              << std::flush;
  }
  for (const AfterTasks::Unheard& one : left.unheard) {
    const char* const who = one.place.file == nullptr ? "What was called back" : "What was to happen";
    ADD_FAILURE_AT(one.place.file, one.place.line) << who << " threw: " << what_of(one.error);
  }
}

// ---- what happened

Record TestCluster::record() const {
  impl_->after.rethrow();
  return Record(impl_->account());
}

std::string TestCluster::nameservers() const { return impl_->hosted.nameservers(); }
Runtime& TestCluster::runtime() { return impl_->runtime(); }
Transport& TestCluster::transport(std::string_view name) { return impl_->hosted.world().client(std::string(name)); }

std::ostream& operator<<(std::ostream& out, const TestCluster& cluster) {
  const Record record = cluster.record();
  return out << "a cluster after " << format_millis(fractional_millis(cluster.now_ms())) << " ms: " << record;
}

}  // namespace rmqsim::test
