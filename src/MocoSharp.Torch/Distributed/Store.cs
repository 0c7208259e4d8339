using System.Net.Sockets;
using System.Text;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch.Distributed;

/// <summary>Names and values that all ranks see: c10d's TCP store, by which they find each other. One of them serves it.</summary>
/// <remarks>PyTorch's own: ranks that torchrun starts may meet in its store. Not for several threads at once.</remarks>
public sealed unsafe class Store : IDisposable
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(300);
    private readonly string _place;
    private nint _handle;

    private Store(nint handle, string host, int port) => (_handle, Host, Port, _place) = (handle, host, port, $"{host}:{port}");

    /// <summary>Who serves it.</summary>
    public string Host { get; }

    /// <summary>Where it is served, 1 to 65535.</summary>
    public int Port { get; }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Store));

    /// <summary>Serves a store, or connects to one that is served.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65535; 0, only where it serves, for any that is free.</param>
    /// <param name="serves">Whether this process serves it.</param>
    /// <param name="timeout">How long to wait for it, and for each answer.</param>
    /// <exception cref="TorchException">MS5261: nobody serves it in time, the port is taken, or libtorch has no ranks.</exception>
    public static Store Open(string host, int port, bool serves, TimeSpan timeout)
    {
        Runtime.Start();
        ProcessGroup.MustBeAvailable();
        if (!serves && SpeaksFirst(host, port)) throw OfAnother(host, port, "hangs up or speaks first, as rank 0 does not");
        NativeStatus status = NativeMethods.StoreOpen(host, port, serves ? 1 : 0, (long)timeout.TotalMilliseconds, out nint handle,
            out int bound);
        if (status == NativeStatus.Ok)
        {
            Store store = new(handle, host, bound);
            if (serves || store.Answers(timeout)) return store;
            throw OfAnother(host, port, $"does not answer as rank 0 does, in {timeout.TotalSeconds:f0} s");
        }
        string why = Native.LastError().Split('\n')[0];
        throw serves
            ? new TorchException(TorchErrorIds.NoStore, $"the ranks' meeting place cannot be opened: {why}", at: $"{host}:{port}",
                fix: "another training may use the port: choose another one (MASTER_PORT, or --master HOST:PORT)")
            : new TorchException(TorchErrorIds.NoStore,
                $"rank 0 was not found in {timeout.TotalSeconds:f0} s: {why}", at: $"{host}:{port}",
                fix: "start rank 0 on that host, let its firewall pass the port, and give all ranks the same MASTER_ADDR and MASTER_PORT");
    }

    /// <summary>Writes a value.</summary>
    public void Set(string key, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* start = bytes) Check(NativeMethods.StoreSet(Handle, key, start, bytes.Length));
    }

    /// <summary>Reads a value; null where there is none.</summary>
    public string? Get(string key)
    {
        Check(NativeMethods.StoreHas(Handle, key, out int there));
        if (there == 0) return null;
        Check(NativeMethods.StoreGet(Handle, key, out byte* value, out long length));
        string text = Encoding.UTF8.GetString(value, checked((int)length));
        NativeMethods.Free(value);
        return text;
    }

    /// <summary>Adds to a number, which begins at 0, and gives the sum.</summary>
    public long Add(string key, long amount)
    {
        Check(NativeMethods.StoreAdd(Handle, key, amount, out long sum));
        return sum;
    }

    /// <summary>Leaves it; where it is served, it ends.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0) NativeMethods.StoreClose(handle);
    }

    /// <summary>Whether another program has the port that closes a connection, or greets whoever comes: a store waits to be asked. c10d
    /// would end the process where its own connection is reset.</summary>
    private static bool SpeaksFirst(string host, int port)
    {
        try
        {
            using TcpClient probe = new();
            return probe.ConnectAsync(host, port).Wait(s_glance) && probe.Client.Poll(s_glance, SelectMode.SelectRead);
        }
        catch (Exception error) when (error is SocketException or AggregateException { InnerException: SocketException })
        {
            return false;           // nobody is there yet, and c10d waits for them
        }
    }

    private static TorchException OfAnother(string host, int port, string what) => new(TorchErrorIds.NoStore, $"what listens there {what}",
        at: $"{host}:{port}",
        fix: "another program may have the port: give all ranks, rank 0 too, the same MASTER_ADDR and another MASTER_PORT");

    /// <summary>Whether a store is what it is connected to. One that never answers keeps the call's thread, so the connection stays
    /// open.</summary>
    private bool Answers(TimeSpan timeout)
    {
        Task<NativeStatus> asked = Task.Run(() => NativeMethods.StoreHas(Handle, "moco", out _));
        return asked.Wait(timeout) && asked.Result == NativeStatus.Ok;
    }

    private void Check(NativeStatus status)
    {
        if (status == NativeStatus.Ok) return;
        throw new TorchException(TorchErrorIds.NoStore, $"the ranks' meeting place is gone: {Native.LastError().Split('\n')[0]}",
            at: _place, fix: "see why rank 0's process ended, then start all ranks again");
    }
}
