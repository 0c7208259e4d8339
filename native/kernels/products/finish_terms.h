// What becomes of a product's sums, by column: [relu](sum * scale + shift). Null for 1 and 0.
#pragma once

#include <cstdint>

namespace mocosharp {

struct FinishTerms {
  const float* scale = nullptr;
  const float* shift = nullptr;
  bool relu = false;

  FinishTerms from(int64_t column) const { return {scale ? scale + column : nullptr, shift ? shift + column : nullptr, relu}; }
  bool plain() const { return !scale && !shift && !relu; }
};

}  // namespace mocosharp
