#include <cstdint>

#include "float_loops.h"

#pragma GCC target("avx2,fma")

namespace {
constexpr int kWidth = 8, kRows = 6;  // 12 of 16 registers hold sums
}

#include "float_loops_body.h"

const mocosharp::FloatLoops mocosharp::kFloatLoopsAvx2 = {kRows, 2 * kWidth, block, input, gradient, output, weights, weights_adjoint};
