using MocoSharp.Torch.Distributed;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch.Optim;

/// <summary>Means of gradients over ranks: flat storage is summed in buckets, each begun while the backward pass still makes the
/// others.</summary>
/// <remarks>Li et al. 2020, arXiv:2006.15704, section 3.2.3: about 25 MB a bucket, from the last layers to the first. Buckets are begun in
/// one order on all ranks.</remarks>
internal sealed unsafe class GradientSums : IDisposable
{
    private const long BucketBytes = 25_000_000;
    private readonly Peers _peers;
    private readonly FlatStorage[] _storages;
    private readonly long _bytes;
    private nint _handle;

    internal GradientSums(Peers peers, FlatStorage[] storages, long bucketBytes = BucketBytes)
    {
        (_peers, _storages) = (peers, storages);
        using TensorScope scope = TensorScope.Begin();
        List<Bucket> buckets = [.. storages.SelectMany(storage => storage.Buckets(bucketBytes)).OrderByDescending(static b => b.Place)];
        nint[] slices = [.. buckets.Select(static bucket => bucket.Gradients.Handle)];
        nint[] parameters = [.. buckets.SelectMany(static bucket => bucket.Parameters).Select(static parameter => parameter.Handle)];
        int[] places = [.. buckets.SelectMany(static (bucket, place) => Enumerable.Repeat(place, bucket.Parameters.Count))];
        _bytes = 2 * buckets.Sum(static bucket => bucket.Gradients.ByteCount()) * (peers.Count - 1) / peers.Count;
        fixed (nint* slice = slices, parameter = parameters)
        fixed (int* place = places)
            Native.Check(NativeMethods.BucketsOpen(peers.Group!.Handle, parameter, place, parameters.Length, slice, slices.Length,
                out _handle), "preparing the sums of gradients");
    }

    /// <summary>The next backward pass is the last one before the update.</summary>
    internal void Await() => Native.Check(NativeMethods.BucketsArm(_handle), "awaiting a backward pass");

    /// <summary>Ends the sums and makes means of them.</summary>
    internal void Finish()
    {
        _peers.Wait(_bytes, () =>
        {
            if (NativeMethods.BucketsFinish(_handle) != NativeStatus.Ok) throw Work.Lost();
        });
        foreach (FlatStorage storage in _storages) storage.Gradients.MulInPlace(1.0 / _peers.Count);
    }

    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0) NativeMethods.BucketsClose(handle);
    }
}

/// <summary>A part of a group's gradients that is sent at once.</summary>
/// <param name="Gradients">[P], a slice of flat storage.</param>
/// <param name="Parameters">Whose they are.</param>
/// <param name="Place">How far behind the first layer it begins, 0 to 1.</param>
internal sealed record Bucket(Tensor Gradients, IReadOnlyList<Tensor> Parameters, double Place);
