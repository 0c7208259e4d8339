#include "conv_directions.h"

#include <ATen/ops/add.h>

#include <algorithm>

#include "activity.h"
#include "conv_choices.h"
#include "conv_library.h"
#include "conv_weight_gradient.h"
#include "kernels/machine/amx.h"
#include "kernels/machine/level.h"
#include "kernels/products/float_columns.h"
#include "kernels/winograd/winograd.h"

namespace mocosharp {
namespace {

using at::Tensor;

Tensor float_weight(const Tensor& weight) { return weight.to(at::kFloat).contiguous(); }

using Candidates = std::vector<ConvImplementation>;

std::string key_of(const char* direction, const Convolution& conv) {
  return std::string(direction) + (conv.half ? " " : " fp32 ") + conv.shape.name();
}

// x as a norm lets it be seen, made when it is first asked for.
class SeenMap {
 public:
  SeenMap(const Tensor& x, const Normed* seen) : x_(x), seen_(seen) {}

  const Tensor& get() {
    if (seen_ && !made_.defined()) made_ = apply_norm(x_, *seen_);
    return seen_ ? made_ : x_;
  }

 private:
  const Tensor& x_;
  const Normed* const seen_;
  Tensor made_;
};

Finish added(const Tensor& add) { return {Tensor(), Tensor(), add, false}; }

// Runs the chosen implementation; while measuring, the others too.
template <typename Run>
Tensor pick(const char* direction, const Convolution& conv, const Candidates& candidates, const Run& run) {
  const std::string key = key_of(direction, conv);
  const auto watched = [&](ConvImplementation implementation) {
    const KernelAtWork here(key + " by " + conv_name(implementation));
    return run(implementation);
  };
  if (candidates.empty()) return watched(ConvImplementation::library);
  return watched(choose_conv(key, candidates, [&](ConvImplementation implementation) { watched(implementation); }));
}

Candidates float_candidates(const Convolution& conv) {
  Candidates found;
  if (columns_take(conv.shape)) found.push_back(ConvImplementation::columns);
  if (winograd_takes(conv.shape, 2)) found.push_back(ConvImplementation::winograd);
  if (winograd_takes(conv.shape, 4)) found.push_back(ConvImplementation::winograd4);
  return found;
}

Tensor in_float(const Tensor& tensor) { return tensor.defined() ? tensor.to(at::kFloat) : tensor; }

int winograd_side(ConvImplementation implementation) { return implementation == ConvImplementation::winograd4 ? 4 : 2; }

// Tiles of AMX multiply so fast that Winograd's transforms would cost more than they spare.
Candidates half_candidates(const Convolution& conv, bool tiles) {
  Candidates found;
  if (tiles) found.push_back(ConvImplementation::tiles);
  if (!has_amx() && winograd_takes(conv.shape, 2)) found.push_back(ConvImplementation::winograd);
  return found;
}

// Who of ours can run it; `tiles` says it of the tiles.
Candidates candidates_of(const Convolution& conv, bool tiles) {
  if (conv.single) return float_candidates(conv);
  return conv.half ? half_candidates(conv, tiles) : Candidates{};
}

}  // namespace

Convolution describe(const Tensor& x, const Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding, int64_t groups) {
  TORCH_CHECK(x.dim() == 4 && weight.dim() == 4, "conv2d: x has shape ", x.sizes(), " and weight ", weight.sizes(),
              "; they must be [N, Ci, H, W] and [Co, Ci / groups, kh, kw]");
  TORCH_CHECK(groups >= 1 && x.size(1) == weight.size(1) * groups && weight.size(0) % groups == 0, "conv2d: x ", x.sizes(), " and weight ",
              weight.sizes(), " do not fit with ", groups, " groups");
  TORCH_CHECK(stride.size() == 2 && padding.size() == 2 && stride[0] > 0 && stride[1] > 0 && padding[0] >= 0 && padding[1] >= 0,
              "conv2d: stride ", stride, " and padding ", padding, " must be two positive and two non-negative numbers");
  const ConvShape shape{x.size(0),      x.size(1), x.size(2), x.size(3),  weight.size(0), weight.size(2),
                        weight.size(3), stride[0], stride[1], padding[0], padding[1],     groups};
  TORCH_CHECK(x.size(2) + 2 * padding[0] >= weight.size(2) && x.size(3) + 2 * padding[1] >= weight.size(3), "conv2d: the kernel of weight ",
              weight.sizes(), " is larger than x ", x.sizes(), " with padding ", padding);
  return {shape, x.scalar_type() == at::kBFloat16, x.scalar_type() == at::kFloat};
}

bool works_in_float(const Convolution& conv) { return conv.half && level() < Level::avx512bf16; }

Tensor convolve(const Convolution& conv, const Tensor& x, const Tensor& weight, const Finish& finish, MomentRequest* request,
                const Normed* seen) {
  SeenMap map(x, seen);
  if (works_in_float(conv)) {
    const Finish all_float{finish.scale, finish.shift, in_float(finish.add), finish.relu};
    return convolve({conv.shape, false, true}, in_float(map.get()), weight, all_float).to(at::kBFloat16);
  }
  const Stencil stencil = forward_stencil(conv.shape);
  const char* direction = finish.scale.defined() ? "normed" : "forward";
  return pick(direction, conv, candidates_of(conv, stencil_takes(stencil)), [&](ConvImplementation implementation) {
    if (request) request->moments = Tensor();
    switch (implementation) {
      case ConvImplementation::tiles:
        return apply_stencil(stencil, map.get(), float_weight(weight), finish, request);
      case ConvImplementation::columns:
        return columns_stencil(stencil, map.get(), float_weight(weight), finish);
      case ConvImplementation::winograd:
      case ConvImplementation::winograd4:
        return winograd_forward(conv.shape, winograd_side(implementation), x, float_weight(weight), finish, request, seen);
      default:
        return library_forward(conv.shape, map.get(), weight, finish);
    }
  });
}

bool reads_through_norm(const Convolution& conv, const Tensor& x, const Tensor& weight) {
  if (works_in_float(conv)) return false;
  const Candidates candidates = candidates_of(conv, stencil_takes(forward_stencil(conv.shape)));
  const auto is_winograd = [](ConvImplementation one) {
    return one == ConvImplementation::winograd || one == ConvImplementation::winograd4;
  };
  if (std::none_of(candidates.begin(), candidates.end(), is_winograd)) return false;
  if (const auto known = chosen_conv(key_of("forward", conv), candidates)) return is_winograd(*known);
  convolve(conv, x, weight, {});  // chooses
  return is_winograd(chosen_conv(key_of("forward", conv), candidates).value());
}

Tensor input_gradient(const Convolution& conv, const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& add,
                      GateRequest* gate) {
  if (works_in_float(conv)) return input_gradient({conv.shape, false, true}, in_float(gradient), in_float(x), weight,
      in_float(add)).to(at::kBFloat16);
  const Stencil stencil = input_gradient_stencil(conv.shape);
  return pick("input", conv, candidates_of(conv, stencil_takes(stencil)), [&](ConvImplementation implementation) {
    if (gate) gate->sums = Tensor();
    switch (implementation) {
      case ConvImplementation::tiles:
        return apply_stencil(stencil, gradient, float_weight(weight), added(add));
      case ConvImplementation::columns:
        return columns_stencil(stencil, gradient, float_weight(weight), added(add));
      case ConvImplementation::winograd:
      case ConvImplementation::winograd4:
        return winograd_input_gradient(conv.shape, winograd_side(implementation), gradient, float_weight(weight), added(add), gate);
      default:
        break;
    }
    const Tensor result = library_input_gradient(conv.shape, gradient, x, weight);
    return add.defined() ? at::add(result, add) : result;
  });
}

Tensor weights_gradient(const Convolution& conv, const Tensor& gradient, const Tensor& x, const Tensor& weight, const Normed* seen) {
  SeenMap map(x, seen);
  if (works_in_float(conv)) return weights_gradient({conv.shape, false, true}, in_float(gradient), in_float(map.get()), weight);
  return pick("weight", conv, candidates_of(conv, weight_gradient_takes(conv.shape)), [&](ConvImplementation implementation) {
    switch (implementation) {
      case ConvImplementation::tiles:
        return weight_gradient(conv.shape, map.get(), gradient);
      case ConvImplementation::columns:
        return columns_weight_gradient(conv.shape, map.get(), gradient);
      case ConvImplementation::winograd:
      case ConvImplementation::winograd4:
        return winograd_weight_gradient(conv.shape, winograd_side(implementation), x, gradient, seen);
      default:
        return library_weight_gradient(conv.shape, gradient, map.get(), weight);
    }
  });
}

}  // namespace mocosharp
