#include <cstdint>

#include "kernels/winograd/winograd_loops.h"

#pragma GCC target("avx2,fma")

namespace {
constexpr int kWidth = 8, kRows = 6;  // 12 of 16 registers hold sums
}

#include "float_loops_body.h"
#include "kernels/winograd/winograd_loops_body.h"
#include "kernels/winograd/winograd_loops_body_4.h"

namespace mocosharp {

const FloatLoops kFloatLoopsAvx2 = {kRows, 2 * kWidth, block};
const WinogradLoops<float> kWinogradFloatAvx2 = winograd_of<float>();
const WinogradLoops<float> kWinograd4FloatAvx2 = winograd_of_4();

}  // namespace mocosharp
