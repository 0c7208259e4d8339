#include "conv_choices.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>

#include "conv_cache.h"
#include "kernels/machine/level.h"
#include "kernels/machine/measure.h"

namespace mocosharp {
namespace {

const char* const kNames[] = {"library", "tiles", "columns", "winograd", "winograd4"};

std::string checked(const std::string& mode, const char* what) {
  TORCH_CHECK(mode == "auto" || std::find(std::begin(kNames), std::end(kNames), mode) != std::end(kNames), what, " is '", mode,
              "'; set it to auto, library, tiles, columns, winograd or winograd4");
  return mode;
}

std::string mode_at_start() {
  const char* text = std::getenv("MOCOSHARP_CONVOLUTIONS");
  return checked(text ? text : "auto", "the environment's MOCOSHARP_CONVOLUTIONS");
}

struct Table {
  std::mutex mutex;
  std::string mode = mode_at_start();
  std::map<std::string, ConvImplementation> choices;
  std::mutex measuring;  // guards the cache, and lets one thread measure at a time
  ConvCache cache;
};

Table& table() {
  static Table* instance = new Table();
  return *instance;
}

ConvImplementation implementation_of(const std::string& name, const std::string& key) {
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  TORCH_CHECK(found != std::end(kNames), "set_conv_choices: '", key, "' names '", name,
              "'; it takes library, tiles, columns, winograd or winograd4");
  return static_cast<ConvImplementation>(found - std::begin(kNames));
}

// Reads the one form that conv_choices writes: a flat object of strings without escapes.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  std::map<std::string, ConvImplementation> read() {
    std::map<std::string, ConvImplementation> choices;
    expect('{');
    if (peek() == '}') return choices;
    while (true) {
      const std::string key = string();
      expect(':');
      choices[key] = implementation_of(string(), key);
      if (peek() != ',') break;
      expect(',');
    }
    expect('}');
    return choices;
  }

 private:
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void expect(char wanted) {
    TORCH_CHECK(peek() == wanted, "set_conv_choices: expected '", wanted, "' at character ", at_, " of ", text_);
    ++at_;
  }

  std::string string() {
    expect('"');
    const size_t end = text_.find('"', at_);
    TORCH_CHECK(end != std::string::npos, "set_conv_choices: a string that starts at character ", at_, " has no end");
    const std::string value = text_.substr(at_, end - at_);
    at_ = end + 1;
    return value;
  }

  const std::string& text_;
  size_t at_ = 0;
};

}  // namespace

const char* conv_name(ConvImplementation implementation) { return kNames[static_cast<int>(implementation)]; }

void set_conv_mode(const std::string& mode) {
  std::string wanted = checked(mode, "the convolutions' mode");
  std::lock_guard<std::mutex> lock(table().mutex);
  table().mode = std::move(wanted);
}

std::string conv_mode() {
  std::lock_guard<std::mutex> lock(table().mutex);
  return table().mode;
}

std::string conv_choices() {
  std::lock_guard<std::mutex> lock(table().mutex);
  std::ostringstream text;
  text << '{';
  const char* separator = "";
  for (const auto& [key, implementation] : table().choices) {
    text << separator << '"' << key << "\": \"" << conv_name(implementation) << '"';
    separator = ", ";
  }
  text << '}';
  return text.str();
}

void set_conv_choices(const std::string& json) {
  auto choices = Reader(json).read();
  std::lock_guard<std::mutex> lock(table().mutex);
  table().choices = std::move(choices);
}

void set_conv_cache(const std::string& path, const std::string& header) {
  std::lock_guard<std::mutex> lock(table().measuring);
  table().cache.open(path, header);
}

std::string conv_cache_problem() {
  std::lock_guard<std::mutex> lock(table().measuring);
  return table().cache.problem();
}

std::optional<ConvImplementation> chosen_conv(const std::string& key, const std::vector<ConvImplementation>& candidates) {
  const auto among = [&](const ConvImplementation implementation) {
    return implementation == ConvImplementation::library ||
           std::find(candidates.begin(), candidates.end(), implementation) != candidates.end();
  };
  std::lock_guard<std::mutex> lock(table().mutex);
  if (table().mode != "auto") {
    const ConvImplementation wanted = implementation_of(table().mode, key);
    return among(wanted) ? wanted : ConvImplementation::library;
  }
  const auto found = table().choices.find(key);
  if (found != table().choices.end() && among(found->second)) return found->second;
  return std::nullopt;
}

ConvImplementation choose_conv(const std::string& key, const std::vector<ConvImplementation>& candidates,
                               const std::function<void(ConvImplementation)>& run) {
  std::vector<ConvImplementation> all{ConvImplementation::library};
  all.insert(all.end(), candidates.begin(), candidates.end());
  if (const auto known = chosen_conv(key, candidates)) return *known;
  std::lock_guard<std::mutex> measuring(table().measuring);
  if (const auto known = chosen_conv(key, candidates)) return *known;  // another thread came first
  std::ostringstream kept_key;
  kept_key << level_name(level()) << " t" << at::get_num_threads() << ' ' << key;
  const std::string name = table().cache.get(
      kept_key.str(), [&](const std::string& text) { return std::any_of(all.begin(), all.end(),
      [&](auto one) { return text == conv_name(one); }); },
      [&] { return std::string(conv_name(all[fastest(all.size(), [&](size_t i) { run(all[i]); })])); });
  const ConvImplementation best = implementation_of(name, key);
  std::lock_guard<std::mutex> lock(table().mutex);
  table().choices[key] = best;
  return best;
}

}  // namespace mocosharp
