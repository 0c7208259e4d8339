#include <cstdint>

#include "float_loops.h"

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma,prefer-vector-width=512")

namespace {
constexpr int kWidth = 16, kRows = 14;  // 28 of 32 registers hold sums
}

#include "float_loops_body.h"

const mocosharp::FloatLoops mocosharp::kFloatLoopsAvx512 = {kRows, 2 * kWidth, block, input, gradient, output, weights, weights_adjoint};
