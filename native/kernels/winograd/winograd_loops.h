// The inner loops of Winograd's convolutions (Lavin and Gray 2016, arXiv:1509.09308), compiled for several levels from one source.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/products/finish_terms.h"
#include "kernels/products/float_loops.h"

namespace mocosharp {

using Bits16 = uint16_t;  // a bfloat16

// Reads a map as relu(x * scale + shift), by channel; pixels at `outside` stay zero.
struct SeenTerms {
  const float *scale, *shift;
  const void* outside;
};

// Lets an output through where a map's relu(x * scale + shift) is above zero, and takes its moments against x - mean.
struct GateTerms {
  const float *scale, *shift, *mean;
};

// Which algorithm: 3 x 3 kernels of stride 1 by tiles of 2 x 2 or 4 x 4 outputs; of stride 2 likewise, and their input gradients.
enum class WinogradForm { two, two_strided, two_spread, four, four_strided, four_spread };
constexpr int kWinogradForms = 6, kHalfForms = 3;

// Real: the maps' numbers, float or Bits16. The products' operands are made of units of four bytes, typed float: a float each, or, where
// the processor multiplies them, a pair of bfloat16 that are neighbors along the product's inner axis. Sums are float.
// A tile sees patch x patch inputs and has side x side outputs, the next tile's inputs begin `step` further. Its products are numbered
// lines * row + column, and the i-th one's operand lies at to + i * slice. `channels` is a multiple of 16.
template <typename Real>
struct WinogradLoops {
  FloatLoops products;
  int in_unit;                             // numbers in a unit: 1 or 2
  int patch, side, step, lines, matrices;  // along a side; `matrices` of weights

  int count() const { return lines * lines; }
  int matrix_count() const { return matrices * matrices; }

  // The matrix of weights that a product multiplies: the last one of a line serves all products from its own on.
  int matrix_of(int product) const {
    return std::min(product / lines, matrices - 1) * matrices + std::min(product % lines, matrices - 1);
  }

  // From the input pixels, as they lie or, where `seen` is not null, as it says; units along the channels.
  void (*input)(const Real* const* pixels, int64_t channels, const SeenTerms* seen, float* to, int64_t slice);

  // The same and the adjoint of `output`, from the outputs' gradients, with units along the tiles: `patches` are those of `in_unit` tiles
  // one after another, `seen` theirs. Products [first, last) are made, from to + 0 * slice on: whole rows of them, or some of one row.
  void (*input_across)(const Real* const* patches, int64_t channels, const SeenTerms* seen, int first, int last, float* to, int64_t slice);
  void (*gradient_across)(const Real* const* patches, int64_t channels, const SeenTerms* seen, int first, int last, float* to,
                          int64_t slice);

  // To the outputs, a null one left out, finished; what lies at `add` is added before the rectifier where it is not null. The outputs as
  // they are written are added to `moments`, and their squares to moments + squares, where `moments` is not null. With a gate `add` is what
  // the gate looks at.
  void (*output)(const float* from, int64_t slice, int64_t channels, const FinishTerms& finish, const Real* const* add,
                 const GateTerms* gate, Real* const* to, float* moments, int64_t squares);

  // From `in_unit` inner channels' weights[9 * 16], of 16 outer channels each, to the matrices' units; and the adjoint, of one channel.
  void (*weights)(const float* weights, float* to, int64_t slice);
  void (*weights_adjoint)(const float* from, int64_t slice, float* weights);
};

// Null below AVX2, and for Bits16 below AVX-512's bfloat16 products, which have the forms of 2 x 2 alone.
template <typename Real>
const WinogradLoops<Real>* winograd_loops(WinogradForm form);

// By form.
extern const WinogradLoops<float> kWinogradAvx512[kWinogradForms], kWinogradAvx2[kWinogradForms];
extern const WinogradLoops<Bits16> kWinogradHalfAvx512Bf16[kHalfForms];

}  // namespace mocosharp
