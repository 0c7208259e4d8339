// The inner loops of Winograd's F(2x2, 3x3) and F(4x4, 3x3) (Lavin and Gray 2016, arXiv:1509.09308), compiled for several levels from one
// source.
#pragma once

#include <cstdint>

#include "kernels/products/finish_terms.h"
#include "kernels/products/float_loops.h"

namespace mocosharp {

using Bits16 = uint16_t;  // a bfloat16

// Real: the maps' numbers, float or Bits16. The products' operands are made of units of four bytes, typed float: a float each, or, where
// the processor multiplies them, a pair of bfloat16 that are neighbors along the product's inner axis. Sums are float.
// A tile has side x side outputs and sees patch() x patch() inputs; its products are numbered patch() * row + column, and the i-th one's
// operand lies at to + i * slice. `channels` is a multiple of 16.
template <typename Real>
struct WinogradLoops {
  FloatLoops products;
  int in_unit;  // numbers in a unit: 1 or 2
  int side;     // 2 or 4

  int patch() const { return side + 2; }
  int count() const { return patch() * patch(); }  // of products

  // From the input pixels; units along the channels.
  void (*input)(const Real* const* pixels, int64_t channels, float* to, int64_t slice);

  // The same and the adjoint of `output`, from the outputs' gradients, with units along the tiles: `patches` are those of `in_unit` tiles
  // one after another. Products [first, last) are made, from to + 0 * slice on: whole rows of them, or some of one row.
  void (*input_across)(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice);
  void (*gradient_across)(const Real* const* patches, int64_t channels, int first, int last, float* to, int64_t slice);

  // To the outputs, a null one left out, finished; what lies at `add` is added before the rectifier where it is not null. The outputs as
  // they are written are added to `moments`, and their squares to moments + squares, where `moments` is not null.
  void (*output)(const float* from, int64_t slice, int64_t channels, const FinishTerms& finish, const Real* const* add, Real* const* to,
                 float* moments, int64_t squares);

  // From `in_unit` inner channels' weights[9 * 16], of 16 outer channels each, to the products' units; and the adjoint, of one channel.
  void (*weights)(const float* weights, float* to, int64_t slice);
  void (*weights_adjoint)(const float* from, int64_t slice, float* weights);
};

// Null below AVX2, and for Bits16 below AVX-512's bfloat16 products, which have the side of 2 alone.
template <typename Real>
const WinogradLoops<Real>* winograd_loops(int side);

extern const WinogradLoops<float> kWinogradFloatAvx512, kWinogradFloatAvx2, kWinograd4FloatAvx512, kWinograd4FloatAvx2;
extern const WinogradLoops<Bits16> kWinogradHalfAvx512Bf16;

}  // namespace mocosharp
