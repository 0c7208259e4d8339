using System.Runtime.InteropServices;
using MocoSharp.Torch.Interop;
using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

public sealed unsafe partial class Tensor
{
    private static readonly Op s_empty = new("aten::empty", "memory_format"), s_zeros = new("aten::zeros"), s_ones = new("aten::ones"),
        s_full = new("aten::full"), s_arange = new("aten::arange", "start_step"), s_randn = new("aten::randn"), s_rand = new("aten::rand");

    /// <summary>A tensor whose elements are not set.</summary>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="type">Element type.</param>
    /// <param name="device">The processor by default.</param>
    /// <param name="format">Layout in memory.</param>
    /// <param name="pinned">Processor's memory that CUDA cards copy from by themselves; only where there are such.</param>
    public static Tensor Empty(long[] shape, DType type = DType.Float32, Device? device = null,
        MemoryFormat format = MemoryFormat.Contiguous, bool pinned = false) =>
        s_empty.Call(Value.Ints(shape), type, Value.None, device ?? Device.Cpu, pinned, format);

    /// <summary>All zeros.</summary>
    public static Tensor Zeros(long[] shape, DType type = DType.Float32, Device? device = null) =>
        s_zeros.Call(Value.Ints(shape), type, Value.None, device ?? Device.Cpu);

    /// <summary>All ones.</summary>
    public static Tensor Ones(long[] shape, DType type = DType.Float32, Device? device = null) =>
        s_ones.Call(Value.Ints(shape), type, Value.None, device ?? Device.Cpu);

    /// <summary>All of one value.</summary>
    public static Tensor Full(long[] shape, double value, DType type = DType.Float32, Device? device = null) =>
        s_full.Call(Value.Ints(shape), value, type, Value.None, device ?? Device.Cpu);

    /// <summary>0, 1, … count − 1.</summary>
    public static Tensor Arange(long count, DType type = DType.Int64, Device? device = null) =>
        s_arange.Call(0, count, 1, type, Value.None, device ?? Device.Cpu);

    /// <summary>Standard normal values of libtorch's generator (see <see cref="Runtime.Seed"/>).</summary>
    public static Tensor RandomNormal(long[] shape, DType type = DType.Float32, Device? device = null) =>
        s_randn.Call(Value.Ints(shape), type, Value.None, device ?? Device.Cpu);

    /// <summary>Uniform values in [0, 1) of libtorch's generator.</summary>
    public static Tensor RandomUniform(long[] shape, DType type = DType.Float32, Device? device = null) =>
        s_rand.Call(Value.Ints(shape), type, Value.None, device ?? Device.Cpu);

    /// <summary>A copy of the values.</summary>
    /// <param name="values">Row-major; as many as the shape holds.</param>
    /// <param name="shape">Sizes; none means one dimension.</param>
    public static Tensor From<T>(ReadOnlySpan<T> values, params long[] shape) where T : unmanaged
    {
        Tensor tensor = Empty(shape.Length == 0 ? [values.Length] : shape, DTypes.Of<T>());
        if (tensor.ElementCount != values.Length)
            throw new TorchException(TorchErrorIds.Shape, $"{values.Length} values do not fill {tensor}");
        values.CopyTo(new Span<T>((void*)tensor.DataPointer, values.Length));
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, long[])"/>
    public static Tensor From<T>(T[] values, params long[] shape) where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A scalar.</summary>
    public static Tensor Scalar(double value, DType type = DType.Float32) => Full([], value, type);

    /// <summary>Names memory that somebody else owns, without a copy.</summary>
    /// <param name="data">First element; readable and writable until <paramref name="release"/> is called.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="strides">Steps in elements; row-major when null.</param>
    /// <param name="release">Called once when libtorch no longer needs the memory, on any thread; may be null. Not called when this throws.
    /// It must not throw.</param>
    public static Tensor FromMemory(nint data, DType type, long[] shape, long[]? strides = null, Action? release = null)
    {
        Runtime.Start();
        strides ??= RowMajor(shape);
        if (strides.Length != shape.Length)
            throw new TorchException(TorchErrorIds.Shape, $"{shape.Length} sizes and {strides.Length} strides make no tensor");
        nint context = release is null ? 0 : GCHandle.ToIntPtr(GCHandle.Alloc(release));
        fixed (long* sizes = shape, steps = strides)
        {
            NativeStatus status = NativeMethods.TensorFromMemory(
                (void*)data, sizes, steps, shape.Length, (int)type, release is null ? null : &ReleaseMemory, context, out nint handle);
            if (status != NativeStatus.Ok && context != 0) GCHandle.FromIntPtr(context).Free();
            Native.Check(status, "naming memory as a tensor");
            return new Tensor(handle);
        }
    }

    internal static long[] RowMajor(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int d = shape.Length - 1; d >= 0; d--) (strides[d], step) = (step, step * shape[d]);
        return strides;
    }

    [UnmanagedCallersOnly]
    private static void ReleaseMemory(nint context)
    {
        GCHandle handle = GCHandle.FromIntPtr(context);
        ((Action)handle.Target!)();
        handle.Free();
    }
}
