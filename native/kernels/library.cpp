// The schemas of every mocosharp:: operator. Implementations register themselves, each in its own file.
#include <torch/library.h>

TORCH_LIBRARY(mocosharp, m) {
  // y = [relu](batch norm(x) [+ residual]). x [N, C] or [N, C, H, W]; statistics [C]. In training, sample i belongs to group i % splits and
  // each group has its own statistics (split batch norm).
  m.def(
      "batch_norm_act(Tensor x, Tensor? residual, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, "
      "bool training, float momentum, float eps, int splits, bool relu) -> Tensor");
}
