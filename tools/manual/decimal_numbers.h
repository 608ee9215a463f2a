// Numbers on command lines are decimal, as everywhere else in rmqsim. CLI11 alone takes 010 for eight and refuses 08.
#pragma once

namespace CLI {
class App;
}

namespace rmqsim {

/// Of all options of `app` and its commands, which it has already, that take whole numbers: zeros before a number mean
/// nothing, and 0x10 is refused.
void read_numbers_as_decimal(CLI::App& app);

}  // namespace rmqsim
