// Which implementation runs a convolution: decided once for each shape and direction, by measurement, and then kept: in this process, in a
// cache of the machine's, so that the next process takes the same, and by runs, so that a resumed one repeats theirs bit by bit.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mocosharp {

// library: libtorch's own. tiles: AMX tiles or AVX-512's pairs, bfloat16. columns: a product over gathered pixels, float. winograd: fewer
// products, by tiles of 2 x 2 outputs; winograd4: by 4 x 4, float.
enum class ConvImplementation { library, tiles, columns, winograd, winograd4 };

const char* conv_name(ConvImplementation implementation);

// auto: measured at first use. The name of an implementation: always that one where it takes the shape, libtorch's elsewhere.
void set_conv_mode(const std::string& mode);

// It starts as the environment's MOCOSHARP_CONVOLUTIONS.
std::string conv_mode();

// One JSON object, "direction shape": "implementation"; what set_conv_choices takes.
std::string conv_choices();

// Replaces the table. Shapes that are not in it are measured (or follow the mode).
void set_conv_choices(const std::string& json);

// A file to keep measured choices in and to take them from (conv_cache.h), by processor level, threads and key; none at start.
void set_conv_cache(const std::string& path, const std::string& header);

// Why a choice could not be kept; empty where all were.
std::string conv_cache_problem();

// One of `candidates`, which libtorch's own is added to, for this key, for example "forward n256 c64 32x32 k64 3x3 s1x1 p1x1". `run` is
// called to measure. A kept choice that is no candidate (the table is of a greater machine) is measured anew.
ConvImplementation choose_conv(const std::string& key, const std::vector<ConvImplementation>& candidates,
                               const std::function<void(ConvImplementation)>& run);

// The same, where it is known without measuring.
std::optional<ConvImplementation> chosen_conv(const std::string& key, const std::vector<ConvImplementation>& candidates);

}  // namespace mocosharp
