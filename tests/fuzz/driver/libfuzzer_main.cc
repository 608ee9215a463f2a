// libFuzzer's entry: one program for all targets, of which the environment variable RMQSIM_FUZZ_TARGET names one
// (tests/fuzz/run sets it).
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace {
const rmqsim::fuzz::Target* chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* const name = std::getenv("RMQSIM_FUZZ_TARGET");
  chosen = name == nullptr ? nullptr : rmqsim::fuzz::find_target(name);
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "fuzz: RMQSIM_FUZZ_TARGET must be one of:");
  for (const auto& target : rmqsim::fuzz::targets()) std::fprintf(stderr, " %s", target.name.data());
  std::fprintf(stderr, "\n");
  std::exit(64);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
