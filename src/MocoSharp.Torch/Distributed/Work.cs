using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch.Distributed;

/// <summary>A call to all ranks that is under way.</summary>
public sealed class Work
{
    private nint _handle;

    internal Work(nint handle, long bytes) => (_handle, Bytes) = (handle, bytes);

    /// <summary>About what this rank sends.</summary>
    public long Bytes { get; }

    /// <summary>Waits until it is done, at most the group's timeout.</summary>
    /// <exception cref="RankLostException">MS5263: another rank has ended, or did not come in time.</exception>
    public void Wait()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0 && NativeMethods.WorkWait(handle) != NativeStatus.Ok) throw Lost();
    }

    internal static RankLostException Lost() => new(Native.LastError().Split('\n')[0]);
}

/// <summary>Another rank has ended, or did not come in time.</summary>
/// <param name="why">libtorch's words.</param>
/// <param name="who">Which, where it is known.</param>
public sealed class RankLostException(string why, string? who = null) : TorchException(TorchErrorIds.RankLost,
    who is null ? $"another rank has ended, or did not come in time: {why}" : $"{who}: {why}",
    fix: "see its own messages; 'moco resume' goes on from the newest checkpoint with as many ranks as there are, and 'moco launch "
    + "--restarts' does so by itself")
{
    /// <summary>libtorch's words.</summary>
    public string Why { get; } = why;
}
