#include <cstdint>

#include "kernels/winograd/winograd_loops.h"

#pragma GCC target("avx2,fma")

namespace {
constexpr int kWidth = 8, kRows = 6;  // 12 of 16 registers hold sums
}

#include "float_loops_body.h"
#include "kernels/winograd/winograd_lines.h"
#include "kernels/winograd/winograd_numbers.h"
#include "kernels/winograd/winograd_loops_body.h"

namespace mocosharp {

const FloatLoops kFloatLoopsAvx2 = {kRows, 2 * kWidth, block};
const WinogradLoops<float> kWinogradAvx2[] = {
    loops_of<Lines2, float>(), loops_of<Strided<Points22>, float>(), forward_loops<Spread<Points22>, float>(),
    loops_of<Lines4, float>(), loops_of<Strided<Points42>, float>(), forward_loops<Spread<Points42>, float>()};

}  // namespace mocosharp
