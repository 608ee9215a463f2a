#include "scenarios/harness/engine/steps/step_pacer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rmqsim {

struct StepPacer::Sends {
  std::size_t index;
  const Step& step;
  Pace pace;
  SendOne send_one;
  std::vector<ThreadId> threads;
  std::vector<std::uint64_t> next_of;  ///< by thread; without Step::begins all share the first
  std::uint64_t over = 0;
};

void StepPacer::begin() {
  first_step_ = run_.now();
  run_step(0);
}

void StepPacer::run_step(std::size_t index) {
  if (index == scenario_.steps.size()) {
    all_begun_ = true;
    if (unfinished_steps_ == 0) all_over_();
    return;
  }
  const Step& step = scenario_.steps[index];
  ++unfinished_steps_;
  auto perform = [this, index] {
    perform_(index);
    if (scenario_.steps[index].background) run_step(index + 1);
  };
  const Duration since = run_.now() - first_step_;
  if (step.at && *step.at > since) return run_.later(*step.at - since, std::move(perform));
  perform();
}

void StepPacer::finish(std::size_t index) {
  --unfinished_steps_;
  if (!scenario_.steps[index].background) {
    // Through the queue, so that a thousand steps that take no time do not nest.
    run_.post([this, index] { run_step(index + 1); });
  } else if (all_begun_ && unfinished_steps_ == 0) {
    // Through the queue, too: who tells of the last send has still to clear up after it, to give back a permit.
    run_.post([this] { all_over_(); });
  }
}

void StepPacer::take_turns(std::size_t index, const Pace& pace, SendOne send_one) {
  const Step& step = scenario_.steps[index];
  auto threads = app_threads(step);
  std::vector<std::uint64_t> begun(step.begins.empty() ? 1 : threads.size());
  const auto sends =
      std::make_shared<Sends>(Sends{index, step, pace, std::move(send_one), std::move(threads), std::move(begun)});
  for (std::uint32_t k = 0; k < sends->threads.size(); ++k) next(sends, k);
}

/// Nobody is at two calls at once: what happens in the background does so in threads of its own.
std::vector<ThreadId> StepPacer::app_threads(const Step& step) {
  std::vector<ThreadId> own;
  std::vector<ThreadId>& threads = step.background ? own : app_threads_;
  while (threads.size() < step.concurrency) {
    threads.push_back(run_.new_thread((step.background ? "background-" : "app-") + std::to_string(threads.size())));
  }
  return {threads.begin(), threads.begin() + step.concurrency};
}

void StepPacer::next(const std::shared_ptr<Sends>& sends, std::uint32_t of_step) {
  const std::vector<Begun>& begins = sends->step.begins;
  std::uint64_t& i = sends->next_of[begins.empty() ? 0 : of_step];
  while (i < begins.size() && begins[i].thread != of_step) ++i;
  if (i >= sends->step.send_count) return;
  const Duration early = begins.empty() ? Duration::zero() : begins[i].at - (run_.now() - first_step_);
  if (early > Duration::zero()) return run_.later(early, [this, sends, of_step] { next(sends, of_step); });
  const ThreadId thread = sends->threads[of_step];
  const auto turn = std::make_shared<Turn>(
      Turn{sends, thread, of_step, sends->index, i, sends->step.first_send + i, run_.now(), nullptr});
  ++i;
  const ThreadScope scope = run_.as(thread);
  sends->send_one(turn);
}

void StepPacer::over(const Turn& turn) {
  if (++turn.sends->over == turn.sends->step.send_count) finish(turn.step);
}

// Through the queue or a timer: the next send must not begin inside the end of this one. A call that began a while ago
// had to wait for a route or a permit.
void StepPacer::go_on(const Turn& turn) {
  const Sends& sends = *turn.sends;
  const bool all_begun = sends.step.begins.empty() && sends.next_of.front() == sends.step.send_count;
  if (all_begun) return;
  auto next_turn = [this, sends = turn.sends, of_step = turn.of_step] { next(sends, of_step); };
  const Duration waited = sends.pace.from_start ? run_.now() - turn.start : Duration::zero();
  const Duration pause = std::max(sends.pace.interval - waited, Duration::zero());
  if (pause > Duration::zero() || sends.pace.always_waits) return run_.later(pause, std::move(next_turn));
  run_.post(std::move(next_turn));
}

}  // namespace rmqsim
