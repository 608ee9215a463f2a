// operator new as rmqsim has it. This program has it as well, unless sanitizers look at what is allocated.
#include <gtest/gtest.h>

#include <malloc.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/preset.h"

namespace rmqsim {
namespace small_blocks_test {

/// What malloc has given out and not got back.
std::size_t in_use() { return ::mallinfo2().uordblks; }

void take_and_give_back(std::size_t count, std::size_t size) {
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(::operator new(size));
  for (void* const block : blocks) ::operator delete(block, size);
}

TEST(SmallBlocks, WhatWasGivenBackIsTheNextOfItsSize) {
  if (kSanitized) return;
  for (const std::size_t size : {1u, 24u, 25u, 1000u, 8200u}) {
    void* const block = ::operator new(size);
    ::operator delete(block, size);
    void* const next = ::operator new(size);
    EXPECT_EQ(next, block) << size;
    ::operator delete(next);
    void* const last = ::operator new(size);
    EXPECT_EQ(last, block) << size << ", given back by who does not know its size";
    ::operator delete(last);
  }
}

TEST(SmallBlocks, EachIsAsLargeAsWasAskedForAndItsOwnersAlone) {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  const auto take = [&](std::size_t size) {
    auto* const block = static_cast<unsigned char*>(::operator new(size));
    EXPECT_GE(::malloc_usable_size(block), size);
    std::memset(block, static_cast<int>(size % 251), size);
    blocks.emplace_back(block, size);
  };
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 0; size < 1200; ++size) take(size);
    for (std::size_t size = 8150; size < 8250; ++size) take(size);
    std::vector<std::pair<unsigned char*, std::size_t>> kept;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto [block, size] = blocks[i];
      for (std::size_t k = 0; k < size; ++k) ASSERT_EQ(block[k], size % 251) << size;
      if (i % 3 == 0) {
        kept.emplace_back(block, size);
      } else if (i % 3 == 1) {
        ::operator delete(block, size);
      } else {
        ::operator delete(block);
      }
    }
    blocks = std::move(kept);
  }
  for (const auto& [block, size] : blocks) ::operator delete(block, size);
}

TEST(SmallBlocks, AsManyAsARunHasAreKeptAndTheRestIsMallocsAgain) {
  if (kSanitized) return;
  const std::size_t before = in_use();
  take_and_give_back(10'000, 1000);
  EXPECT_GT(in_use(), before + 200'000);
  EXPECT_LT(in_use(), before + 1'000'000);
}

TEST(SmallBlocks, WhatAThreadKeepsGoesWithIt) {
  std::thread([] { take_and_give_back(10, 1000); }).join();  // what a first thread leaves behind
  const std::size_t before = in_use();
  std::thread([] { take_and_give_back(1000, 1000); }).join();
  EXPECT_LT(in_use(), before + 10'000);
}

TEST(SmallBlocks, OneMayTakeWhatAnotherGivesBack) {
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(::operator new(100));
  std::thread([&] {
    for (void* const block : blocks) ::operator delete(block, 100);
    take_and_give_back(1000, 100);
  }).join();
  take_and_give_back(1000, 100);
}

}  // namespace small_blocks_test
}  // namespace rmqsim
