// The inner loops of Winograd's F(2x2, 3x3) (Lavin and Gray 2016, arXiv:1509.09308), compiled for several levels from one source.
#pragma once

#include <cstdint>

#include "kernels/products/float_loops.h"

namespace mocosharp {

using Bits16 = uint16_t;  // a bfloat16

// Real: the maps' numbers, float or Bits16. The products' operands are made of units of four bytes, typed float: a float each, or, where
// the processor multiplies them, a pair of bfloat16 that are neighbors along the product's inner axis. Sums are float.
// The 16 products are numbered 4 * row + column; the i-th one's operand lies at to + i * slice. `channels` is a multiple of 16.
template <typename Real>
struct WinogradLoops {
  FloatLoops products;
  int in_unit;  // numbers in a unit: 1 or 2

  // From the 4 x 4 input pixels at `patch`; units along the channels.
  void (*input)(const Real* const* patch, int64_t channels, float* to, int64_t slice);

  // The same and the adjoint of `output`, from the 2 x 2 output gradients, with units along the tiles: `patches` are those of `in_unit`
  // tiles one after another. Products [first, last) are made, from to + 0 * slice on.
  void (*input_across)(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice);
  void (*gradient_across)(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice);

  // To 2 x 2 outputs, a null one left out, plus `bias` and what lies at `add` where they are not null. The outputs as they are written are
  // added to `moments`, and their squares to moments + squares, where `moments` is not null.
  void (*output)(const float* from, int64_t slice, int64_t channels, const float* bias, const Real* const* add, Real* const* to,
                 float* moments, int64_t squares);

  // From `in_unit` inner channels' weights[9 * 16], of 16 outer channels each, to the products' units; and the adjoint, of one channel.
  void (*weights)(const float* weights, float* to, int64_t slice);
  void (*weights_adjoint)(const float* from, int64_t slice, float* weights);
};

// Null below AVX2, and for Bits16 below AVX-512's bfloat16 products.
template <typename Real>
const WinogradLoops<Real>* winograd_loops();

extern const WinogradLoops<float> kWinogradFloatAvx512, kWinogradFloatAvx2;
extern const WinogradLoops<Bits16> kWinogradHalfAvx512Bf16;

}  // namespace mocosharp
