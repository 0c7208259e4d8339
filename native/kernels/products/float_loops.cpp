#include "float_loops.h"

#include "kernels/machine/level.h"
#include "kernels/winograd/winograd_loops.h"

namespace mocosharp {

const FloatLoops* float_loops() {
  if (level() >= Level::avx512) return &kFloatLoopsAvx512;
  return level() >= Level::avx2 ? &kFloatLoopsAvx2 : nullptr;
}

template <>
const WinogradLoops<float>* winograd_loops<float>() {
  if (level() >= Level::avx512) return &kWinogradFloatAvx512;
  return level() >= Level::avx2 ? &kWinogradFloatAvx2 : nullptr;
}

template <>
const WinogradLoops<Bits16>* winograd_loops<Bits16>() {
  return level() >= Level::avx512bf16 ? &kWinogradHalfAvx512Bf16 : nullptr;
}

}  // namespace mocosharp
