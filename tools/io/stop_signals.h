// What SIGINT, SIGTERM and SIGHUP mean to a command that has something to report: the first one asks it to come to its
// end and say what it knows, a second one ends it at once. One state for the whole process, as signals have it.
#pragma once

#include <signal.h>

#include "scenarios/harness/engine/run_stop.h"

namespace rmqsim::stop_signals {

/// From now on; to be called before threads are started. A signal that is ignored (nohup) stays ignored. A second call
/// changes nothing.
void listen();
/// The first one that came, or 0.
int received();
/// "interrupted (SIGINT)"; nullptr while none came.
const char* reason();
/// The same for runs of the engine.
const RunStop& run_stop();
/// Waits until one came, at most so long; negative: as long as it takes. True when one came.
bool wait(int milliseconds);
/// Readable from the first one on.
int descriptor();

/// In a process that has workers, which takes signals with sigwaitinfo() instead: those that it listens to, and what
/// one that came does.
void add_to(sigset_t& signals);
void take(int number);
/// In a worker, right after the fork and with these signals and SIGUSR1 blocked: it hears from its parent only.
void listen_to_parent();
/// Tells a worker, by SIGUSR1.
void tell_worker(int pid, int number);

}  // namespace rmqsim::stop_signals
