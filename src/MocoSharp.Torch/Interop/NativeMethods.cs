using System.Runtime.InteropServices;

namespace MocoSharp.Torch.Interop;

/// <summary>Every entry point of the native bridge. Declarations only; status checks are in <see cref="Native"/>.</summary>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "mocosharp_torch";

    static NativeMethods() => LibraryLoader.Register();

    /// <summary>The C library's own, for settings that native libraries read when they load: .NET's variables do not reach them.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "ms_last_error")]
    internal static partial byte* LastError(out long length);

    [LibraryImport(Library, EntryPoint = "ms_set_error")]
    internal static partial void SetError(byte* text, long length);

    [LibraryImport(Library, EntryPoint = "ms_operator_find", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus OperatorFind(string name, string overload, out nint handle);

    [LibraryImport(Library, EntryPoint = "ms_call")]
    internal static partial NativeStatus Call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity,
        int* produced);

    [LibraryImport(Library, EntryPoint = "ms_free")]
    internal static partial void Free(void* memory);

    [LibraryImport(Library, EntryPoint = "ms_tensor_release")]
    internal static partial void TensorRelease(nint tensor);

    [LibraryImport(Library, EntryPoint = "ms_tensor_info_of")]
    internal static partial NativeStatus TensorInfo(nint tensor, NativeTensorInfo* info);

    [LibraryImport(Library, EntryPoint = "ms_tensor_from_memory")]
    internal static partial NativeStatus TensorFromMemory(
        void* data, long* sizes, long* strides, int dimensions, int dtype, delegate* unmanaged<nint, void> release, nint context,
        out nint tensor);

    [LibraryImport(Library, EntryPoint = "ms_tensor_set_data")]
    internal static partial NativeStatus TensorSetData(nint tensor, nint source);

    [LibraryImport(Library, EntryPoint = "ms_backward")]
    internal static partial NativeStatus Backward(nint loss, nint gradient);

    [LibraryImport(Library, EntryPoint = "ms_grad")]
    internal static partial NativeStatus Grad(nint tensor, out nint gradient);

    [LibraryImport(Library, EntryPoint = "ms_set_grad")]
    internal static partial NativeStatus SetGrad(nint tensor, nint gradient);

    [LibraryImport(Library, EntryPoint = "ms_set_requires_grad")]
    internal static partial NativeStatus SetRequiresGrad(nint tensor, int value);

    [LibraryImport(Library, EntryPoint = "ms_set_grad_mode")]
    internal static partial int SetGradMode(int enabled);

    [LibraryImport(Library, EntryPoint = "ms_attach_node")]
    internal static partial NativeStatus AttachNode(
        nint* inputs, int inputCount, nint* outputs, int outputCount,
        delegate* unmanaged<nint, nint*, int, nint*, int, int> backward, delegate* unmanaged<nint, void> release, nint context);

    [LibraryImport(Library, EntryPoint = "ms_start")]
    internal static partial NativeStatus Start(int threads);

    [LibraryImport(Library, EntryPoint = "ms_threads")]
    internal static partial int Threads();

    [LibraryImport(Library, EntryPoint = "ms_set_threads")]
    internal static partial NativeStatus SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "ms_seed")]
    internal static partial NativeStatus Seed(ulong seed);

    [LibraryImport(Library, EntryPoint = "ms_library_is_held_back")]
    internal static partial int LibraryIsHeldBack();

    [LibraryImport(Library, EntryPoint = "ms_cuda_devices")]
    internal static partial int CudaDevices();

    [LibraryImport(Library, EntryPoint = "ms_cuda_has_bf16")]
    internal static partial int CudaHasBf16();

    [LibraryImport(Library, EntryPoint = "ms_upload_begin")]
    internal static partial NativeStatus UploadBegin(nint host, int deviceType, int deviceIndex, out nint upload);

    [LibraryImport(Library, EntryPoint = "ms_upload_end")]
    internal static partial NativeStatus UploadEnd(nint upload, out nint tensor);

    [LibraryImport(Library, EntryPoint = "ms_describe")]
    internal static partial NativeStatus Describe(int what, out byte* text, out long length);

    [LibraryImport(Library, EntryPoint = "ms_sync_folder", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeStatus SyncFolder(string path);

    [LibraryImport(Library, EntryPoint = "ms_allocator_statistics")]
    internal static partial void AllocatorStatistics(out long inUse, out long cached, out long peak, out long systemAllocations);

    [LibraryImport(Library, EntryPoint = "ms_release_cached_memory")]
    internal static partial void ReleaseCachedMemory();
}

internal enum NativeStatus
{
    Ok = 0,
    Torch = 1,
    Standard = 2,
    Unknown = 3,
}

internal enum NativeTag : long
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    Ints = 5,
    Doubles = 6,
    Tensors = 7,
    String = 8,
    Device = 9,
}

/// <summary>ms_value: a tag, eight bytes of payload, and the length of a list or string.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)] public NativeTag Tag;
    [FieldOffset(8)] public long Integer;
    [FieldOffset(8)] public double Number;
    [FieldOffset(8)] public void* Pointer;
    [FieldOffset(16)] public long Length;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTensorInfo
{
    public void* Data;
    public long* Sizes;
    public long* Strides;
    public long Dimensions;
    public long Elements;
    public long StorageBytes;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public int RequiresGrad;
}
