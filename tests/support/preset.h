// What tests know of the preset that they are built in. It is in a source of its own, so that all the others are
// compiled alike in each preset that does not instrument them, and a compiler cache has them from the first.
#pragma once

namespace rmqsim {

/// The folder of the project's programs.
extern const char* const kProgramFolder;
/// Whether the product is compiled with a sanitizer.
extern const bool kSanitized;

}  // namespace rmqsim
