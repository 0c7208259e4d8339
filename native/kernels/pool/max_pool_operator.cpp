// mocosharp::max_pool2d: checks and autograd.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "max_pool.h"
#include "kernels/machine/threads.h"

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

PoolShape describe(at::IntArrayRef x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
  TORCH_CHECK(x.size() == 4, "max_pool2d: x has shape ", x, "; it takes [N, C, H, W]");
  TORCH_CHECK(kernel.size() == 2 && stride.size() == 2 && padding.size() == 2,
              "max_pool2d: kernel, stride and padding take two numbers each");
  for (int i = 0; i < 2; ++i) {
    TORCH_CHECK(kernel[i] > 0 && stride[i] > 0 && padding[i] >= 0 && 2 * padding[i] <= kernel[i] && x[2 + i] + 2 * padding[i] >= kernel[i],
                "max_pool2d: kernel ", kernel, ", stride ", stride, " and padding ", padding, " do not fit x ", x,
                "; padding is at most half of the kernel");
  }
  TORCH_CHECK(kernel[0] * kernel[1] <= 255, "max_pool2d: a window of ", kernel, " has more than 255 places");
  return {x[0], x[1], x[2], x[3], kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1]};
}

template <typename Body>
void for_type(at::ScalarType type, const Body& body) {
  if (type == at::kBFloat16) return body(c10::BFloat16());
  TORCH_CHECK(type == at::kFloat, "max_pool2d: x is ", type, "; it takes Float or BFloat16");
  body(0.0f);
}

template <typename Body>
void for_each_image(const PoolShape& shape, const Body& body) {
  const int threads = at::get_num_threads();
  for_each_thread(threads, [&](int thread) {
    const Range range = share(shape.batch, thread, threads);
    for (int64_t n = range.begin; n < range.end; ++n) body(n);
  });
}

Tensor forward(const PoolShape& s, const Tensor& x, const Tensor& places) {
  Tensor y = at::empty({s.batch, s.channels, s.out_height(), s.out_width()}, x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const int64_t in = s.in_height * s.in_width * s.channels, out = s.out_height() * s.out_width() * s.channels;
  uint8_t* where = places.defined() ? places.data_ptr<uint8_t>() : nullptr;
  for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const T* from = x.data_ptr<T>();
    T* to = y.data_ptr<T>();
    for_each_image(s, [&](int64_t n) { max_pool_image(s, from + n * in, to + n * out, where ? where + n * out : nullptr); });
  });
  return y;
}

class MaxPool : public torch::autograd::Function<MaxPool> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride,
                        at::IntArrayRef padding) {
    const bool asked = x.requires_grad();
    at::AutoDispatchBelowADInplaceOrView below;
    const PoolShape s = describe(x.sizes(), kernel, stride, padding);
    Tensor places;
    if (asked)
      places = at::empty({s.batch, s.out_height(), s.out_width(), s.channels},
                         x.options().dtype(at::kByte).memory_format(at::MemoryFormat::Contiguous));
    context->save_for_backward({places});
    auto& data = context->saved_data;
    data["x"] = x.sizes();
    data["kernel"] = kernel;
    data["stride"] = stride;
    data["padding"] = padding;
    return mocosharp::forward(s, x.contiguous(at::MemoryFormat::ChannelsLast), places);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    auto& data = context->saved_data;
    const PoolShape s =
        describe(data["x"].toIntVector(), data["kernel"].toIntVector(), data["stride"].toIntVector(), data["padding"].toIntVector());
    const Tensor places = context->get_saved_variables()[0];
    const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    Tensor dx = at::empty(data["x"].toIntVector(), gradient.options().memory_format(at::MemoryFormat::ChannelsLast));
    const int64_t in = s.in_height * s.in_width * s.channels, out = s.out_height() * s.out_width() * s.channels;
    for_type(gradient.scalar_type(), [&](auto type) {
      using T = decltype(type);
      const T* from = gradient.data_ptr<T>();
      const uint8_t* where = places.data_ptr<uint8_t>();
      T* to = dx.data_ptr<T>();
      for_each_image(s, [&](int64_t n) { max_pool_gradient_image(s, from + n * out, where + n * out, to + n * in); });
    });
    return {dx, Tensor(), Tensor(), Tensor()};
  }
};

Tensor max_pool2d_composed(const Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
  return at::max_pool2d(x, kernel, stride, padding);
}

Tensor max_pool2d(const Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
  if (x.scalar_type() == at::kDouble) return max_pool2d_composed(x, kernel, stride, padding);  // for checks: exactness counts, not time
  if (!at::GradMode::is_enabled() || !x.requires_grad()) {
    return forward(describe(x.sizes(), kernel, stride, padding), x.contiguous(at::MemoryFormat::ChannelsLast), Tensor());
  }
  return MaxPool::apply(x, kernel, stride, padding);
}

Tensor max_pool2d_inference(const Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
  if (x.scalar_type() == at::kDouble) return max_pool2d_composed(x, kernel, stride, padding);
  return forward(describe(x.sizes(), kernel, stride, padding), x.contiguous(at::MemoryFormat::ChannelsLast), Tensor());
}

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, AutogradCPU, m) { m.impl("max_pool2d", max_pool2d); }
TORCH_LIBRARY_IMPL(mocosharp, CPU, m) { m.impl("max_pool2d", max_pool2d_inference); }
TORCH_LIBRARY_IMPL(mocosharp, CompositeImplicitAutograd, m) { m.impl("max_pool2d", max_pool2d_composed); }

}  // namespace mocosharp
