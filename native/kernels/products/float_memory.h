// Memory of the fp32 convolutions' loops: one stretch a thread, 64-byte aligned, from libtorch's allocator.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <cstdint>

namespace mocosharp {

class FloatMemory {
 public:
  // `floats` for each of `threads`, all zero where `zero` is set: padding that is multiplied must be a number.
  FloatMemory(int64_t floats, int threads, bool zero) : each_((floats + 15) / 16 * 16) {
    const auto options = at::TensorOptions().dtype(at::kFloat);
    storage_ = zero ? at::zeros({each_ * threads + 16}, options) : at::empty({each_ * threads + 16}, options);
    base_ = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(storage_.data_ptr()) + 63) / 64 * 64);
  }

  float* of(int thread) const { return base_ + thread * each_; }

 private:
  int64_t each_;
  at::Tensor storage_;
  float* base_;
};

inline int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

// sums[0] += sums[1] + ... over the threads' stretches of `count` floats, written to `to`.
void add_threads(const FloatMemory& sums, int threads, int64_t count, float* to);

}  // namespace mocosharp
