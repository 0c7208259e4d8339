using System.Runtime.InteropServices;

namespace MocoSharp.Torch.Interop;

// Ranks: native/distributed.h.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "ms_ranks_available")]
    internal static partial int RanksAvailable();

    [LibraryImport(Library, EntryPoint = "ms_store_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus StoreOpen(string host, int port, int serves, long timeout, out nint store, out int bound);

    [LibraryImport(Library, EntryPoint = "ms_store_close")]
    internal static partial void StoreClose(nint store);

    [LibraryImport(Library, EntryPoint = "ms_store_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus StoreSet(nint store, string key, byte* value, long length);

    [LibraryImport(Library, EntryPoint = "ms_store_get", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus StoreGet(nint store, string key, out byte* value, out long length);

    [LibraryImport(Library, EntryPoint = "ms_store_add", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus StoreAdd(nint store, string key, long amount, out long sum);

    [LibraryImport(Library, EntryPoint = "ms_store_has", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus StoreHas(nint store, string key, out int there);

    [LibraryImport(Library, EntryPoint = "ms_group_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus GroupOpen(nint store, string prefix, int rank, int size, string networkInterface, long timeout,
        out nint group, out byte* device, out long deviceLength);

    [LibraryImport(Library, EntryPoint = "ms_group_close")]
    internal static partial void GroupClose(nint group);

    [LibraryImport(Library, EntryPoint = "ms_group_all_reduce")]
    internal static partial NativeStatus GroupAllReduce(nint group, nint tensor, int reduction, out nint work);

    [LibraryImport(Library, EntryPoint = "ms_group_broadcast")]
    internal static partial NativeStatus GroupBroadcast(nint group, nint tensor, int root, out nint work);

    [LibraryImport(Library, EntryPoint = "ms_group_all_gather")]
    internal static partial NativeStatus GroupAllGather(nint group, nint input, nint* outputs, int count, out nint work);

    [LibraryImport(Library, EntryPoint = "ms_work_wait")]
    internal static partial NativeStatus WorkWait(nint work);

    [LibraryImport(Library, EntryPoint = "ms_buckets_open")]
    internal static partial NativeStatus BucketsOpen(nint group, nint* parameters, int* places, int count, nint* slices, int sliceCount,
        out nint buckets);

    [LibraryImport(Library, EntryPoint = "ms_buckets_close")]
    internal static partial void BucketsClose(nint buckets);

    [LibraryImport(Library, EntryPoint = "ms_buckets_arm")]
    internal static partial NativeStatus BucketsArm(nint buckets);

    [LibraryImport(Library, EntryPoint = "ms_buckets_finish")]
    internal static partial NativeStatus BucketsFinish(nint buckets);
}
