// Ranks over libtorch's own c10d: a store for rendezvous, a gloo process group, collectives that go on beside the computation.
// Where libtorch was built without them every entry point but ms_ranks_available answers with an error.
#pragma once
#include "mocosharp.h"

enum ms_reduction : int32_t { MS_SUM = 0, MS_MINIMUM = 1, MS_MAXIMUM = 2 };

// Whether the bridge was built against a libtorch that has c10d with gloo.
MS_EXPORT int32_t ms_ranks_available(void);

// A TCP store; `serves` opens it at the port (0: any free one), everybody else connects. Waits for the master, at most timeout.
MS_EXPORT ms_status ms_store_open(const char* host, int32_t port, int32_t serves, int64_t timeout_ms, void** store, int32_t* bound_port);
MS_EXPORT void ms_store_close(void* store);
MS_EXPORT ms_status ms_store_set(void* store, const char* key, const void* value, int64_t length);
// The value lies in memory that ms_free takes back. The key must be there: ask ms_store_has first.
MS_EXPORT ms_status ms_store_get(void* store, const char* key, void** value, int64_t* length);
MS_EXPORT ms_status ms_store_add(void* store, const char* key, int64_t amount, int64_t* sum);
MS_EXPORT ms_status ms_store_has(void* store, const char* key, int32_t* there);

// Connects all ranks through the store; keys begin with prefix. An empty interface: the one that the host's name resolves to.
MS_EXPORT ms_status ms_group_open(void* store, const char* prefix, int32_t rank, int32_t size, const char* interface, int64_t timeout_ms,
                                  void** group, char** device, int64_t* device_length);
MS_EXPORT void ms_group_close(void* group);
// Each begins a collective on a contiguous tensor of the processor, and ms_work_wait ends it. All ranks begin the same ones in the same
// order.
MS_EXPORT ms_status ms_group_all_reduce(void* group, void* tensor, int32_t reduction, void** work);
MS_EXPORT ms_status ms_group_broadcast(void* group, void* tensor, int32_t root, void** work);
MS_EXPORT ms_status ms_group_all_gather(void* group, void* input, void* const* outputs, int32_t count, void** work);
// Ends the work, also where it failed.
MS_EXPORT ms_status ms_work_wait(void* work);

// Sums of gradients in buckets, each begun as soon as the backward pass has all of its own. parameters[i] belongs to bucket places[i];
// buckets are slices of flat gradients in the order in which they are sent.
MS_EXPORT ms_status ms_buckets_open(void* group, void* const* parameters, const int32_t* places, int32_t count,
                                    void* const* slices, int32_t slice_count, void** buckets);
MS_EXPORT void ms_buckets_close(void* buckets);
// The next backward pass is the last one before an update: its gradients are summed on the way.
MS_EXPORT ms_status ms_buckets_arm(void* buckets);
// Sends what the backward pass left out and waits for all.
MS_EXPORT ms_status ms_buckets_finish(void* buckets);
