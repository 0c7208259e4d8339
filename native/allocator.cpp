#include "allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include "torch_versions.h"

namespace mocosharp {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kLarge = kHugePage;  // from here on a block is mapped by itself, on huge pages
constexpr size_t kSmallest = 128;
constexpr int kStepsPerDoubling = 8;  // sizes of one class differ by an eighth at most
constexpr int kClasses = 48 * kStepsPerDoubling;

// Sits in the 64 bytes before the tensor's memory, so that a pointer alone can be freed.
struct alignas(64) Header {
  uint64_t mark;
  size_t bytes;  // that a tensor may have; the header's own are not among them
  int size_class;
  Header* next_free;
};
static_assert(sizeof(Header) == 64, "the header keeps the tensor's memory on a cache line");
constexpr uint64_t kMark = 0x6f636f4d70726168;

// The smallest class whose blocks hold `wanted` bytes, and how many they do hold: powers of two cut into eighths.
struct SizeClass {
  int index;
  size_t bytes;

  explicit SizeClass(size_t wanted) {
    wanted = std::max(wanted, kSmallest);
    const int power = 63 - __builtin_clzll(wanted);
    const size_t step = (size_t{1} << power) / kStepsPerDoubling;
    const size_t steps = (wanted + step - 1) / step;  // 8..16
    index = power * kStepsPerDoubling + static_cast<int>(steps) - kStepsPerDoubling;
    bytes = steps * step;
    if (bytes >= kLarge) bytes = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  }
};

// A large block's header has a page of its own before the huge ones: sizes are powers of two more often than not, and 64 bytes more would
// cost each of them a huge page.
size_t header_page() { return static_cast<size_t>(sysconf(_SC_PAGE_SIZE)); }

Header* from_system(size_t bytes) {
  if (bytes < kLarge) return static_cast<Header*>(std::aligned_alloc(64, (sizeof(Header) + bytes + 63) / 64 * 64));
  // Mapped with room to spare and cut to the header's page and whole huge ones.
  const size_t page = header_page(), mapped = page + bytes + kHugePage;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<uintptr_t>(memory), aligned = (start + page + kHugePage - 1) / kHugePage * kHugePage,
             first = aligned - page;
  if (first > start) munmap(memory, first - start);
  if (start + mapped > aligned + bytes) munmap(reinterpret_cast<void*>(aligned + bytes), start + mapped - aligned - bytes);
  madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
  return reinterpret_cast<Header*>(aligned) - 1;
}

void to_system(Header* block) {
  if (block->bytes < kLarge) return std::free(block);
  const size_t page = header_page();
  munmap(reinterpret_cast<char*>(block + 1) - page, page + block->bytes);
}

// What the machine has, or the container, where there is less.
int64_t available_memory() {
  int64_t bytes = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE), most = 0;
  std::ifstream container("/sys/fs/cgroup/memory.max");  // a number, or "max"
  return container >> most && most > 0 ? std::min(bytes, most) : bytes;
}

class Pool {
 public:
  void* take(size_t bytes) {
    const SizeClass size(bytes);
    std::lock_guard<std::mutex> lock(mutex_);
    ++statistics_.allocations;
    Header* block = reuse(size.index);
    if (!block) {
      ++statistics_.system_allocations;
      // The system promises more than it has and ends the process later: what is only kept goes first.
      if (exceeds_limit(static_cast<int64_t>(size.bytes))) release();
      block = from_system(size.bytes);
      if (!block) {
        release();
        block = from_system(size.bytes);
      }
      TORCH_CHECK(block, "not enough memory for a tensor of ", bytes, " bytes (", statistics_.bytes_in_use,
                  " bytes are in use); use a smaller batch or smaller images");
      *block = Header{kMark, size.bytes, size.index, nullptr};
    }
    statistics_.bytes_in_use += static_cast<int64_t>(block->bytes);
    statistics_.peak_bytes_in_use = std::max(statistics_.peak_bytes_in_use, statistics_.bytes_in_use);
    return block + 1;
  }

  void give_back(void* memory) {
    if (!memory) return;
    Header* block = static_cast<Header*>(memory) - 1;
    TORCH_INTERNAL_ASSERT(block->mark == kMark, "memory that this allocator did not hand out");
    std::lock_guard<std::mutex> lock(mutex_);
    const auto bytes = static_cast<int64_t>(block->bytes);
    statistics_.bytes_in_use -= bytes;
    if (exceeds_limit(bytes)) return to_system(block);
    statistics_.bytes_cached += bytes;
    block->next_free = free_[block->size_class];
    free_[block->size_class] = block;
  }

  void release_cached() {
    std::lock_guard<std::mutex> lock(mutex_);
    release();
  }

  AllocatorStatistics statistics() {
    std::lock_guard<std::mutex> lock(mutex_);
    return statistics_;
  }

 private:
  bool exceeds_limit(int64_t more) const { return statistics_.bytes_in_use + statistics_.bytes_cached + more > limit_; }

  // A block of this class, or of the next ones up to a quarter larger: last batches and odd sizes then need no memory of their own.
  Header* reuse(int size_class) {
    for (int i = size_class; i <= std::min(size_class + 2, kClasses - 1); ++i) {
      if (Header* block = free_[i]) {
        free_[i] = block->next_free;
        statistics_.bytes_cached -= static_cast<int64_t>(block->bytes);
        return block;
      }
    }
    return nullptr;
  }

  void release() {
    for (Header*& list : free_) {
      while (Header* block = list) {
        list = block->next_free;
        to_system(block);
      }
    }
    statistics_.bytes_cached = 0;
  }

  std::mutex mutex_;
  std::array<Header*, kClasses> free_{};
  AllocatorStatistics statistics_{};
  const int64_t limit_ = available_memory() / 20 * 17;  // of what is in use and kept together; the rest is the program's and the system's
};

// Never destroyed: tensors with static storage outlive every destructor of ours.
Pool& pool() {
  static Pool* instance = new Pool();
  return *instance;
}

void free_tensor_memory(void* memory) { pool().give_back(memory); }

class CachingAllocator final : public VersionedAllocator {
 protected:
  c10::DataPtr take(size_t bytes) const override {
    void* memory = bytes == 0 ? nullptr : pool().take(bytes);
    return {memory, memory, &free_tensor_memory, c10::Device(c10::DeviceType::CPU)};
  }

 public:
  c10::DeleterFnPtr raw_deleter() const override { return &free_tensor_memory; }
};

}  // namespace

void install_allocator() {
  static CachingAllocator* allocator = new CachingAllocator();
  c10::SetCPUAllocator(allocator, /*priority=*/1);
  // oneDNN's scratch memory comes from the C heap: keep it there instead of mapping and unmapping it at each call.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  // One heap for the threads to come. Loaders and tests start threads anew each epoch, and glibc would give each the next of its heaps,
  // until all of them hold the most that any thread ever needed.
  mallopt(M_ARENA_MAX, 1);
}

AllocatorStatistics allocator_statistics() { return pool().statistics(); }

void release_cached_memory() {
  pool().release_cached();
  malloc_trim(0);  // the C heap's: small tensors and oneDNN's scratch
}

}  // namespace mocosharp
