#include <cstdint>

#include "kernels/winograd/winograd_loops.h"

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma,prefer-vector-width=512")

namespace {
constexpr int kWidth = 16, kRows = 14;  // 28 of 32 registers hold sums
}

#include "float_loops_body.h"
#include "kernels/winograd/winograd_lines.h"
#include "kernels/winograd/winograd_numbers.h"
#include "kernels/winograd/winograd_loops_body.h"

namespace mocosharp {

const FloatLoops kFloatLoopsAvx512 = {kRows, 2 * kWidth, block};
const WinogradForms<float> kWinogradAvx512 = all_forms();

}  // namespace mocosharp
