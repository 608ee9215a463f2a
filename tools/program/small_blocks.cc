// Small blocks of memory for a program whose runs are made of them: a thousand strings, nodes and buffers that are all
// given back at the end of a run and asked for again in the next. glibc keeps seven of a size at hand in each thread;
// this keeps as many as a run has, so that to get one and to give it back are a few instructions each. Whatever is
// larger, or more than is kept, is malloc's as ever. For programs only: a library leaves memory to who uses it.
#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace rmqsim {
namespace {

/// Blocks of a class hold 16 * class + 8 bytes: as many as glibc's chunks have for their user.
constexpr std::size_t kClasses = 513;
constexpr std::size_t kKeptBytes = 256 << 10;  ///< of a class, in each thread
constexpr int kKeptLarge = 16 << 20;           ///< of all that is larger

constexpr std::size_t class_for(std::size_t size) { return size <= 24 ? 1 : (size + 7) >> 4; }
constexpr std::size_t size_of(std::size_t block_class) { return block_class * 16 + 8; }
static_assert(size_of(class_for(24)) == 24 && size_of(class_for(25)) == 40 && size_of(class_for(41)) == 56);

struct Free {
  Free* next;
};
struct Shelf {
  Free* first;
  std::size_t room;  ///< for so many more; of a shelf that was never used, 0
};
/// All zero until its thread gives the first block back.
struct Shelves {
  Shelf of[kClasses];
  bool open, closed;
};
constinit thread_local Shelves shelves{};

/// What a thread keeps goes when it does.
struct Closing {
  ~Closing() {
    if (::gettid() == ::getpid()) return;  // so does all of the process
    shelves.open = false;
    shelves.closed = true;
    for (Shelf& shelf : shelves.of) {
      shelf.room = 0;
      while (Free* const block = shelf.first) {
        shelf.first = block->next;
        std::free(block);
      }
    }
  }
};

/// False: they were open before, or never will be again.
bool opened() {
  if (shelves.open || shelves.closed) return false;
  thread_local const Closing closing;
  (void)closing;
  for (std::size_t i = 1; i < kClasses; ++i) shelves.of[i].room = kKeptBytes / size_of(i);
  // What one run's large blocks took is there for the next, and not fetched from the system each time.
  ::mallopt(M_TRIM_THRESHOLD, kKeptLarge);
  ::mallopt(M_MMAP_THRESHOLD, kKeptLarge);
  return shelves.open = true;
}

[[gnu::noinline]] void* from_malloc(std::size_t size) {
  for (;;) {
    if (void* const block = std::malloc(size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

[[gnu::noinline]] void give_back_slowly(void* block, std::size_t block_class) {
  Shelf& shelf = shelves.of[block_class];
  if (shelf.room > 0 || !opened()) return std::free(block);
  --shelf.room;
  shelf.first = new (block) Free{shelf.first};
}

void give_back(void* block, std::size_t block_class) {
  if (block_class >= kClasses) return std::free(block);
  Shelf& shelf = shelves.of[block_class];
  if (shelf.room == 0) return give_back_slowly(block, block_class);
  --shelf.room;
  shelf.first = new (block) Free{shelf.first};
}

}  // namespace
}  // namespace rmqsim

void* operator new(std::size_t size) {
  using namespace rmqsim;
  const std::size_t block_class = class_for(size);
  if (block_class >= kClasses) return from_malloc(size);
  Shelf& shelf = shelves.of[block_class];
  Free* const block = shelf.first;
  if (block == nullptr) return from_malloc(size_of(block_class));
  shelf.first = block->next;
  ++shelf.room;
  return block;
}

void operator delete(void* block) noexcept {
  if (block != nullptr) rmqsim::give_back(block, ::malloc_usable_size(block) >> 4);
}

void operator delete(void* block, std::size_t size) noexcept {
  if (block != nullptr) rmqsim::give_back(block, rmqsim::class_for(size));
}
