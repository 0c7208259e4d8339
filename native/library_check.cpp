#include "library_check.h"

#include <ATen/Context.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>

#include <cstdlib>
#include <string_view>

#include "torch_versions.h"

namespace mocosharp {
namespace {

// Seen wrong by a tenth and more of the result on a virtual machine, some with AVX-512 and some with AVX2, where other shapes were right.
struct Case {
  int64_t channels, filters, kernel, stride, height, width;
  bool channels_last;
};
constexpr Case kCases[] = {
    {24, 40, 1, 2, 10, 11, true}, {256, 512, 1, 2, 4, 4, true}, {24, 64, 3, 1, 10, 11, false}, {48, 80, 3, 1, 8, 9, true}};
constexpr double kTolerance = 1e-3;

// No random numbers: the generator's are the run's own.
at::Tensor wave(at::IntArrayRef shape, double pace, bool channels_last) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  at::Tensor values = at::arange(count, at::kFloat).mul(pace).sin().reshape(shape);
  return channels_last ? values.contiguous(at::MemoryFormat::ChannelsLast) : values;
}

at::Tensor convolve(const Case& shape, bool with_library) {
  at::globalContext().setUserEnabledMkldnn(with_library);
  at::Tensor input = wave({2, shape.channels, shape.height, shape.width}, 0.37, shape.channels_last);
  at::Tensor weight = wave({shape.filters, shape.channels, shape.kernel, shape.kernel}, 0.91, shape.channels_last);
  return at::conv2d(input, weight, {}, shape.stride, shape.kernel / 2);
}

bool is_right(const Case& shape) {
  at::Tensor expected = convolve(shape, false).to(at::kDouble), given = convolve(shape, true).to(at::kDouble);
  return *given.sub(expected).norm().data_ptr<double>() <= kTolerance * *expected.norm().data_ptr<double>();
}

}  // namespace

bool library_is_held_back = false;

void check_library() {
  at::Context& context = at::globalContext();
  const char* wanted = std::getenv("MOCOSHARP_ONEDNN");
  if (wanted != nullptr && std::string_view(wanted) == "off") {
    library_is_held_back = true;
    context.setUserEnabledMkldnn(false);
    return;
  }
  if (MOCOSHARP_TORCH < 200 || !at::Context::hasMKLDNN() || !context.userEnabledMkldnn()) return;
  c10::InferenceMode no_gradients;
  for (const Case& shape : kCases)
    if (!is_right(shape)) library_is_held_back = true;
  context.setUserEnabledMkldnn(!library_is_held_back);
}

}  // namespace mocosharp
