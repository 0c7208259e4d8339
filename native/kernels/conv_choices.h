// Which implementation runs a convolution: decided once for each shape and direction, by measurement, and then kept, so that a run can save
// its choices and a resumed one repeat them bit by bit.
#pragma once

#include <functional>
#include <string>

namespace mocosharp {

enum class ConvImplementation { library, tiles };

// auto: measured at first use. library: always libtorch's own. tiles: always ours where it takes the shape.
void set_conv_mode(const std::string& mode);

// One JSON object, "direction shape": "implementation"; what set_conv_choices takes.
std::string conv_choices();

// Replaces the table. Shapes that are not in it are measured (or follow the mode).
void set_conv_choices(const std::string& json);

// The implementation for this key, for example "forward n256 c64 32x32 k64 3x3 s1x1 p1x1". `run` is called to measure; `tiles_take` says
// whether ours can run it at all.
ConvImplementation choose_conv(const std::string& key, bool tiles_take, const std::function<void(ConvImplementation)>& run);

}  // namespace mocosharp
