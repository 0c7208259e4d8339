// Who of several is fastest, on a machine that does other things too.
#pragma once

#include <cstddef>
#include <functional>

namespace mocosharp {

// The index below `count` whose run(index) takes the least time. What disturbs a run only ever makes it longer, so the best of several
// counts, and it counts once it has been seen twice.
size_t fastest(size_t count, const std::function<void(size_t)>& run);

}  // namespace mocosharp
