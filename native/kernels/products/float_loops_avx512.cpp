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
const WinogradLoops<float> kWinogradAvx512[] = {
    loops_of<Lines2, float>(), loops_of<Strided<Points22>, float>(), forward_loops<Spread<Points22>, float>(),
    loops_of<Lines4, float>(), loops_of<Strided<Points42>, float>(), forward_loops<Spread<Points42>, float>()};

}  // namespace mocosharp
