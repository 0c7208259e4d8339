using System.Text;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch.Distributed;

/// <summary>Processes that compute one thing together: each has a number, its rank, and all make the same calls in the same
/// order.</summary>
/// <remarks>libtorch's own c10d over gloo, on the processor. With libtorch 1.13.1 gloo takes F32, F64, F16, I64, I32 and U8; sums of BF16
/// it refuses.</remarks>
public sealed unsafe class ProcessGroup : IDisposable
{
    private nint _handle;

    private ProcessGroup(nint handle, int rank, int size, string device) => (_handle, Rank, Size, Device) = (handle, rank, size, device);

    /// <summary>Whether the libtorch that is there has them.</summary>
    public static bool IsAvailable
    {
        get
        {
            Runtime.Start();
            return NativeMethods.RanksAvailable() != 0;
        }
    }

    /// <summary>This process's number, 0 to <see cref="Size"/> − 1.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Size { get; }

    /// <summary>The network interface and address that is used, in gloo's words.</summary>
    public string Device { get; }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(ProcessGroup));

    /// <summary>Connects all ranks to each other.</summary>
    /// <param name="store">Where they meet.</param>
    /// <param name="name">A name of this group, another one for each in the same store.</param>
    /// <param name="rank">0 to <paramref name="size"/> − 1.</param>
    /// <param name="size">1 or more.</param>
    /// <param name="timeout">How long each call waits for the others.</param>
    /// <param name="networkInterface">Such as eth0; empty for the one that the host's own name leads to.</param>
    /// <exception cref="TorchException">MS5262: a rank is missing, or the interface is not there.</exception>
    public static ProcessGroup Connect(Store store, string name, int rank, int size, TimeSpan timeout, string networkInterface = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, size);
        MustBeAvailable();
        NativeStatus status = NativeMethods.GroupOpen(store.Handle, name, rank, size, networkInterface, (long)timeout.TotalMilliseconds,
            out nint handle, out byte* device, out long length);
        if (status != NativeStatus.Ok)
            throw new TorchException(TorchErrorIds.NoGroup,
                $"rank {rank} of {size} cannot reach the others: {Native.LastError().Split('\n')[0]}", at: $"{store.Host}:{store.Port}",
                fix: "name the network interface that leads to the other hosts: GLOO_SOCKET_IFNAME=eth0, or the like, for every rank");
        string text = Encoding.UTF8.GetString(device, checked((int)length));
        NativeMethods.Free(device);
        return new ProcessGroup(handle, rank, size, text);
    }

    /// <summary>Begins to put the sum over all ranks into every rank's tensor.</summary>
    /// <param name="tensor">Of one shape everywhere, contiguous, on the processor.</param>
    public Work Sum(Tensor tensor) => Reduce(tensor, 0);

    /// <summary>Begins to put the smallest of all ranks into every rank's tensor.</summary>
    /// <param name="tensor">Of one shape everywhere, contiguous, on the processor.</param>
    public Work Minimum(Tensor tensor) => Reduce(tensor, 1);

    /// <summary>Begins to put the largest of all ranks into every rank's tensor.</summary>
    /// <param name="tensor">Of one shape everywhere, contiguous, on the processor.</param>
    public Work Maximum(Tensor tensor) => Reduce(tensor, 2);

    /// <summary>Begins to put one rank's tensor into all others'.</summary>
    /// <param name="tensor">Of one shape everywhere, contiguous, on the processor.</param>
    /// <param name="root">Whose.</param>
    public Work Broadcast(Tensor tensor, int root)
    {
        MustBeContiguous(tensor);
        return Begun(NativeMethods.GroupBroadcast(Handle, tensor.Handle, root, out nint work), work, tensor.ByteCount());
    }

    /// <summary>Begins to collect all ranks' tensors.</summary>
    /// <param name="tensor">Of one shape everywhere, contiguous, on the processor.</param>
    /// <param name="all">[size, …]: gets them, rank by rank.</param>
    public Work Gather(Tensor tensor, Tensor all)
    {
        MustBeContiguous(tensor);
        MustBeContiguous(all);
        using TensorScope scope = TensorScope.Begin();
        nint* outputs = stackalloc nint[Size];
        for (int rank = 0; rank < Size; rank++) outputs[rank] = all.Narrow(0, rank, 1).View(tensor.Shape).Handle;
        return Begun(NativeMethods.GroupAllGather(Handle, tensor.Handle, outputs, Size, out nint work), work,
            tensor.ByteCount() * (Size - 1));
    }

    /// <summary>Leaves the group. The others notice at their next call.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0) NativeMethods.GroupClose(handle);
    }

    internal static void MustBeAvailable()
    {
        if (NativeMethods.RanksAvailable() == 0)
            throw new TorchException(TorchErrorIds.NoRanks, "this libtorch has no c10d with gloo, so there are no ranks",
                fix: "install a libtorch that has it (Debian 12's, or an official build from pytorch.org), then run ./moco once to build "
                + "the bridge anew; or train in one process");
    }

    private Work Reduce(Tensor tensor, int reduction)
    {
        MustBeContiguous(tensor);
        // a ring sends each number twice, but for each rank's own share
        return Begun(NativeMethods.GroupAllReduce(Handle, tensor.Handle, reduction, out nint work), work,
            2 * tensor.ByteCount() * (Size - 1) / Size);
    }

    private static Work Begun(NativeStatus status, nint work, long bytes)
    {
        if (status != NativeStatus.Ok) throw Work.Lost();
        return new Work(work, bytes);
    }

    private static void MustBeContiguous(Tensor tensor)
    {
        if (!tensor.IsContiguous || !tensor.Device.IsCpu)
            throw new TorchException(TorchErrorIds.Shape, $"{tensor} is not contiguous on the processor, as gloo needs it");
    }
}
