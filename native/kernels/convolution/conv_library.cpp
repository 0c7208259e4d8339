#include "conv_library.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>

#include <array>
#include <vector>

#include "kernels/norm/batch_norm.h"
#include "torch_versions.h"

namespace mocosharp {
namespace {

using at::Tensor;

std::vector<int64_t> stride(const ConvShape& shape) { return {shape.stride_height, shape.stride_width}; }
std::vector<int64_t> padding(const ConvShape& shape) { return {shape.pad_height, shape.pad_width}; }

// The type that libtorch may be asked in.
at::ScalarType type_for(const ConvShape& shape, Direction direction, const Tensor& x) {
  const bool is_half = x.scalar_type() == at::kBFloat16;
  return is_half && route_of(shape, direction, is_half) == Route::in_float ? at::kFloat : x.scalar_type();
}

Tensor backward(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight, Direction direction) {
  const auto type = type_for(shape, direction, x);
  const bool input = direction == Direction::input;
  const std::array<bool, 3> wanted{input, !input, false};
  const auto results = at::convolution_backward(gradient.to(type), x.to(type), weight.to(type), nullopt, stride(shape), padding(shape),
                                                {1, 1}, false, {0, 0}, shape.groups, wanted);
  return input ? std::get<0>(results) : std::get<1>(results);
}

// The pixels that a kernel of one pixel sees: [N, Ci, out_height, out_width].
Tensor seen_pixels(const ConvShape& s, const Tensor& x) {
  const Tensor bordered = s.pad_height + s.pad_width > 0 ? at::constant_pad_nd(x, {s.pad_width, s.pad_width, s.pad_height, s.pad_height})
      : x;
  return bordered.slice(2, 0, (s.out_height() - 1) * s.stride_height + 1, s.stride_height)
      .slice(3, 0, (s.out_width() - 1) * s.stride_width + 1, s.stride_width)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

ConvShape over_seen_pixels(ConvShape s) {
  const int64_t height = s.out_height(), width = s.out_width();
  s.stride_height = s.stride_width = 1;
  s.pad_height = s.pad_width = 0;
  s.in_height = height;
  s.in_width = width;
  return s;
}

}  // namespace

const char* route_name(Route route) {
  static const char* const names[] = {"as_it_is", "in_float", "seen_pixels"};
  return names[static_cast<int>(route)];
}

Route route_of(const ConvShape& s, Direction direction, bool is_half) {
  const bool is_pixel = s.taps() == 1, has_stride = s.stride_height > 1 || s.stride_width > 1;
  if (direction == Direction::weight && is_pixel && has_stride) return Route::seen_pixels;
  if (!is_half) return Route::as_it_is;
  const bool skips = s.kernel_width == 1 && s.kernel_height > 1 && s.stride_width > 2;
  const bool is_narrow = direction == Direction::weight && (s.in_width < s.stride_width || s.in_height < s.stride_height);
  const bool is_odd = direction == Direction::input && is_pixel && s.out_channels % 2 != 0;
  return skips || is_narrow || is_odd ? Route::in_float : Route::as_it_is;
}

Tensor library_forward(const ConvShape& shape, const Tensor& x, const Tensor& weight, const Finish& finish) {
  const auto type = type_for(shape, Direction::forward, x);
  const bool bias_alone = finish.shift.defined() && !finish.scale.defined() && !finish.add.defined() && !finish.relu;
  const Tensor sums = at::convolution(x.to(type), weight.to(type), bias_alone ? finish.shift.to(type) : Tensor(), stride(shape),
                                      padding(shape), {1, 1}, false, {0, 0}, shape.groups)
                          .to(x.scalar_type());
  if (bias_alone || (finish.terms().plain() && !finish.add.defined())) return sums;
  const Tensor rows = sums.contiguous(at::MemoryFormat::ChannelsLast);
  finish_rows(rows, finish);
  return rows;
}

Tensor library_input_gradient(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight) {
  return backward(shape, gradient, x, weight, Direction::input).to(x.scalar_type());
}

Tensor library_weight_gradient(const ConvShape& shape, const Tensor& gradient, const Tensor& x, const Tensor& weight) {
  if (route_of(shape, Direction::weight, x.scalar_type() == at::kBFloat16) == Route::seen_pixels)
    return library_weight_gradient(over_seen_pixels(shape), gradient, seen_pixels(shape, x), weight);
  return backward(shape, gradient, x, weight, Direction::weight).to(weight_sum_type(x));
}

}  // namespace mocosharp
