#include "distributed.h"
#include "guard.h"

#ifdef MOCOSHARP_GLOO

#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <gloo/transport/device.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

using namespace mocosharp;

namespace {

using StorePointer = c10::intrusive_ptr<c10d::Store>;
using GroupPointer = c10::intrusive_ptr<c10d::ProcessGroupGloo>;
using WorkPointer = c10::intrusive_ptr<c10d::Work>;

StorePointer& store_of(void* handle) { return *static_cast<StorePointer*>(handle); }
GroupPointer& group_of(void* handle) { return *static_cast<GroupPointer*>(handle); }

char* copy_out(const void* bytes, size_t count) {
  char* memory = static_cast<char*>(std::malloc(count + 1));
  std::memcpy(memory, bytes, count);
  memory[count] = 0;
  return memory;
}

WorkPointer all_reduce(const GroupPointer& group, at::Tensor tensor, c10d::ReduceOp::RedOpType operation) {
  std::vector<at::Tensor> tensors{std::move(tensor)};
  c10d::AllreduceOptions options;
  options.reduceOp = operation;
  return group->allreduce(tensors, options);
}

// Hooks on the nodes that add a parameter's gradient to its memory count down their bucket. Buckets are begun in their fixed order, so
// that all ranks begin the same ones in the same order whatever the order in which gradients come.
class Buckets : public std::enable_shared_from_this<Buckets> {
 public:
  Buckets(GroupPointer group, std::vector<at::Tensor> slices, std::vector<int32_t> sizes)
      : group_(std::move(group)), slices_(std::move(slices)), sizes_(std::move(sizes)), pending_(sizes_.size()) {}

  void watch(const at::Tensor& parameter, int32_t place);

  void arm() {
    TORCH_CHECK(!armed_, "a backward pass is awaited already");
    pending_ = sizes_;
    works_.clear();
    armed_ = true;
  }

  void arrived(int32_t place) {
    if (!armed_) return;
    pending_[place]--;
    while (works_.size() < slices_.size() && pending_[works_.size()] <= 0) begin_next();
  }

  void finish() {
    TORCH_CHECK(armed_, "no backward pass was awaited");
    armed_ = false;
    while (works_.size() < slices_.size()) begin_next();
    std::vector<WorkPointer> works = std::move(works_);
    works_.clear();
    for (const WorkPointer& work : works) work->wait();
  }

 private:
  void begin_next() { works_.push_back(all_reduce(group_, slices_[works_.size()], c10d::ReduceOp::SUM)); }

  GroupPointer group_;
  std::vector<at::Tensor> slices_;
  std::vector<int32_t> sizes_, pending_;
  std::vector<WorkPointer> works_;
  std::vector<std::shared_ptr<torch::autograd::Node>> nodes_;   // a variable holds its own only weakly
  bool armed_ = false;
};

struct Arrival : torch::autograd::FunctionPostHook {
  Arrival(std::weak_ptr<Buckets> buckets, int32_t place) : buckets_(std::move(buckets)), place_(place) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    if (std::shared_ptr<Buckets> buckets = buckets_.lock()) buckets->arrived(place_);
    return outputs;
  }
  std::weak_ptr<Buckets> buckets_;
  int32_t place_;
};

void Buckets::watch(const at::Tensor& parameter, int32_t place) {
  std::shared_ptr<torch::autograd::Node> node = torch::autograd::impl::grad_accumulator(parameter);
  TORCH_CHECK(node != nullptr, "a parameter without gradient is to be summed");
  node->add_post_hook(std::make_unique<Arrival>(weak_from_this(), place));
  nodes_.push_back(std::move(node));
}

}  // namespace

int32_t ms_ranks_available(void) { return 1; }

ms_status ms_store_open(const char* host, int32_t port, int32_t serves, int64_t timeout_ms, void** store, int32_t* bound_port) {
  return guarded([&] {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = serves != 0;
    options.waitWorkers = false;
    options.timeout = std::chrono::milliseconds(timeout_ms);
    auto opened = c10::make_intrusive<c10d::TCPStore>(std::string(host), options);
    opened->setTimeout(std::chrono::milliseconds(timeout_ms));
    *bound_port = opened->getPort();
    *store = new StorePointer(std::move(opened));
  });
}

void ms_store_close(void* store) { delete static_cast<StorePointer*>(store); }

ms_status ms_store_set(void* store, const char* key, const void* value, int64_t length) {
  return guarded([&] {
    const uint8_t* bytes = static_cast<const uint8_t*>(value);
    store_of(store)->set(key, std::vector<uint8_t>(bytes, bytes + length));
  });
}

ms_status ms_store_get(void* store, const char* key, void** value, int64_t* length) {
  return guarded([&] {
    std::vector<uint8_t> bytes = store_of(store)->get(key);
    *value = copy_out(bytes.data(), bytes.size());
    *length = static_cast<int64_t>(bytes.size());
  });
}

ms_status ms_store_add(void* store, const char* key, int64_t amount, int64_t* sum) {
  return guarded([&] { *sum = store_of(store)->add(key, amount); });
}

ms_status ms_store_has(void* store, const char* key, int32_t* there) {
  return guarded([&] { *there = store_of(store)->check({key}); });
}

ms_status ms_group_open(void* store, const char* prefix, int32_t rank, int32_t size, const char* interface, int64_t timeout_ms,
                        void** group, char** device, int64_t* device_length) {
  return guarded([&] {
    auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::milliseconds(timeout_ms));
    options->devices.push_back(*interface == 0 ? c10d::ProcessGroupGloo::createDefaultDevice()
                                               : c10d::ProcessGroupGloo::createDeviceForInterface(interface));
    options->threads = 2;
    const std::string name = options->devices[0]->str();
    StorePointer own = c10::make_intrusive<c10d::PrefixStore>(prefix, store_of(store));
    own->setTimeout(std::chrono::milliseconds(timeout_ms));
    *group = new GroupPointer(c10::make_intrusive<c10d::ProcessGroupGloo>(own, rank, size, options));
    *device = copy_out(name.data(), name.size());
    *device_length = static_cast<int64_t>(name.size());
  });
}

void ms_group_close(void* group) { delete static_cast<GroupPointer*>(group); }

ms_status ms_group_all_reduce(void* group, void* tensor, int32_t reduction, void** work) {
  return guarded([&] {
    const auto operation = reduction == MS_MAXIMUM ? c10d::ReduceOp::MAX : reduction == MS_MINIMUM ? c10d::ReduceOp::MIN
        : c10d::ReduceOp::SUM;
    *work = new WorkPointer(all_reduce(group_of(group), borrow(tensor), operation));
  });
}

ms_status ms_group_broadcast(void* group, void* tensor, int32_t root, void** work) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{borrow(tensor)};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    *work = new WorkPointer(group_of(group)->broadcast(tensors, options));
  });
}

ms_status ms_group_all_gather(void* group, void* input, void* const* outputs, int32_t count, void** work) {
  return guarded([&] {
    std::vector<at::Tensor> inputs{borrow(input)};
    std::vector<std::vector<at::Tensor>> gathered(1);
    for (int32_t i = 0; i < count; i++) gathered[0].push_back(borrow(outputs[i]));
    *work = new WorkPointer(group_of(group)->allgather(gathered, inputs));
  });
}

ms_status ms_work_wait(void* work) {
  return guarded([&] {
    const std::unique_ptr<WorkPointer> owned(static_cast<WorkPointer*>(work));
    (*owned)->wait();
  });
}

ms_status ms_buckets_open(void* group, void* const* parameters, const int32_t* places, int32_t count,
                          void* const* slices, int32_t slice_count, void** buckets) {
  return guarded([&] {
    std::vector<at::Tensor> flat;
    for (int32_t i = 0; i < slice_count; i++) flat.push_back(borrow(slices[i]));
    std::vector<int32_t> sizes(static_cast<size_t>(slice_count), 0);
    for (int32_t i = 0; i < count; i++) sizes[static_cast<size_t>(places[i])]++;
    auto made = std::make_shared<Buckets>(group_of(group), std::move(flat), std::move(sizes));
    for (int32_t i = 0; i < count; i++) made->watch(borrow(parameters[i]), places[i]);
    *buckets = new std::shared_ptr<Buckets>(std::move(made));
  });
}

void ms_buckets_close(void* buckets) { delete static_cast<std::shared_ptr<Buckets>*>(buckets); }

ms_status ms_buckets_arm(void* buckets) {
  return guarded([&] { (*static_cast<std::shared_ptr<Buckets>*>(buckets))->arm(); });
}

ms_status ms_buckets_finish(void* buckets) {
  return guarded([&] { (*static_cast<std::shared_ptr<Buckets>*>(buckets))->finish(); });
}

#else

namespace {
ms_status without() {
  return mocosharp::guarded([] { TORCH_CHECK(false, "this libtorch has no c10d with gloo, so there are no ranks"); });
}
}  // namespace

int32_t ms_ranks_available(void) { return 0; }
ms_status ms_store_open(const char*, int32_t, int32_t, int64_t, void**, int32_t*) { return without(); }
void ms_store_close(void*) {}
ms_status ms_store_set(void*, const char*, const void*, int64_t) { return without(); }
ms_status ms_store_get(void*, const char*, void**, int64_t*) { return without(); }
ms_status ms_store_add(void*, const char*, int64_t, int64_t*) { return without(); }
ms_status ms_store_has(void*, const char*, int32_t*) { return without(); }
ms_status ms_group_open(void*, const char*, int32_t, int32_t, const char*, int64_t, void**, char**, int64_t*) { return without(); }
void ms_group_close(void*) {}
ms_status ms_group_all_reduce(void*, void*, int32_t, void**) { return without(); }
ms_status ms_group_broadcast(void*, void*, int32_t, void**) { return without(); }
ms_status ms_group_all_gather(void*, void*, void* const*, int32_t, void**) { return without(); }
ms_status ms_work_wait(void*) { return without(); }
ms_status ms_buckets_open(void*, void* const*, const int32_t*, int32_t, void* const*, int32_t, void**) { return without(); }
void ms_buckets_close(void*) {}
ms_status ms_buckets_arm(void*) { return without(); }
ms_status ms_buckets_finish(void*) { return without(); }

#endif
