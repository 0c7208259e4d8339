// The inner loop of matrix products in fp32, compiled for AVX-512 and AVX2 from one source; `float_loops` picks by the processor's level.
#pragma once

#include <cstdint>

namespace mocosharp {

// Distances in floats between neighboring rows and neighboring steps of an operand.
struct Apart {
  int64_t row, step;
};

struct FloatLoops {
  int rows, columns;  // of one block of a product, which is held in registers

  // One block: c[rows x columns] = [c +] sum over `count` steps of a(row, step) * b(step, column); columns lie side by side, and of a
  // either rows or steps.
  void (*block)(const float* a, Apart a_apart, const float* b, int64_t b_step, int64_t count, float* c, int64_t c_row, bool add);
};

// Null below AVX2.
const FloatLoops* float_loops();

extern const FloatLoops kFloatLoopsAvx512, kFloatLoopsAvx2;

}  // namespace mocosharp
