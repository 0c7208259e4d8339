#include "ceiling.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "amx.h"
#include "avx512.h"
#include "threads.h"
#include "kernels/winograd/winograd_loops.h"

namespace mocosharp {
namespace {

constexpr int kSteps = 20000;
constexpr double kSeconds = 0.1, kMostSeconds = 2;
constexpr double kSame = 0.95;  // a rate is believed once it was reached twice, to this share

// Each does its products and returns their operations, a multiplication and an addition each. Empty statements keep the loops.
MOCOSHARP_AMX double tiles() {
  const TileScope scope;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (int i = 0; i < kSteps; ++i) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  return 2.0 * 16 * 32 * 16 * 4 * kSteps;
}

// `numbers`: in one unit of the operands.
double products(const FloatLoops& loops, int numbers) {
  constexpr int kDepth = 64;
  std::vector<float> a(kDepth * loops.rows), b(kDepth * loops.columns), c(loops.rows * loops.columns);
  constexpr int kBlocks = kSteps / kDepth;
  for (int i = 0; i < kBlocks; ++i) loops.block(a.data(), {kDepth, 1}, b.data(), loops.columns, kDepth, c.data(), loops.columns, false);
  return 2.0 * numbers * loops.rows * loops.columns * kDepth * kBlocks;
}

double halves() {
  const WinogradLoops<Bits16>& loops = *winograd_loops<Bits16>(WinogradForm::two);
  return products(loops.products, loops.in_unit);
}
double floats() { return products(*float_loops(), 1); }

}  // namespace

double ceiling(const std::string& type) {
  TORCH_CHECK(type == "bf16" || type == "fp32", "ceiling: '", type, "' is neither bf16 nor fp32");
  double (*work)() = nullptr;
  if (type == "fp32") work = float_loops() ? floats : nullptr;
  else work = has_amx() ? tiles : has_avx512_bf16() ? halves : nullptr;
  if (!work) return 0;
  using Clock = std::chrono::steady_clock;
  const int threads = at::get_num_threads();
  std::vector<double> operations(threads);
  double best = 0, second = 0;
  const auto start = Clock::now();
  const auto spent = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  while (spent() < kSeconds || (second < kSame * best && spent() < kMostSeconds)) {
    const auto begin = Clock::now();
    for_each_thread(threads, [&](int thread) { operations[thread] = work(); });
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    double all = 0;
    for (const double some : operations) all += some;
    const double rate = all / seconds / 1e9;
    second = std::max(second, std::min(best, rate));
    best = std::max(best, rate);
  }
  return best;
}

}  // namespace mocosharp
