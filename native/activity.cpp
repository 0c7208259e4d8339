#include "activity.h"

#include <atomic>
#include <mutex>

namespace mocosharp {
namespace {

std::atomic<const std::string*> current{nullptr};
std::mutex mutex;
std::string kernel;

void set_kernel(std::string what) {
  const std::lock_guard<std::mutex> lock(mutex);
  kernel.swap(what);
}

}  // namespace

void operator_begins(const std::string* name) { current.store(name, std::memory_order_relaxed); }

KernelAtWork::KernelAtWork(std::string what) { set_kernel(std::move(what)); }
KernelAtWork::~KernelAtWork() { set_kernel({}); }

std::string activity() {
  const std::string* name = current.load(std::memory_order_relaxed);
  const std::lock_guard<std::mutex> lock(mutex);
  return (name ? *name : "nothing yet") + (kernel.empty() ? "" : ": " + kernel);
}

}  // namespace mocosharp
