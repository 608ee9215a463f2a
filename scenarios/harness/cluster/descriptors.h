// Descriptors across fork and exec. Sockets of a cluster are this process's alone: a child that held one would keep its
// port, or its connection, open after a crash of the server that it belongs to.
#pragma once

#include <vector>

namespace rmqsim {

/// Those that a program started now would inherit, in order; its standard streams included.
std::vector<int> inheritable_descriptors();

/// Between fork and exec (async-signal-safe): closes all from `first` on but those kept, which are in order.
void close_descriptors(int first, const std::vector<int>& kept = {});

/// As close_descriptors(), but at exec.
void close_descriptors_on_exec(int first, const std::vector<int>& kept);

}  // namespace rmqsim
