// Which step is on, and which application thread sends next, told without a producer.
#include "scenarios/harness/engine/steps/step_pacer.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {
namespace step_pacer_test {

class StepPacerTest : public testing::Test {
 protected:
  /// A step of `count` sends, each of which takes `takes`; performed by name.
  Step& sends(std::string name, std::uint64_t count, Pace pace = {}, Duration takes = {}) {
    Step& step = scenario_.steps.emplace_back();
    step.name = std::move(name);
    step.first_send = scenario_.send_count;
    step.send_count = count;
    scenario_.send_count += count;
    paces_.push_back(pace);
    takes_.push_back(takes);
    return step;
  }
  /// "name/i@ms" for each send that began, "name!@ms" for each step without sends, and the end.
  std::string run() {
    pacer_.begin();
    runtime_.run();
    return told_;
  }

 private:
  void tell(const std::string& what) {
    if (!told_.empty()) told_ += ' ';
    told_ += what + "@" + std::to_string(to_millis(runtime_.now()) - to_millis(kSimEpoch));
  }
  void perform(std::size_t index) {
    const Step& step = scenario_.steps[index];
    if (step.send_count == 0) {
      tell(step.name + "!");
      return pacer_.finish(index);
    }
    pacer_.take_turns(index, paces_[index], [this, index](const TurnPtr& turn) {
      threads_.insert(runtime_.current_thread());
      tell(scenario_.steps[index].name + "/" + std::to_string(turn->i) + "#" + std::to_string(turn->number));
      run_.later(takes_[index], [this, turn] {
        pacer_.over(*turn);
        pacer_.go_on(*turn);
      });
    });
  }

  Scenario scenario_;
  std::vector<Pace> paces_;
  std::vector<Duration> takes_;
  std::string told_;
  SimRuntime runtime_;
  RunScope run_{runtime_, nullptr};
  StepPacer pacer_{run_, scenario_, [this](std::size_t index) { perform(index); }, [this] { tell("over"); }};

 protected:
  std::set<ThreadId> threads_;
};

TEST_F(StepPacerTest, StepsFollowOneAnotherAndSendsAreNumberedThroughThemAll) {
  sends("a", 2, {}, millis(3));
  sends("b", 0);
  sends("c", 1);
  EXPECT_EQ(run(), "a/0#0@0 a/1#1@3 b!@6 c/0#2@6 over@6");
}

TEST_F(StepPacerTest, WhatIsInTheBackgroundHasThreadsOfItsOwn) {
  sends("a", 2, {}, millis(3)).background = true;
  sends("b", 2, {}, millis(3));
  sends("c", 1);
  run();
  EXPECT_EQ(threads_.size(), 2u) << "who waits for a send of one step is not at one of another";
}

TEST_F(StepPacerTest, SendsBeginWhenAndWhereTheyDidInAnotherRun) {
  Step& step = sends("a", 3, {}, millis(4));
  step.concurrency = 2;
  step.begins = {{millis(5), 1}, {millis(2), 0}, {millis(7), 1}};
  EXPECT_EQ(run(), "a/1#1@2 a/0#0@5 a/2#2@9 over@13");
}

TEST_F(StepPacerTest, AnIntervalCountsFromTheEndOfASend) {
  sends("a", 3, {.interval = millis(10)}, millis(4));
  EXPECT_EQ(run(), "a/0#0@0 a/1#1@14 a/2#2@28 over@32");
}

TEST_F(StepPacerTest, AnIntervalFromStartToStartIsOverWhenTheCallTookLonger) {
  sends("a", 2, {.interval = millis(10), .from_start = true}, millis(4));
  sends("b", 2, {.interval = millis(10), .from_start = true, .always_waits = false}, millis(15));
  EXPECT_EQ(run(), "a/0#0@0 a/1#1@10 b/0#2@14 b/1#3@29 over@44");
}

TEST_F(StepPacerTest, ThreadsShareTheSendsOfAStep) {
  sends("a", 5, {}, millis(2)).concurrency = 2;
  EXPECT_EQ(run(), "a/0#0@0 a/1#1@0 a/2#2@2 a/3#3@2 a/4#4@4 over@6");
  EXPECT_EQ(threads_.size(), 2u);
}

TEST_F(StepPacerTest, ABackgroundStepLetsTheNextBeginAndTheEndWaitsForIt) {
  sends("a", 2, {}, millis(20)).background = true;
  sends("b", 1, {}, millis(5)).at = millis(30);
  EXPECT_EQ(run(), "a/0#0@0 a/1#1@20 b/0#2@30 over@40");
}

}  // namespace step_pacer_test
}  // namespace rmqsim
