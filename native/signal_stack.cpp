#include "signal_stack.h"

#include <csignal>
#include <sys/mman.h>
#include <unistd.h>

namespace mocosharp {
namespace {

constexpr size_t kBytes = 256 * 1024;

void enlarge() {
  stack_t present{};
  if (sigaltstack(nullptr, &present) != 0 || (present.ss_flags & (SS_DISABLE | SS_ONSTACK)) || present.ss_size >= kBytes) return;
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  mprotect(memory, static_cast<size_t>(sysconf(_SC_PAGESIZE)), PROT_NONE);  // an overflow stops here instead of in somebody's data
  stack_t larger{};
  larger.ss_sp = memory;
  larger.ss_size = kBytes;
  // The runtime unmaps whatever stack it finds when the thread ends, so ours is not lost; its own small one is, once a thread.
  if (sigaltstack(&larger, nullptr) != 0) munmap(memory, kBytes);
}

}  // namespace

void ensure_signal_stack() {
  thread_local bool done = false;
  if (done) return;
  done = true;
  enlarge();
}

}  // namespace mocosharp
