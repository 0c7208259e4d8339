using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>A libtorch tensor: numbers of one type in a box of any rank, on one device.</summary>
/// <remarks>Not safe for use from two threads at once. Freed by its <see cref="TensorScope"/>, or by <see cref="Dispose"/> where it has
/// none.</remarks>
public sealed unsafe partial class Tensor : IDisposable
{
    private static long s_live;
    private nint _handle;

    internal Tensor(nint handle)
    {
        _handle = handle;
        Interlocked.Increment(ref s_live);
        TensorScope.Register(this);
    }

    /// <summary>How many tensors of this process are not freed yet.</summary>
    public static long Live => Interlocked.Read(ref s_live);

    /// <summary>Sizes, outermost first.</summary>
    public long[] Shape => new ReadOnlySpan<long>(Info.Sizes, checked((int)Info.Dimensions)).ToArray();

    /// <summary>Steps in elements, outermost first.</summary>
    public long[] Strides => new ReadOnlySpan<long>(Info.Strides, checked((int)Info.Dimensions)).ToArray();

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Rank => checked((int)Info.Dimensions);

    /// <summary>Product of the sizes.</summary>
    public long ElementCount => Info.Elements;

    /// <summary>Element type.</summary>
    public DType DType => (DType)Info.DType;

    /// <summary>Where it lives.</summary>
    public Device Device => Info is var info ? new Device(info.DeviceType, info.DeviceIndex) : default;

    /// <summary>Address of the first element; only for tensors of the processor, valid while this tensor lives.</summary>
    public nint DataPointer => (nint)Info.Data;

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            NativeTensorInfo info = Info;
            long expected = 1;
            for (long d = info.Dimensions - 1; d >= 0; d--)
            {
                if (info.Sizes[d] != 1 && info.Strides[d] != expected) return false;
                expected *= info.Sizes[d];
            }
            return true;
        }
    }

    /// <summary>Whether a backward pass gives it a gradient.</summary>
    public bool RequiresGrad
    {
        get => Info.RequiresGrad != 0;
        set => Native.Check(NativeMethods.SetRequiresGrad(Handle, value ? 1 : 0), "setting requires_grad");
    }

    /// <summary>The gradient that backward passes have summed here; null before the first.</summary>
    public Tensor? Grad
    {
        get
        {
            Native.Check(NativeMethods.Grad(Handle, out nint gradient), "reading a gradient");
            return gradient == 0 ? null : new Tensor(gradient);
        }
        set => Native.Check(NativeMethods.SetGrad(Handle, value?.Handle ?? 0), "setting a gradient");
    }

    internal TensorScope? Scope { get; set; }

    internal bool IsFreed => _handle == 0;

    internal nint Handle => _handle != 0 ? _handle
        : throw new TorchException(TorchErrorIds.Disposed, "a tensor was used after its scope had closed",
            fix: "hand it out of the scope with TensorScope.Keep, or Clone it outside");

    private NativeTensorInfo Info
    {
        get
        {
            NativeTensorInfo info;
            Native.Check(NativeMethods.TensorInfo(Handle, &info), "reading a tensor's shape");
            return info;
        }
    }

    /// <summary>The size of one dimension; −1 is the last.</summary>
    public long Size(int dim)
    {
        NativeTensorInfo info = Info;
        long index = dim < 0 ? dim + info.Dimensions : dim;
        if (index < 0 || index >= info.Dimensions)
            throw new TorchException(TorchErrorIds.Shape, $"dimension {dim} was asked of a tensor of rank {info.Dimensions}");
        return info.Sizes[index];
    }

    /// <summary>Takes this tensor out of its scope: whoever calls this disposes it.</summary>
    public Tensor DetachFromScope()
    {
        Scope = null;
        return this;
    }

    /// <summary>Frees it; harmless when repeated.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0) return;
        NativeMethods.TensorRelease(handle);
        Interlocked.Decrement(ref s_live);
        Scope = null;
    }

    /// <summary>Hands this reference to native code; the tensor counts as freed here.</summary>
    internal nint GiveAway()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        Interlocked.Decrement(ref s_live);
        Scope = null;
        return handle;
    }

    /// <summary>Computes the gradients of everything that this scalar depends on and adds them to their <see cref="Grad"/>.</summary>
    /// <param name="gradient">The gradient of this tensor; needed where it is no scalar.</param>
    /// <exception cref="TorchException">It has no graph, the graph is freed already, or a function of the graph failed: then that is the
    /// inner exception.</exception>
    public void Backward(Tensor? gradient = null) => AutogradFunction.RunBackward(this, gradient);

    /// <summary>Makes this tensor name the memory of another one of the same type; its identity, and its gradient's, stay.</summary>
    public void SetData(Tensor source) => Native.Check(NativeMethods.TensorSetData(Handle, source.Handle), "setting a tensor's memory");

    /// <summary>The elements in row-major order, copied.</summary>
    /// <typeparam name="T">The .NET type of the element type; a bf16 tensor must be converted first.</typeparam>
    /// <exception cref="TorchException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new TorchException(TorchErrorIds.Shape, $"{this} does not hold {typeof(T).Name}", fix: "convert it with To(DType) first");
        using Tensor plain = DetachedContiguous();
        return new ReadOnlySpan<T>((void*)plain.DataPointer, checked((int)ElementCount)).ToArray();
    }

    /// <summary>The memory itself, without a copy; valid while this tensor lives. A channels_last tensor comes in its memory
    /// order.</summary>
    /// <typeparam name="T">A type of the elements' size: <c>float</c> for F32, <c>ushort</c> for the bits of BF16.</typeparam>
    /// <exception cref="TorchException">It has gaps, is not on the processor, or its elements have another size.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (sizeof(T) != DType.Bytes() || !Device.IsCpu || !(IsContiguous || IsDense))
            throw new TorchException(TorchErrorIds.Shape,
                $"{this} with strides [{string.Join(", ", Strides)}] cannot be seen as a span of {typeof(T).Name}",
                fix: "take ToArray, or Contiguous() first, with a type of the elements' size");
        return new Span<T>((void*)DataPointer, checked((int)ElementCount));
    }

    /// <summary>The only element of a tensor of one element.</summary>
    /// <exception cref="TorchException">It has another number of elements.</exception>
    public double ToDouble() => s_item.CallNumber(this);

    /// <inheritdoc cref="ToDouble"/>
    public float ToSingle() => (float)ToDouble();

    /// <inheritdoc cref="ToDouble"/>
    /// <remarks>Exact for Int64; a fraction is cut off.</remarks>
    public long ToInt64() => s_item.CallInteger(this);

    /// <summary>For people: <c>[256, 3, 32, 32] F32</c>.</summary>
    public override string ToString() => _handle == 0 ? "a freed tensor"
        : $"[{string.Join(", ", Shape)}] {DType.ShortName()}{(Device.IsCpu ? "" : $" {Device}")}";

    private bool IsDense        // channels_last: no gaps, another order
    {
        get
        {
            NativeTensorInfo info = Info;
            return info.Dimensions == 4 && info.Strides[1] == 1 && info.Strides[3] == info.Sizes[1]
                && info.Strides[2] == info.Sizes[1] * info.Sizes[3] && info.Strides[0] == info.Strides[2] * info.Sizes[2];
        }
    }

    private Tensor DetachedContiguous()
    {
        using GradMode off = GradMode.Off();
        using Tensor detached = Detach();
        using Tensor near = detached.To(Device.Cpu);
        return near.Contiguous();
    }
}
