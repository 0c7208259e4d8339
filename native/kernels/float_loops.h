// The inner loops of the fp32 convolutions, compiled for AVX-512 and AVX2 from one source; `float_loops` picks by the processor's level.
#pragma once

#include <cstdint>

namespace mocosharp {

// Distances in floats between neighbouring rows and neighbouring steps of an operand.
struct Apart {
  int64_t row, step;
};

struct FloatLoops {
  int rows, columns;  // of one block of a product, which is held in registers

  // One block: c[rows x columns] = [c +] sum over `count` steps of a(row, step) * b(step, column); columns lie side by side.
  void (*block)(const float* a, Apart a_apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add);

  // Winograd's F(2x2, 3x3) (Lavin and Gray 2016, arXiv:1509.09308), over `channels`, a multiple of 16. The 16 products are numbered
  // 4 * row + column; those in [first, last) are made, at to + (i - first) * slice.
  // From the 4 x 4 input pixels at `patch`.
  void (*winograd_input)(const float* const* patch, int64_t channels, int first, int last, float* to, int64_t slice);
  // From the 2 x 2 output gradients at `patch`: the adjoint of winograd_output.
  void (*winograd_gradient)(const float* const* patch, int64_t channels, int first, int last, float* to, int64_t slice);
  // To 2 x 2 outputs, a null one left out, plus `bias` and what lies at `add` where they are not null.
  void (*winograd_output)(const float* from, int64_t slice, int64_t channels, const float* bias, const float* const* add, float* const* to);
  // From 16 lanes' 3 x 3 weights, weights[9 * 16], to 16 products' lanes, to + i * slice; and the adjoint.
  void (*winograd_weights)(const float* weights, float* to, int64_t slice);
  void (*winograd_weights_adjoint)(const float* from, int64_t slice, float* weights);
};

// Null below AVX2.
const FloatLoops* float_loops();

extern const FloatLoops kFloatLoopsAvx512, kFloatLoopsAvx2;

}  // namespace mocosharp
