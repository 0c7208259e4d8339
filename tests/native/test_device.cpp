// A device that every machine has: memory of the processor that libtorch takes for another device's. It goes by the name of one that
// CPU and CUDA builds have no operators for. Each operator is done by the processor, on copies, and refuses tensors of other devices as a
// graphics card does. A backward pass runs on a thread of its own, and copies have a stream of their own, as there too.
#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>

namespace {

using at::Tensor;
using OptionalTensor = c10::optional<Tensor>;

constexpr auto kType = c10::DeviceType::XPU;
const c10::Device kHere(kType, 0);

std::atomic<int64_t> waits{0};      // streams that were told to wait for another one
thread_local c10::StreamId current = 0;

// One card with streams that do nothing by themselves: work is done when it is asked for.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return kType; }
  c10::Device exchangeDevice(c10::Device) const override { return kHere; }
  c10::Device getDevice() const override { return kHere; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const noexcept override { return stream(current); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(1); }
  c10::Stream exchangeStream(c10::Stream next) const noexcept override {
    const c10::Stream before = stream(current);
    current = next.id();
    return before;
  }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  void record(void** event, const c10::Stream& on, const c10::DeviceIndex, const c10::EventFlag) const override {
    *event = reinterpret_cast<void*>(on.id() + 1);
  }
  void block(void* event, const c10::Stream& on) const override { waits += reinterpret_cast<intptr_t>(event) != on.id() + 1; }
  bool queryEvent(void*) const override { return true; }
  void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}

  static c10::Stream stream(c10::StreamId id) { return c10::Stream(c10::Stream::UNSAFE, kHere, id); }
};

// A scalar of the processor goes with tensors of any device, as on graphics cards.
void require_here(const Tensor& tensor, const char* op) {
  TORCH_CHECK(!tensor.defined() || tensor.device() == kHere || (tensor.device().is_cpu() && tensor.dim() == 0), op, ": a tensor ",
              tensor.sizes(), " lies on ", tensor.device(), ", and others on ", kHere);
}

void on_processor(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const std::string& name = op.schema().operator_name().name;
  for (const c10::IValue& argument : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (argument.isTensor()) require_here(argument.toTensor(), name.c_str());
    if (argument.isTensorList())
      for (const Tensor& tensor : argument.toTensorVector()) require_here(tensor, name.c_str());
  }
  at::native::cpu_fallback(op, stack);
}

Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, c10::optional<at::ScalarType> type, c10::optional<at::Layout>,
                     c10::optional<at::Device>, c10::optional<bool>) {
  const caffe2::TypeMeta meta = c10::scalarTypeToTypeMeta(type.value_or(at::kFloat));
  const size_t bytes = at::detail::computeStorageNbytes(sizes, strides, meta.itemsize());
  c10::DataPtr memory = c10::GetAllocator(at::kCPU)->allocate(bytes);
  memory.unsafe_set_device(kHere);
  c10::Storage storage(c10::Storage::use_byte_size_t(), bytes, std::move(memory), /*allocator=*/nullptr, /*resizable=*/false);
  Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(c10::DispatchKey::XPU), meta);
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return tensor;
}

Tensor empty(at::IntArrayRef sizes, c10::optional<at::ScalarType> type, c10::optional<at::Layout> layout, c10::optional<at::Device> device,
             c10::optional<bool> pinned, c10::optional<at::MemoryFormat> format) {
  if (format == at::MemoryFormat::ChannelsLast)
      return empty_strided(sizes, c10::get_channels_last_strides_2d(sizes), type, layout, device, pinned);
  std::vector<int64_t> strides(sizes.size());
  int64_t step = 1;
  for (size_t d = sizes.size(); d-- > 0; step *= std::max<int64_t>(sizes[d], 1)) strides[d] = step;
  return empty_strided(sizes, strides, type, layout, device, pinned);
}

// The same memory as the processor sees it.
Tensor near(const Tensor& tensor) {
  if (tensor.device().is_cpu()) return tensor;
  return at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU));
}

Tensor& copy(Tensor& to, const Tensor& from, bool) {
  near(to).copy_(near(from));
  return to;
}

Tensor copy_from_and_resize(const Tensor& from, const Tensor& to) {
  if (from.sizes() != to.sizes()) {
    const Tensor fresh = empty_strided(from.sizes(), from.strides(), to.scalar_type(), {}, {}, {});
    to.unsafeGetTensorImpl()->set_storage_keep_dtype(fresh.storage());
    to.unsafeGetTensorImpl()->set_sizes_and_strides(from.sizes(), from.strides());
  }
  near(to).copy_(near(from));
  return to;
}

Tensor optional_cpu(const OptionalTensor& tensor) { return tensor.has_value() && tensor->defined() ? tensor->cpu() : Tensor(); }

Tensor convolution(const Tensor& x, const Tensor& weight, const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding,
                   at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding, int64_t groups) {
  for (const Tensor& tensor : {x, weight, bias.value_or(Tensor())}) require_here(tensor, "convolution");
  return at::convolution(x.cpu(), weight.cpu(), optional_cpu(bias), stride, padding, dilation, transposed, output_padding,
      groups).to(kHere);
}

std::tuple<Tensor, Tensor, Tensor> convolution_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight,
    at::IntArrayRef stride,
                                                        at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                                                        at::IntArrayRef output_padding, int64_t groups, std::array<bool, 3> wanted) {
  for (const Tensor& tensor : {gradient, x, weight}) require_here(tensor, "convolution_backward");
  const std::vector<int64_t> bias{weight.size(0)};
  auto [dx, dw, db] = at::convolution_backward(gradient.cpu(), x.cpu(), weight.cpu(), bias, stride, padding, dilation, transposed,
                                               output_padding, groups, wanted);
  const auto here = [](const Tensor& tensor) { return tensor.defined() ? tensor.to(kHere) : tensor; };
  return {here(dx), here(dw), here(db)};
}

// Its schema does not say that it writes running statistics, so the fallback would lose them.
std::tuple<Tensor, Tensor, Tensor> batch_norm(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                                              const OptionalTensor& mean, const OptionalTensor& variance, bool training, double momentum,
                                              double eps) {
  for (const OptionalTensor& tensor : {OptionalTensor(x), weight, bias, mean, variance})
    require_here(tensor.value_or(Tensor()), "native_batch_norm");
  const auto in_place = [](const OptionalTensor& tensor) { return tensor.has_value() && tensor->defined() ? near(*tensor) : Tensor(); };
  const Tensor running_mean = in_place(mean), running_variance = in_place(variance);
  auto [y, saved_mean, saved_deviation] = at::native_batch_norm(x.cpu(), optional_cpu(weight), optional_cpu(bias), running_mean,
                                                                running_variance, training, momentum, eps);
  return {y.to(kHere), saved_mean.to(kHere), saved_deviation.to(kHere)};
}

}  // namespace

C10_REGISTER_GUARD_IMPL(XPU, Guard);

TORCH_LIBRARY_IMPL(_, XPU, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&on_processor>()); }

TORCH_LIBRARY_IMPL(aten, XPU, m) {
  m.impl("empty.memory_format", empty);
  m.impl("empty_strided", empty_strided);
  m.impl("copy_", copy);
  m.impl("_copy_from_and_resize", copy_from_and_resize);
  m.impl("as_strided", at::native::as_strided_tensorimpl);
  m.impl("view", at::native::view);
  m.impl("_reshape_alias", at::native::_reshape_alias);
  m.impl("unfold", at::native::unfold);
  m.impl("convolution_overrideable", convolution);
  m.impl("convolution_backward_overrideable", convolution_backward);
  m.impl("native_batch_norm", batch_norm);
}

extern "C" __attribute__((visibility("default"))) int32_t ms_test_device_type() { return static_cast<int32_t>(kType); }
extern "C" __attribute__((visibility("default"))) int64_t ms_test_device_waits() { return waits; }
