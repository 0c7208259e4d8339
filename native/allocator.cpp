#include "allocator.h"
namespace mocosharp {
void install_allocator() {}
AllocatorStatistics allocator_statistics() { return {}; }
}
