// How fast this machine multiplies at best: products on data that never leaves registers or the L1 cache, on all threads at once.
#pragma once

#include <string>

namespace mocosharp {

// Billions of operations a second in "bf16" or "fp32" at the current level; 0 where it has no products of that type. Takes 0.1 s.
double ceiling(const std::string& type);

}  // namespace mocosharp
