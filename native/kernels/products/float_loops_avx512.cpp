#include <cstdint>

#include "kernels/winograd/winograd_loops.h"

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma,prefer-vector-width=512")

namespace {
constexpr int kWidth = 16, kRows = 14;  // 28 of 32 registers hold sums
}

#include "float_loops_body.h"
#include "kernels/winograd/winograd_loops_body.h"
#include "kernels/winograd/winograd_loops_body_4.h"

namespace mocosharp {

const FloatLoops kFloatLoopsAvx512 = {kRows, 2 * kWidth, block};
const WinogradLoops<float> kWinogradFloatAvx512 = winograd_of<float>();
const WinogradLoops<float> kWinograd4FloatAvx512 = winograd_of_4();

}  // namespace mocosharp
