// An alarm that counts what a process computes: a worker of a campaign to which others leave no processor is not ended,
// and one that never ends its trial is.
#include "tools/explore/processor_alarm.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace rmqsim {
namespace {

/// How a process of its own ends that does this.
template <class Work>
int status_of(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGALRM, SIG_DFL);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(ProcessorAlarm, EndsAProcessThatComputesForTooLong) {
  const int status = status_of([] {
    ProcessorAlarm alarm;
    alarm.set(1);
    while (::clock() >= 0) {
    }
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGALRM);
}

TEST(ProcessorAlarm, LeavesAProcessThatIsGivenNoProcessor) {
  EXPECT_EQ(status_of([] {
              ProcessorAlarm alarm;
              alarm.set(1);
              ::usleep(1'500'000);
            }),
            0);
}

TEST(ProcessorAlarm, IsOverOnceItIsTakenBack) {
  EXPECT_EQ(status_of([] {
              ProcessorAlarm alarm;
              alarm.set(1);
              alarm.set(0);
              const clock_t begin = ::clock();
              while (::clock() - begin < 3 * CLOCKS_PER_SEC / 2) {
              }
            }),
            0);
}

}  // namespace
}  // namespace rmqsim
