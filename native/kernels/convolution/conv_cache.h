// The choices of conv_choices.h that outlive the process: a text file of lines "key = implementation" that processes append to, one at a
// time.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace mocosharp {

class ConvCache {
 public:
  ConvCache() = default;
  ~ConvCache();
  ConvCache(const ConvCache&) = delete;
  ConvCache& operator=(const ConvCache&) = delete;

  // Opens the file, which is made with `header` as its first line where it is missing. An empty path closes it. Throws where the file
  // cannot be opened for writing; there is none then.
  void open(const std::string& path, const std::string& header);

  // The name kept under `key`, if `is_usable` says so, or else the one that `measure` returns, which is kept from then on. Other processes
  // wait meanwhile, so that all of them take the same. Without a file it measures.
  std::string get(const std::string& key, const std::function<bool(const std::string&)>& is_usable,
      const std::function<std::string()>& measure);

  // Why the last choice could not be kept; empty where all were.
  const std::string& problem() const { return problem_; }

 private:
  void read();
  void append(const std::string& line);

  std::string path_, problem_;
  int file_ = -1;
  long read_to_ = 0;  // bytes, up to the end of a line
  std::map<std::string, std::string> kept_;
};

}  // namespace mocosharp
