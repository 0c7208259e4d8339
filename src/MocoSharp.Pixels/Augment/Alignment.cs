using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Augment;

/// <summary>Where a pinned array's first cache line starts.</summary>
internal static class Alignment
{
    /// <summary>Bytes a cache line, and the width of the widest vector.</summary>
    public const int Bytes = 64;

    /// <summary>Floats to skip from the array's start to a multiple of 64 bytes: 0 to 15.</summary>
    public static int FloatsToNextLine(float[] pinned)
    {
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
        return (int)((-address & (Bytes - 1)) / sizeof(float));
    }
}
