// mocosharp::mirror_pad2d: a border that repeats the edge and mirrors the picture, and its gradient. Views and copies of libtorch's, so it
// takes every type, layout and device; by slices and concatenation, the gradient of each slice is a whole picture of zeros that is then
// added in strides.
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace mocosharp {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Tensor flipped(const Tensor& x, int64_t dim, int64_t start, int64_t length) {
  const Tensor part = x.narrow(dim, start, length);
  return length == 1 ? part : part.flip(dim);
}

Tensor pad(const Tensor& x, int64_t border) {
  TORCH_CHECK(x.dim() == 4, "mirror_pad2d: x has shape ", x.sizes(), "; it takes [N, C, H, W]");
  const int64_t height = x.size(2), width = x.size(3);
  TORCH_CHECK(border > 0 && border <= height && border <= width, "mirror_pad2d: a border of ", border, " does not fit ", x.sizes());
  Tensor y =
      at::empty({x.size(0), x.size(1), height + 2 * border, width + 2 * border}, x.options().memory_format(x.suggest_memory_format()));
  Tensor rows = y.narrow(2, border, height);
  rows.narrow(3, border, width).copy_(x);
  rows.narrow(3, 0, border).copy_(flipped(x, 3, 0, border));
  rows.narrow(3, border + width, border).copy_(flipped(x, 3, width - border, border));
  y.narrow(2, 0, border).copy_(flipped(rows, 2, 0, border));
  y.narrow(2, border + height, border).copy_(flipped(rows, 2, height - border, border));
  return y;
}

// Adds what fell on the border of one side to the pixels that it mirrors; `from` has the border along `dim`, `to` has not.
void fold(Tensor& to, const Tensor& from, int64_t dim, int64_t border) {
  const int64_t length = to.size(dim);
  to.narrow(dim, 0, border).add_(flipped(from, dim, 0, border));
  to.narrow(dim, length - border, border).add_(flipped(from, dim, border + length, border));
}

Tensor pad_gradient(const Tensor& gradient, int64_t border) {
  const int64_t height = gradient.size(2) - 2 * border, width = gradient.size(3) - 2 * border;
  const auto without_columns = [&](const Tensor& strip) {
    Tensor inner = strip.narrow(3, border, width).clone(gradient.suggest_memory_format());
    fold(inner, strip, 3, border);
    return inner;
  };
  Tensor dx = without_columns(gradient.narrow(2, border, height));
  dx.narrow(2, 0, border).add_(flipped(without_columns(gradient.narrow(2, 0, border)), 2, 0, border));
  dx.narrow(2, height - border, border).add_(flipped(without_columns(gradient.narrow(2, border + height, border)), 2, 0, border));
  return dx;
}

class MirrorPad : public torch::autograd::Function<MirrorPad> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, int64_t border) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->saved_data["border"] = border;
    return pad(x, border);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {pad_gradient(gradients[0], context->saved_data["border"].toInt()), Tensor()};
  }
};

Tensor mirror_pad2d(const Tensor& x, int64_t border) { return MirrorPad::apply(x, border); }

}  // namespace

TORCH_LIBRARY_IMPL(mocosharp, Autograd, m) { m.impl("mirror_pad2d", mirror_pad2d); }
TORCH_LIBRARY_IMPL(mocosharp, CompositeExplicitAutograd, m) { m.impl("mirror_pad2d", pad); }

}  // namespace mocosharp
