#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>
#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include "guard.h"
#include "activity.h"
#include "allocator.h"
#include "library_check.h"
#include "signal_stack.h"

using namespace mocosharp;

namespace {
std::atomic<int32_t> wanted_threads{0};
thread_local int32_t applied_threads = 0;
}

void mocosharp::prepare_thread() {
  ensure_signal_stack();
  int32_t wanted = wanted_threads.load(std::memory_order_relaxed);
  if (wanted == applied_threads) return;
  at::set_num_threads(wanted);
  applied_threads = wanted;
}

ms_status ms_start(int32_t threads) {
  return guarded([&] {
    static std::once_flag once;
    std::call_once(once, [] { install_allocator(); });
    wanted_threads = threads;
    prepare_thread();
    static std::once_flag checked;
    std::call_once(checked, check_library);
  });
}

int32_t ms_threads(void) {
  prepare_thread();
  return at::get_num_threads();
}

ms_status ms_set_threads(int32_t threads) {
  return guarded([&] {
    wanted_threads = threads;
    prepare_thread();
  });
}

ms_status ms_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

int32_t ms_library_is_held_back(void) { return library_is_held_back; }

int32_t ms_cuda_devices(void) { return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; }

int32_t ms_cuda_has_bf16(void) { return at::hasCUDA() && at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8(); }

ms_status ms_describe(int32_t what, char** text, int64_t* length) {
  return guarded([&] {
    std::string description = what == 0 ? at::show_config() : what == 1 ? at::get_parallel_info()
        : what == 2 ? std::string(TORCH_VERSION) : activity();
    *text = static_cast<char*>(std::malloc(description.size() + 1));
    std::memcpy(*text, description.c_str(), description.size() + 1);
    *length = static_cast<int64_t>(description.size());
  });
}

void ms_allocator_statistics(int64_t* in_use, int64_t* cached, int64_t* peak, int64_t* system_allocations) {
  AllocatorStatistics now = allocator_statistics();
  *in_use = now.bytes_in_use;
  *cached = now.bytes_cached;
  *peak = now.peak_bytes_in_use;
  *system_allocations = now.system_allocations;
}

ms_status ms_sync_folder(const char* path) {
  return guarded([&] {
    int folder = open(path, O_RDONLY | O_DIRECTORY);
    TORCH_CHECK(folder >= 0, path, ": ", std::strerror(errno));
    int status = fsync(folder), reason = errno;
    close(folder);
    TORCH_CHECK(status == 0, path, ": ", std::strerror(reason));
  });
}

void ms_release_cached_memory(void) { release_cached_memory(); }
