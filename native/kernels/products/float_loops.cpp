#include "float_loops.h"

#include "kernels/machine/level.h"
#include "kernels/winograd/winograd_loops.h"

namespace mocosharp {

const FloatLoops* float_loops() {
  if (level() >= Level::avx512) return &kFloatLoopsAvx512;
  return level() >= Level::avx2 ? &kFloatLoopsAvx2 : nullptr;
}

template <>
const WinogradLoops<float>* winograd_loops<float>(int side) {
  if (level() >= Level::avx512) return side == 4 ? &kWinograd4FloatAvx512 : &kWinogradFloatAvx512;
  if (level() >= Level::avx2) return side == 4 ? &kWinograd4FloatAvx2 : &kWinogradFloatAvx2;
  return nullptr;
}

template <>
const WinogradLoops<Bits16>* winograd_loops<Bits16>(int side) {
  return side == 2 && level() >= Level::avx512bf16 ? &kWinogradHalfAvx512Bf16 : nullptr;
}

}  // namespace mocosharp
