#include "conv_choices.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <sstream>

namespace mocosharp {
namespace {

constexpr int kRepetitions = 5;
constexpr double kClear = 1.5;  // a lead this large needs no further repetition

struct Table {
  std::mutex mutex;
  std::string mode = "auto";
  std::map<std::string, ConvImplementation> choices;
};

Table& table() {
  static Table* instance = new Table();
  return *instance;
}

const char* name_of(ConvImplementation implementation) { return implementation == ConvImplementation::tiles ? "tiles" : "library"; }

ConvImplementation implementation_of(const std::string& name, const std::string& key) {
  if (name == "tiles") return ConvImplementation::tiles;
  TORCH_CHECK(name == "library", "set_conv_choices: '", key, "' names '", name, "'; it takes 'library' or 'tiles'");
  return ConvImplementation::library;
}

double seconds(const std::function<void(ConvImplementation)>& run, ConvImplementation implementation) {
  const auto start = std::chrono::steady_clock::now();
  run(implementation);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best of a few runs in turn: what disturbs a run only ever makes it longer.
ConvImplementation measure(const std::function<void(ConvImplementation)>& run) {
  run(ConvImplementation::library);  // the first runs build and warm what both need
  run(ConvImplementation::tiles);
  double library = 1e30, tiles = 1e30;
  for (int i = 0; i < kRepetitions; ++i) {
    library = std::min(library, seconds(run, ConvImplementation::library));
    tiles = std::min(tiles, seconds(run, ConvImplementation::tiles));
    if (i > 0 && std::max(library, tiles) > kClear * std::min(library, tiles)) break;
  }
  return tiles < library ? ConvImplementation::tiles : ConvImplementation::library;
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

void set_conv_mode(const std::string& mode) {
  TORCH_CHECK(mode == "auto" || mode == "library" || mode == "tiles", "set_conv_mode: '", mode,
              "' is no mode; it takes 'auto', 'library' or 'tiles'");
  std::lock_guard<std::mutex> lock(table().mutex);
  table().mode = mode;
}

std::string conv_choices() {
  std::lock_guard<std::mutex> lock(table().mutex);
  std::ostringstream text;
  text << '{';
  const char* separator = "";
  for (const auto& [key, implementation] : table().choices) {
    text << separator << '"' << key << "\": \"" << name_of(implementation) << '"';
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

ConvImplementation choose_conv(const std::string& key, bool tiles_take, const std::function<void(ConvImplementation)>& run) {
  if (!tiles_take) return ConvImplementation::library;
  {
    std::lock_guard<std::mutex> lock(table().mutex);
    if (table().mode == "library") return ConvImplementation::library;
    if (table().mode == "tiles") return ConvImplementation::tiles;
    const auto found = table().choices.find(key);
    if (found != table().choices.end()) return found->second;
  }
  const ConvImplementation best = measure(run);
  std::lock_guard<std::mutex> lock(table().mutex);
  return table().choices.emplace(key, best).first->second;  // another thread's choice stands if it came first
}

}  // namespace mocosharp
