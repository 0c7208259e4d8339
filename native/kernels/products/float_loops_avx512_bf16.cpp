#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/winograd/winograd_loops.h"

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,prefer-vector-width=512")

#define MOCOSHARP_PAIRS  // units are pairs of bfloat16

namespace {
constexpr int kWidth = 16, kRows = 14;
}

#include "float_loops_body.h"
#include "kernels/winograd/winograd_lines.h"
#include "kernels/winograd/winograd_numbers.h"
#include "kernels/winograd/winograd_loops_body.h"

namespace mocosharp {

const WinogradLoops<Bits16> kWinogradHalfAvx512Bf16[] = {
    loops_of<Lines2, Bits16>(), loops_of<Strided<Points22>, Bits16>(), forward_loops<Spread<Points22>, Bits16>()};

}  // namespace mocosharp
