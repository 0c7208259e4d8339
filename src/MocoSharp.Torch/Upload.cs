using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>A copy on its way to a device, while the device goes on with what it was told before.</summary>
public sealed class Upload : IDisposable
{
    private readonly Device _device;
    private Tensor? _staged;
    private nint _handle;

    private Upload(Tensor staged, Device device, nint handle) => (_staged, _device, _handle) = (staged, device, handle);

    /// <summary>Starts one. The source may be freed or written to when this returns: it was copied to memory that the device reads by
    /// itself.</summary>
    /// <param name="source">On the processor.</param>
    /// <param name="type">Element type to arrive in; converted before the copy.</param>
    /// <param name="device">Where to; not the processor.</param>
    public static Upload Begin(Tensor source, DType type, Device device)
    {
        if (device.IsCpu) throw new ArgumentException("nothing is copied from the processor to itself", nameof(device));
        MemoryFormat format = source.Rank == 4 ? MemoryFormat.ChannelsLast : MemoryFormat.Contiguous;
        Tensor staged = Tensor.Empty(source.Shape, type, format: format, pinned: device.IsCuda).DetachFromScope();
        try
        {
            staged.CopyFrom(source);
            Native.Check(NativeMethods.UploadBegin(staged.Handle, device.Type, device.Index, out nint handle),
                $"copying {source} to {device}");
            return new Upload(staged, device, handle);
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>The copy; what the device computes from now on waits for it. Belongs to the open scope.</summary>
    public Tensor Finish()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Native.Check(NativeMethods.UploadEnd(Interlocked.Exchange(ref _handle, 0), out nint tensor), $"waiting for a copy to {_device}");
        Tensor there = new(tensor);
        Dispose();
        return there;
    }

    /// <summary>Frees it; a copy that nobody waited for is dropped.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0
            && NativeMethods.UploadEnd(handle, out nint tensor) == NativeStatus.Ok)
            NativeMethods.TensorRelease(tensor);
        _staged?.Dispose();
        _staged = null;
    }
}
