using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs.Interop;

/// <summary>One TurboJPEG instance. An instance serves one thread at a time, so each thread keeps its own until it ends.</summary>
internal sealed class TurboJpegHandle : SafeHandle
{
    [ThreadStatic]
    private static TurboJpegHandle? t_decompressor;

    private TurboJpegHandle(nint handle) : base(0, ownsHandle: true)
    {
        if (handle == 0)
            throw new InsufficientMemoryException("TurboJPEG could not make an instance.");
        SetHandle(handle);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The bare handle, for calls on the thread that owns it.</summary>
    internal nint Value => handle;

    /// <summary>This thread's decompressor; the finalizer frees it after the thread has ended.</summary>
    internal static TurboJpegHandle Decompressor => t_decompressor ??= new(TurboJpegNative.InitDecompress());

    /// <summary>A compressor that the caller disposes of.</summary>
    internal static TurboJpegHandle NewCompressor() => new(TurboJpegNative.InitCompress());

    /// <summary>What went wrong in the last call.</summary>
    internal unsafe string ErrorText => Marshal.PtrToStringUTF8((nint)TurboJpegNative.ErrorText(handle)) ?? "no message";

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => TurboJpegNative.Destroy(handle) == 0;
}
