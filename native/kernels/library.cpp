// The schemas of every mocosharp:: operator. Implementations register themselves, each in its own file.
#include <torch/library.h>

#include "allocator.h"
#include "kernels/machine/ceiling.h"
#include "kernels/convolution/conv_choices.h"
#include "kernels/machine/level.h"

TORCH_LIBRARY(mocosharp, m) {
  // y = [relu](batch norm(x) [+ residual]). x [N, C] or [N, C, H, W]; statistics [C]. In training, sample i belongs to group i % splits and
  // each group has its own statistics (split batch norm).
  m.def(
      "batch_norm_act(Tensor x, Tensor? residual, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, "
      "bool training, float momentum, float eps, int splits, bool relu) -> Tensor");

  // The same with the sums that conv2d_moments gives; an empty tensor for them changes nothing. They serve training only.
  m.def(
      "batch_norm_act.moments(Tensor x, Tensor? residual, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, "
      "bool training, float momentum, float eps, int splits, bool relu, Tensor moments) -> Tensor");

  // x [N, Ci, H, W]; weight [Co, Ci / groups, kh, kw], float also where x is bfloat16; its gradient comes in weight's own type.
  m.def("conv2d(Tensor x, Tensor weight, Tensor? bias, int[2] stride, int[2] padding, int groups) -> Tensor");

  // The same, and x again for its second user (a residual block's shortcut): both gradients of x are then summed inside the convolution's
  // input gradient instead of in a pass of their own.
  m.def("conv2d_fork(Tensor x, Tensor weight, Tensor? bias, int[2] stride, int[2] padding, int groups) -> (Tensor, Tensor)");

  // conv2d_fork, and [splits, 2, Co] double sums and sums of squares of y for the batch norm behind it: it then need not read y for them.
  // They are empty where the implementation at work does not have them at hand.
  m.def(
      "conv2d_moments(Tensor x, Tensor weight, Tensor? bias, int[2] stride, int[2] padding, int groups, int splits) "
      "-> (Tensor, Tensor, Tensor)");

  // y = [relu](batch norm(conv2d(x)) [+ residual]) with the norm's running statistics, and no gradients: the norm's part is done while the
  // convolution writes. residual is of y's shape and type.
  m.def(
      "conv2d_norm_act(Tensor x, Tensor weight, Tensor? bias, int[2] stride, int[2] padding, int groups, Tensor? residual, "
      "Tensor? norm_weight, Tensor? norm_bias, Tensor running_mean, Tensor running_var, float eps, bool relu) -> Tensor");

  // conv2d_moments' y and moments of relu(batch norm(x)), in training: norm_* are batch_norm_act's, moments its sums of x. Where the
  // convolution can, it reads x through the norm, and the normalized map is never written.
  m.def(
      "norm_conv2d(Tensor x, Tensor? norm_weight, Tensor? norm_bias, Tensor(a!) running_mean, Tensor(b!) running_var, float momentum, "
      "float eps, int norm_splits, Tensor moments, Tensor weight, int[2] stride, int[2] padding, int splits) -> (Tensor, Tensor)");

  // The largest number in each window; outside of the image nothing counts. Windows have at most 255 places.
  m.def("max_pool2d(Tensor x, int[2] kernel, int[2] stride, int[2] padding) -> Tensor");

  // x [N, C, H, W] with `border` more pixels a side, mirrored with the edge repeated: b a | a b c | c b.
  m.def("mirror_pad2d(Tensor x, int border) -> Tensor");

  // torch.optim.SGD's step over flat float storage. `first`: the momentum buffer is empty and becomes the gradient.
  m.def(
      "sgd_step_(Tensor(a!) param, Tensor(b!) grad, Tensor(c!) momentum_buffer, float lr, float momentum, float dampening, "
      "float weight_decay, bool nesterov, bool first, bool zero_grad) -> ()");
  // torch.optim.Adam's step, or AdamW's with `decoupled`. `step` counts from 1.
  m.def(
      "adam_step_(Tensor(a!) param, Tensor(b!) grad, Tensor(c!) first_moment, Tensor(d!) second_moment, float lr, float beta1, float "
      "beta2, "
      "float eps, float weight_decay, bool decoupled, int step, bool zero_grad) -> ()");
  // key = momentum * key + (1 - momentum) * query, in float: 1 - 0.999 is below what bfloat16 can add.
  m.def("lerp_(Tensor(a!) key, Tensor query, float momentum) -> ()");

  // conv_choices.h: which implementation conv2d takes.
  m.def("conv_choices() -> str", [] { return mocosharp::conv_choices(); });
  m.def("set_conv_choices(str json) -> ()", [](std::string json) { mocosharp::set_conv_choices(json); });
  m.def("set_conv_cache(str path, str header) -> ()",
        [](std::string path, std::string header) { mocosharp::set_conv_cache(path, header); });
  m.def("conv_cache_problem() -> str", [] { return mocosharp::conv_cache_problem(); });
  m.def("conv_library_route(str direction, Tensor x, Tensor weight, int[2] stride, int[2] padding, int groups) -> str");
  m.def("conv_mode() -> str", [] { return mocosharp::conv_mode(); });
  m.def("set_conv_mode(str mode) -> ()", [](std::string mode) { mocosharp::set_conv_mode(mode); });

  // level.h: the processor level of the kernels, what the machine has, and a limit below it for tests ("auto" for none).
  m.def("level() -> str", [] { return mocosharp::level_name(mocosharp::level()); });
  m.def("machine_level() -> str", [] { return mocosharp::level_name(mocosharp::machine_level()); });
  m.def("set_level(str name) -> ()", [](std::string name) { mocosharp::set_level_limit(name); });

  // ceiling.h: billions of operations a second of "bf16" or "fp32" products, all threads.
  m.def("ceiling(str type) -> float", [](std::string type) { return mocosharp::ceiling(type); });

  // allocator.h, for tools that have only the dispatcher: the second gives bytes in use, cached, peak; requests, requests to the system.
  m.def("install_allocator() -> ()", [] { mocosharp::install_allocator(); });
  m.def("allocator_statistics() -> int[]", [] {
    const mocosharp::AllocatorStatistics s = mocosharp::allocator_statistics();
    return std::vector<int64_t>{s.bytes_in_use, s.bytes_cached, s.peak_bytes_in_use, s.allocations, s.system_allocations};
  });
}
