#include "conv_choices.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>

namespace mocosharp {
namespace {

constexpr int kRepetitions = 5;
constexpr double kClear = 1.5;   // a lead this large needs no further repetition
constexpr double kEnough = 0.3;  // seconds after which two repetitions do

const char* const kNames[] = {"library", "tiles", "columns", "winograd"};

std::string checked(const std::string& mode, const char* what) {
  TORCH_CHECK(mode == "auto" || std::find(std::begin(kNames), std::end(kNames), mode) != std::end(kNames), what, " is '", mode,
              "'; set it to auto, library, tiles, columns or winograd");
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
};

Table& table() {
  static Table* instance = new Table();
  return *instance;
}

const char* name_of(ConvImplementation implementation) { return kNames[static_cast<int>(implementation)]; }

ConvImplementation implementation_of(const std::string& name, const std::string& key) {
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  TORCH_CHECK(found != std::end(kNames), "set_conv_choices: '", key, "' names '", name, "'; it takes library, tiles, columns or winograd");
  return static_cast<ConvImplementation>(found - std::begin(kNames));
}

double seconds(const std::function<void(ConvImplementation)>& run, ConvImplementation implementation) {
  const auto start = std::chrono::steady_clock::now();
  run(implementation);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best of a few runs in turn: what disturbs a run only ever makes it longer. Who is clearly behind runs no more.
ConvImplementation measure(const std::vector<ConvImplementation>& candidates, const std::function<void(ConvImplementation)>& run) {
  struct Entry {
    ConvImplementation implementation;
    double best;
  };
  std::vector<Entry> entries;
  for (const ConvImplementation candidate : candidates) {
    run(candidate);  // the first runs build and warm what all need
    entries.push_back({candidate, 1e30});
  }
  const auto faster = [](const Entry& a, const Entry& b) { return a.best < b.best; };
  double spent = 0;
  for (int i = 0; i < kRepetitions && entries.size() > 1 && (i < 2 || spent < kEnough); ++i) {
    for (Entry& entry : entries) {
      const double taken = seconds(run, entry.implementation);
      entry.best = std::min(entry.best, taken);
      spent += taken;
    }
    if (i == 0) continue;
    const double limit = kClear * std::min_element(entries.begin(), entries.end(), faster)->best;
    entries.erase(std::remove_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.best > limit; }), entries.end());
  }
  return std::min_element(entries.begin(), entries.end(), faster)->implementation;
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

ConvImplementation choose_conv(const std::string& key, const std::vector<ConvImplementation>& candidates,
                               const std::function<void(ConvImplementation)>& run) {
  std::vector<ConvImplementation> all{ConvImplementation::library};
  all.insert(all.end(), candidates.begin(), candidates.end());
  const auto among = [&](const ConvImplementation implementation) {
    return std::find(all.begin(), all.end(), implementation) != all.end();
  };
  {
    std::lock_guard<std::mutex> lock(table().mutex);
    if (table().mode != "auto") {
      const ConvImplementation wanted = implementation_of(table().mode, key);
      return among(wanted) ? wanted : ConvImplementation::library;
    }
    const auto found = table().choices.find(key);
    if (found != table().choices.end() && among(found->second)) return found->second;
  }
  const ConvImplementation best = measure(all, run);
  std::lock_guard<std::mutex> lock(table().mutex);
  const auto [kept, added] = table().choices.emplace(key, best);
  if (!added && !among(kept->second)) kept->second = best;
  return kept->second;  // another thread's choice stands if it came first
}

}  // namespace mocosharp
