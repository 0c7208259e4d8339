#include "amx.h"

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mocosharp {
namespace {

struct alignas(64) TileConfiguration {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes_per_row[16];
  uint8_t rows[16];
};
static_assert(sizeof(TileConfiguration) == 64, "the layout that LDTILECFG reads");

bool processor_has_tiles() {
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  constexpr unsigned kBfloat16 = 1u << 22, kTile = 1u << 24;
  return (d & kBfloat16) && (d & kTile);
}

bool kernel_allows_tiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

MOCOSHARP_AMX void configure() {
  TileConfiguration configuration{};
  configuration.palette = 1;
  for (int tile = 0; tile < 8; ++tile) {
    configuration.bytes_per_row[tile] = 64;
    configuration.rows[tile] = 16;
  }
  // gcc 12 does not know that the instruction reads memory and would drop the stores above.
  __asm__ volatile("" ::"r"(&configuration) : "memory");
  _tile_loadconfig(&configuration);
}

MOCOSHARP_AMX void release() { _tile_release(); }

}  // namespace

bool machine_has_tiles() { return processor_has_tiles() && kernel_allows_tiles(); }

TileScope::TileScope() : configured_(has_amx()) {
  if (configured_) configure();
}

TileScope::~TileScope() {
  if (configured_) release();
}

}  // namespace mocosharp
