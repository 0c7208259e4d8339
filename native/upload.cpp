// Copies to a device that go on while it computes: on a stream of their own, for any kind of device that libtorch knows.
#include <ATen/ATen.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <memory>
#include <optional>
#include "guard.h"

using namespace mocosharp;

namespace {

struct Upload {
  at::Tensor there;
  c10::Event done;
};

c10::Stream copying_stream(const c10::impl::VirtualGuardImpl& devices, c10::Device device) {
  static thread_local std::optional<c10::Stream> stream;
  if (!stream || stream->device() != device) stream = devices.getStreamFromGlobalPool(device);
  return *stream;
}

}  // namespace

ms_status ms_upload_begin(void* host, int32_t device_type, int32_t device_index, void** upload) {
  return guarded([&] {
    const at::Tensor here = borrow(host);
    const c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    const c10::impl::VirtualGuardImpl devices(device.type());
    const c10::Stream computing = devices.getStream(device), copying = copying_stream(devices, device);
    // The memory is the computing stream's: what was queued there may still use it.
    at::Tensor there = at::empty_like(here, here.options().device(device).pinned_memory(false));
    c10::Event free(device.type()), done(device.type());
    free.record(computing);
    free.block(copying);
    {
      c10::StreamGuard guard(copying);
      there.copy_(here, /*non_blocking=*/true);
    }
    done.record(copying);
    *upload = new Upload{std::move(there), std::move(done)};
  });
}

ms_status ms_upload_end(void* upload, void** tensor) {
  return guarded([&] {
    const std::unique_ptr<Upload> owned(static_cast<Upload*>(upload));
    const c10::Device device = owned->there.device();
    owned->done.block(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
    *tensor = release(std::move(owned->there));
  });
}
