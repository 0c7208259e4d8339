#include "conv_library.h"

#include <array>
#include <vector>

namespace mocosharp {
namespace {

using at::Tensor;

// In two places oneDNN's bfloat16 gives wrong numbers (PyTorch 1.13, in PyTorch itself too), and float does them: a kernel of one column
// and several rows that skips three columns or more, and, on processors without AMX, a padded map narrower than the stride, whose weight
// gradient reads memory that nobody wrote.
at::ScalarType type_for(const ConvShape& shape, const Tensor& x) {
  const bool skips = shape.kernel_width == 1 && shape.kernel_height > 1 && shape.stride_width > 2;
  const bool is_wrong = skips || (shape.in_width < shape.stride_width && shape.pad_width > 0);
  return is_wrong && x.scalar_type() == at::kBFloat16 ? at::kFloat : x.scalar_type();
}

std::vector<int64_t> stride(const ConvShape& shape) { return {shape.stride_height, shape.stride_width}; }
std::vector<int64_t> padding(const ConvShape& shape) { return {shape.pad_height, shape.pad_width}; }

Tensor backward(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight, bool input) {
  const auto type = type_for(shape, x);
  const std::array<bool, 3> wanted{input, !input, false};
  const auto results = at::convolution_backward(gradient.to(type), x.to(type), weight.to(type), c10::nullopt, stride(shape), padding(shape),
                                                {1, 1}, false, {0, 0}, shape.groups, wanted);
  return input ? std::get<0>(results) : std::get<1>(results);
}

}  // namespace

Tensor library_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto type = type_for(shape, x);
  return at::convolution(x.to(type), weight.to(type), bias.defined() ? bias.to(type) : bias, stride(shape), padding(shape), {1, 1}, false,
                         {0, 0}, shape.groups)
      .to(x.scalar_type());
}

Tensor library_input_gradient(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight) {
  return backward(shape, gradient, x, weight, true).to(x.scalar_type());
}

Tensor library_weight_gradient(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight) {
  return backward(shape, gradient, x, weight, false).to(weight_sum_type(x));
}

}  // namespace mocosharp
