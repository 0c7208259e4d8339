using System.Text;
using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>libtorch as a whole: threads, seed, memory, build.</summary>
public static unsafe class Runtime
{
    private static readonly Lock s_lock = new();
    private static bool s_started;

    /// <summary>Loads libtorch, gives it this process's cores, installs the caching allocator and opens <see cref="KernelCache"/>. Harmless
    /// when repeated.</summary>
    /// <remarks>libtorch may start with one thread; the first tensor calls this.</remarks>
    public static void Start()
    {
        if (Volatile.Read(ref s_started)) return;
        lock (s_lock)
        {
            if (s_started) return;
            Native.Check(NativeMethods.Start(Environment.ProcessorCount), "starting libtorch");
            Volatile.Write(ref s_started, true);
            KernelCache.Open();
        }
    }

    /// <summary>Threads of libtorch's pool, 1 or more. Results are bit-equal only for equal counts.</summary>
    public static int Threads
    {
        get
        {
            Start();
            return NativeMethods.Threads();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Start();
            Native.Check(NativeMethods.SetThreads(value), "setting the thread count");
        }
    }

    /// <summary>Seeds libtorch's generators. Initial weights come from them.</summary>
    /// <param name="seed">Below 2³² the same stream as PyTorch's <c>manual_seed</c>. The processor's generator takes 32 bits, so the upper
    /// half is folded in.</param>
    public static void Seed(ulong seed)
    {
        Start();
        Native.Check(NativeMethods.Seed((uint)(seed ^ (seed >> 32))), "seeding libtorch");
    }

    /// <summary>Whether oneDNN, which libtorch convolves with, gave wrong numbers on this machine when it was asked at the start, and is
    /// left out: libtorch's plain operators take its place, slower. Seen with libtorch 2.6 on a virtual machine.
    /// <c>MOCOSHARP_ONEDNN=off</c> leaves it out unasked.</summary>
    public static bool LibraryIsHeldBack
    {
        get
        {
            Start();
            return NativeMethods.LibraryIsHeldBack() != 0;
        }
    }

    /// <summary>libtorch's version, such as 1.13.1.</summary>
    public static string Version => Describe(2);

    /// <summary>libtorch's build: compiler, oneDNN, BLAS, instruction sets.</summary>
    public static string Build => Describe(0);

    /// <summary>libtorch's threading: pools and their sizes.</summary>
    public static string Threading => Describe(1);

    /// <summary>What is computed at this moment, by any thread: an operator, and the convolution inside it. For somebody who watches a step
    /// that does not end.</summary>
    public static string Activity => Describe(3);

    /// <summary>Bytes that tensors of the processor hold, bytes that are kept for reuse, and the most that tensors ever held at
    /// once.</summary>
    public static (long InUse, long Cached, long Peak) Memory
    {
        get
        {
            NativeMethods.AllocatorStatistics(out long inUse, out long cached, out long peak, out _);
            return (inUse, cached, peak);
        }
    }

    /// <summary>Forces a folder's entries (a rename, a new file) to the disk.</summary>
    public static void SyncFolder(string path) => Native.Check(NativeMethods.SyncFolder(path), "writing a folder to the disk");

    /// <summary>How often the allocator had to ask the system for memory; it does not grow in the steady state.</summary>
    public static long SystemAllocations
    {
        get
        {
            NativeMethods.AllocatorStatistics(out _, out _, out _, out long count);
            return count;
        }
    }

    /// <summary>Gives the memory that is kept for reuse back to the system: behind work that took more than what follows it will. The next
    /// tensors take theirs anew.</summary>
    public static void ReleaseCachedMemory() => NativeMethods.ReleaseCachedMemory();

    private static string Describe(int what)
    {
        Start();
        Native.Check(NativeMethods.Describe(what, out byte* text, out long length), "describing libtorch");
        string description = Encoding.UTF8.GetString(text, checked((int)length));
        NativeMethods.Free(text);
        return description;
    }
}
