// What people give to be read: a file, a pipe, /dev/stdin, or by mistake a folder or a device without end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace rmqsim {

/// All of the file, and of a larger one `most` bytes and one more. Else `problem` says why not: "there is no such
/// file". A signal ends the wait for somebody who writes into a pipe.
std::optional<std::string> read_bounded(const std::string& path, std::size_t most, std::string& problem);
/// The same of what is open already.
std::optional<std::string> read_bounded(int descriptor, std::size_t most, std::string& problem);

}  // namespace rmqsim
