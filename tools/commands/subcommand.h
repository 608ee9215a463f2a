// A subcommand of rmqsim that lives in a file of its own.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rmqsim {

struct Subcommand {
  CLI::App* app = nullptr;   ///< tells after parsing whether it was chosen
  std::function<int()> run;  ///< the exit status (contract §3.3: 0, 1, 2, 64, 70)
};

/// `ctl`: asks a running cluster or fake, and changes it.
Subcommand add_ctl_command(CLI::App& app);
/// `up`: a cluster that runs until Ctrl-C.
Subcommand add_up_command(CLI::App& app);
/// `send`: a producer for any cluster.
Subcommand add_send_command(CLI::App& app);
/// `proxy`: stands between clients and a cluster, and breaks what passes.
Subcommand add_proxy_command(CLI::App& app);

}  // namespace rmqsim
