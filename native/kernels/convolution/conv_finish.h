// What becomes of a convolution's sums before they are written: y = [relu](sums * scale + shift + add).
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/products/finish_terms.h"

namespace mocosharp {

struct Finish {
  at::Tensor scale, shift;  // [Co] float contiguous; undefined for 1 and 0
  at::Tensor add;           // of y's shape and type, channels-last, or undefined
  bool relu = false;

  FinishTerms terms() const {
    return {scale.defined() ? scale.data_ptr<float>() : nullptr, shift.defined() ? shift.data_ptr<float>() : nullptr, relu};
  }
};

}  // namespace mocosharp
