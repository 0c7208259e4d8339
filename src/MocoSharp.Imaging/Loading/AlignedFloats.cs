using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Loading;

/// <summary>Numbers outside of the collector's heap, from a cache line's start on: large batches come and go with each test, and must be
/// gone when they are let go.</summary>
internal sealed unsafe class AlignedFloats : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly int _count;

    /// <summary>Takes memory, which holds anything at first.</summary>
    internal AlignedFloats(int count) : base(ownsHandle: true)
    {
        _count = count;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), Alignment.Bytes));
    }

    internal nint Address => IsClosed ? throw new ObjectDisposedException(nameof(AlignedFloats)) : handle;

    internal Span<float> Span => new((void*)Address, _count);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
